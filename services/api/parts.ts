import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { AccountDirectory } from '#libs/ports/directory.ts';
import type { RestrictionList } from '#libs/ports/restrictions.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import type { Logger } from '#libs/telemetry/log-line.ts';
import type { Responder } from '#services/responder/responder.ts';
import type { Authenticator } from './authenticate.ts';
import type { ConfirmationLinks } from './confirmation-link.ts';
import type { PortalGate } from './portal-gate.ts';

/** What the API stands on. */
export interface ApiParts {
  readonly responder: Responder;
  readonly store: ResponseStore;
  /** Filled before the API listens: an empty list would say that nobody is restricted. */
  readonly restrictions: RestrictionList;
  readonly connector: AccountConnector;
  readonly policy: () => ResponsePolicy;
  readonly clock: Clock;
  readonly authenticate: Authenticator;
  readonly logger: Logger;
  /** Absent: no class of accounts can be contained, because nobody says who is in it. */
  readonly directory?: AccountDirectory;
  /** Absent: no questions to holders. */
  readonly links?: ConfirmationLinks;
  /** Absent: the gateway asks `/v1/restrictions/{account}` and decides itself. */
  readonly gate?: PortalGate;
  readonly version: string;
  /** Told of every request that was answered. */
  readonly answered?: (request: AnsweredRequest) => void;
}

export interface AnsweredRequest {
  /** As the route is written, `/v1/accounts/:id`, never as it was asked for; '' where there is none. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly tookMs: number;
}
