import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { z } from 'zod';
import { MAX_ACCOUNT_ID_CHARACTERS } from '#libs/model/account-id.ts';
import type { Person } from '#libs/model/person.ts';
import { bearerToken } from './identity.ts';
import { openApiDocument } from './openapi.ts';
import type { Pace } from './pace.ts';
import { createPace } from './pace.ts';
import type { ApiParts } from './parts.ts';
import { ApiProblem, problemBody } from './problem.ts';
import type { RefusalLog } from './refusal-log.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { Permission } from './roles.ts';
import { FOR_PEOPLE, mayDo } from './roles.ts';
import type { Route, RouteReply } from './route.ts';
import { allRoutes } from './routes/index.ts';

const NOBODY: Person = { id: '', name: '', kind: 'service' };
const LARGEST_BODY = 65_536;
/** A whole request must have come by then, ms. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Of an address's part as it is written: an account's id with each character escaped (three bytes of UTF-8, nine letters). */
const LONGEST_PARAMETER = 9 * MAX_ACCOUNT_ID_CHARACTERS;

/** Headers by which a proxy tells that it is one. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** What one who is signed in may change a minute: a stolen token must not fill the store. The gateway's counting is no change. */
const CHANGES_A_MINUTE = 600;

interface Guards {
  readonly changes: Pace;
  readonly refused: RefusalLog;
}

async function identify(
  parts: ApiParts,
  { changes, refused }: Guards,
  request: FastifyRequest,
  permission: Permission,
): Promise<Person> {
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) throw new ApiProblem(401, 'a token is needed', { 'www-authenticate': 'Bearer' });
  const peer = { address: request.ip, forwarded: FORWARDED.some((name) => request.headers[name] !== undefined) };
  const found = await parts.authenticate(token, peer);
  if (!found.ok) {
    refused('api_token_refused', { why: found.why, route: request.routeOptions.url });
    throw new ApiProblem(401, 'the token is not accepted', { 'www-authenticate': 'Bearer error="invalid_token"' });
  }
  const { person, roles } = found.identity;
  if (!mayDo(roles, permission) || (FOR_PEOPLE.has(permission) && person.kind === 'service')) {
    refused('api_permission_refused', { permission, person: person.id });
    throw new ApiProblem(403, `${permission} is not yours`, {
      'www-authenticate': 'Bearer error="insufficient_scope"',
    });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD' && permission !== 'restrictions.enforce') {
    const waitMs = changes.wait(person.id, parts.clock.nowMs());
    if (waitMs > 0) {
      refused('api_too_fast', { permission, person: person.id });
      throw new ApiProblem(429, `at most ${CHANGES_A_MINUTE} changes a minute`, {
        'retry-after': String(Math.ceil(waitMs / 1000)),
      });
    }
  }
  return person;
}

/** Refused input: where and why, never the value. */
class WrongInput extends Error {
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  constructor(where: string, issues: readonly z.core.$ZodIssue[]) {
    super('wrong input');
    this.issues = issues.map((i) => ({ path: [where, ...i.path].join('.'), message: i.message }));
  }
}

function checked<T>(where: string, schema: z.ZodType<T> | undefined, value: unknown): T {
  if (!schema) return undefined as T;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new WrongInput(where, parsed.error.issues);
  return parsed.data;
}

function send(reply: FastifyReply, { status = 200, headers = {}, body }: RouteReply): FastifyReply {
  reply.code(status).headers(headers);
  return body === undefined ? reply.send() : reply.send(body);
}

function register(app: FastifyInstance, route: Route, parts: ApiParts, guards: Guards): void {
  const { method, path, permission } = route;
  app.route({
    method,
    url: path.replace(/\{(\w+)\}/g, ':$1'),
    async handler(request, reply) {
      const person = permission === 'open' ? NOBODY : await identify(parts, guards, request, permission);
      const input = {
        params: checked('path', route.params, request.params),
        query: checked('query', route.query, request.query),
        body: checked('body', route.body, request.body ?? {}),
        headers: request.headers,
        person,
        parts,
      };
      return send(reply, await route.handle(input));
    },
  });
}

/** The API over its parts, listening nowhere yet. */
export function buildApi(
  parts: ApiParts,
  routes: readonly Route[] = allRoutes(),
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): FastifyInstance {
  const app = Fastify({
    // The types know HTTP and HTTPS servers apart; what is done with either is the same.
    ...(tls ? { https: tls } : ({} as { https: null })),
    logger: false,
    // An address comes from the connection alone: a header could say anything.
    trustProxy: false,
    bodyLimit: LARGEST_BODY,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    forceCloseConnections: true,
  });
  // Hooks with a callback: a promise each would be two more for every request of a gateway.
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? '' : (request.routeOptions.url ?? '');
    const { statusCode: status, elapsedTime: tookMs } = reply;
    parts.answered?.({ route, method: request.method, status, tookMs });
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = (status: number, detail: string, errors?: WrongInput['issues']) =>
      reply
        .code(status)
        .type('application/problem+json')
        .send(problemBody(status, detail, errors));
    if (error instanceof WrongInput) return problem(400, 'the request is not what this takes', error.issues);
    if (error instanceof ApiProblem) {
      reply.headers(error.headers);
      return problem(error.status, error.message);
    }
    const status = (error as { statusCode?: unknown }).statusCode;
    if (typeof status === 'number' && status >= 400 && status < 500)
      return problem(status, 'the request cannot be read');
    const name = error instanceof Error ? error.name : typeof error;
    parts.logger('error', 'api_request_failed', {
      error: name,
      route: request.routeOptions.url,
      message: String(error),
    });
    return problem(503, 'this could not be done now; whether it was done shows when you look again');
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('application/problem+json').send(problemBody(404, 'there is nothing here')),
  );
  const nowMs = () => parts.clock.nowMs();
  const guards = { changes: createPace(CHANGES_A_MINUTE, 60_000), refused: createRefusalLog(parts.logger, nowMs) };
  for (const route of routes) register(app, route, parts, guards);
  const document = openApiDocument(routes, parts.version);
  app.get('/openapi.json', () => document);
  return app;
}
