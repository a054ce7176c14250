/**
 * Real servers for the tests of this folder: PostgreSQL, Keycloak, a SCIM server. Each by the first of these that can be
 * had: an address given in the environment; a container, where there is an engine with the image; a process from the
 * server's own distribution. VIGIE_POSTGRES_LADDER and VIGIE_KEYCLOAK_LADDER name one rung to take alone. Where there is
 * none, the tests are skipped by name with the reasons, and under CI they fail.
 */
import type { TestProject } from 'vitest/node';
import type { Climbed, RealServer } from './ladder.ts';
import { climb } from './ladder.ts';
import { ADMIN, startLocalKeycloak } from './local-keycloak.ts';
import { startLocalPostgres } from './local-postgres.ts';
import { startLocalScim } from './local-scim.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: RealServer;
    keycloak: RealServer;
    scim: RealServer;
  }
}

const postgres = () =>
  climb({
    given: process.env.DATABASE_URL,
    only: process.env.VIGIE_POSTGRES_LADDER,
    given_as: 'DATABASE_URL',
    container: {
      image: process.env.VIGIE_POSTGRES_IMAGE || 'vigie-test/postgres:15',
      port: 5432,
      environment: { POSTGRES_USER: 'vigie', POSTGRES_PASSWORD: 'vigie', POSTGRES_DB: 'vigie' },
      url: (host, port) => `postgres://vigie:vigie@${host}:${port}/vigie`,
      // Once for the set-up, once for good.
      ready: { log: /ready to accept connections/, times: 2 },
    },
    process: startLocalPostgres,
  });

const keycloak = () =>
  climb({
    given: process.env.KEYCLOAK_URL,
    given_as: 'KEYCLOAK_URL',
    only: process.env.VIGIE_KEYCLOAK_LADDER,
    container: {
      image: process.env.VIGIE_KEYCLOAK_IMAGE || 'vigie-test/keycloak:26.7.4',
      port: 8080,
      environment: {
        KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        KC_RUN_IN_CONTAINER: 'true',
      },
      command: ['start-dev'],
      url: (host, port) => `http://${host}:${port}`,
      ready: { http: '/realms/master/.well-known/openid-configuration' },
    },
    process: startLocalKeycloak,
  });

const scim = () => climb({ given: process.env.SCIM_URL, given_as: 'SCIM_URL', process: startLocalScim });

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const begunMs = Date.now();
  const [pg, kc, sc] = await Promise.all([postgres(), keycloak(), scim()]);
  const provided: [string, Climbed][] = [
    ['postgres', pg],
    ['keycloak', kc],
    ['scim', sc],
  ];
  project.provide('postgres', pg.server);
  project.provide('keycloak', kc.server);
  project.provide('scim', sc.server);
  for (const [name, { server }] of provided) console.log(`${name} for the tests: ${server.how} ${server.reason}`);
  console.log(`servers ready in ${Date.now() - begunMs} ms`);
  return async () => {
    await Promise.all(provided.map(([, { stop }]) => stop()));
  };
}
