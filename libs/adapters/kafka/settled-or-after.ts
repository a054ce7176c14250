/**
 * Resolves when the work is done, or after a time at the latest: a member of a group that waits for something has to say all
 * the while that it lives. A failure of the work is its own affair.
 */
export function settledOrAfter(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const settled = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(settled, settled);
  });
}
