import type { Person } from '#libs/model/person.ts';
import type { Role } from './roles.ts';

/** Who makes a request. */
export interface Identity {
  readonly person: Person;
  readonly roles: readonly Role[];
  /** Until when this may be believed without asking again, ms. */
  readonly untilMs: number;
}

export type Authentication =
  | { readonly ok: true; readonly identity: Identity }
  /** `why` is for the log: the caller only hears that the token is not accepted. */
  | { readonly ok: false; readonly why: string };

/** One way of knowing who somebody is; `undefined`: this token is none of its kind. */
export type TokenReader = (token: string, peer: Peer) => Promise<Authentication | undefined>;

/** Where a request comes from. */
export interface Peer {
  readonly address: string;
  /** It came through a proxy, so that the address is the proxy's. */
  readonly forwarded: boolean;
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;
export const isLoopback = (address: string): boolean => LOOPBACK.test(address);

const BEARER = /^Bearer ([\x21-\x7e]{1,8192})$/i;

/** The token of an `Authorization` header. */
export const bearerToken = (header: string | undefined): string | undefined => BEARER.exec(header ?? '')?.[1];
