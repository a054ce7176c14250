/** Deals partitions 0..n-1 to the members in turn: `shareOut(3, 2)` is `[[0, 2], [1]]`. No members: no shares. */
export function shareOut(partitions: number, members: number): number[][] {
  const shares: number[][] = Array.from({ length: members }, () => []);
  for (let p = 0; p < partitions && members > 0; p++) shares[p % members]!.push(p);
  return shares;
}
