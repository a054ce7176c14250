import type { InjectOptions } from 'fastify';
import { expect } from 'vitest';
import type { DirectoryAccount } from '#libs/model/containment.ts';
import type { Person } from '#libs/model/person.ts';
import { buildApi } from '#services/api/app.ts';
import { createConfirmationLinks } from '#services/api/confirmation-link.ts';
import type { Identity } from '#services/api/identity.ts';
import type { ApiParts } from '#services/api/parts.ts';
import type { Role } from '#services/api/roles.ts';
import type { Route } from '#services/api/route.ts';
import { allRoutes } from '#services/api/routes/index.ts';
import { ANNE, LUC } from '../../support/people.ts';
import { samplePolicy } from '../../support/sample-policy.ts';
import { createBench } from '../responder/bench.ts';

type Bench = ReturnType<typeof createBench>;

/** Routes that hold their own answers against what they say they answer. */
export const selfChecking = (routes: readonly Route[]): Route[] =>
  routes.map((route) => ({
    ...route,
    async handle(input) {
      const reply = await route.handle(input);
      const status = reply.status ?? 200;
      expect(Object.keys(route.answers), `${route.method} ${route.path}`).toContain(String(status));
      const schema = route.answers[status];
      // Parsing drops what the schema does not name: nothing undocumented gets out.
      if (schema) expect(schema.parse(reply.body)).toEqual(reply.body);
      else expect(reply.body).toBeUndefined();
      return reply;
    },
  }));

/** Anyone, by a token that says who they are: `anne:approver,viewer`. */
export const tokenOf = (person: Person, ...roles: Role[]): string => `${person.kind}:${person.id}:${roles.join(',')}`;

function identityOf(token: string): Identity | undefined {
  const [kind, id, roles = ''] = token.split(':');
  if (kind !== 'named' && kind !== 'local' && kind !== 'service') return undefined;
  const known = [ANNE, LUC].find((p) => p.id === id);
  const person = { ...(known ?? { id: id!, name: '' }), kind } as Person;
  return { person, roles: roles.split(',').filter(Boolean) as Role[], untilMs: Number.MAX_SAFE_INTEGER };
}

export const DIRECTORY: DirectoryAccount[] = Array.from({ length: 4 }, (_, i) => ({
  id: `PS-00000${i}`,
  class: 'professional',
  profession: 'optician',
  org: i < 2 ? '750012345' : '750099999',
  department: '69',
}));

/** The API on a responder in memory. Requests are made without a network. */
export function createApiBench(options: Parameters<typeof createBench>[0] = {}, change: Partial<ApiParts> = {}) {
  const bench: Bench = createBench({ accounts: 5, ...options });
  const logged: { event: string; fields: object | undefined }[] = [];
  const policy = samplePolicy(options.policy);
  const parts: ApiParts = {
    responder: bench.responder,
    store: bench.store,
    restrictions: bench.restrictions,
    connector: bench.connector,
    policy: () => policy,
    clock: bench.clock,
    authenticate: async (token) => {
      const identity = identityOf(token);
      return identity ? { ok: true, identity } : { ok: false, why: 'a token of no kind that is known here' };
    },
    logger: (_level, event, fields) => void logged.push({ event, fields }),
    directory: {
      async *accounts() {
        yield* DIRECTORY;
      },
    },
    links: createConfirmationLinks(Buffer.alloc(32, 7), 'https://portal.example/confirm#{token}'),
    version: '0.0.0-test',
    ...change,
  };
  const app = buildApi(parts, selfChecking(allRoutes()));

  /** Makes a request; `who` is a token, '' for none. */
  async function ask(who: string, method: 'GET' | 'POST' | 'PUT', url: string, body?: object, headers = {}) {
    const request: InjectOptions = {
      method,
      url,
      headers: { ...(who ? { authorization: `Bearer ${who}` } : {}), ...headers },
      ...(body ? { payload: body } : {}),
    };
    const answer = await app.inject(request);
    await bench.responder.idle();
    const json = answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined;
    return { status: answer.statusCode, body: json, headers: answer.headers, text: answer.body };
  }
  return { ...bench, app, ask, logged, parts };
}

export const APPROVER = tokenOf(ANNE, 'approver');
export const OTHER_APPROVER = tokenOf(LUC, 'approver');
export const ANALYST = tokenOf(ANNE, 'analyst');
export const VIEWER = tokenOf(LUC, 'viewer');
export const AUDITOR = tokenOf(LUC, 'auditor');
export const GATEWAY = tokenOf({ id: 'portal', name: '', kind: 'service' }, 'gateway');
