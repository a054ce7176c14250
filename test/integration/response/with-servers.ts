import { describe, inject, test } from 'vitest';

type ServerName = 'postgres' | 'keycloak' | 'scim';

/**
 * A group of tests that need real servers. Where one is missing they are skipped by name with the reason; under CI that is
 * a failure, so that nobody takes silence for proof.
 */
export function describeWith<const N extends readonly ServerName[]>(
  servers: N,
  name: string,
  tests: (urls: Readonly<Record<N[number], string>>) => void,
): void {
  const found = servers.map((server) => [server, inject(server)] as const);
  const urls = Object.fromEntries(found.map(([server, { url }]) => [server, url])) as Record<N[number], string>;
  const missing = found.filter(([, { how }]) => how === 'none');
  const reason = missing.map(([server, real]) => `no ${server}: ${real.reason}`).join('; ');
  if (missing.length === 0) describe(name, () => tests(urls));
  else if (process.env.CI) {
    test(`${name}: needs ${servers.join(', ')}`, () => {
      throw new Error(reason);
    });
  } else describe.skip(`${name} (skipped: ${reason})`, () => tests(urls));
}
