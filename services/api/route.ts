import type { z } from 'zod';
import type { Person } from '#libs/model/person.ts';
import type { ApiParts } from './parts.ts';
import type { Permission } from './roles.ts';

/** What a route gets: checked, and by whom. */
export interface RouteInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The person; of no meaning on an open route. */
  readonly person: Person;
  readonly parts: ApiParts;
}

export interface RouteReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: an answer without content. */
  readonly body?: unknown;
}

/** One route as data: the server, the OpenAPI document and the tests of who may do what are made from it. */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly summary: string;
  /** `open`: asks for no person; says itself what it asks for. */
  readonly permission: Permission | 'open';
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** By status: what the answer is; `null` for one without content. Problems need not be listed. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  handle(input: RouteInput<P, Q, B>): Promise<RouteReply> | RouteReply;
}

/** Keeps a route's own types while it is written, and forgets them in the list of all. */
export const route = <P, Q, B>(definition: Route<P, Q, B>): Route => definition as unknown as Route;
