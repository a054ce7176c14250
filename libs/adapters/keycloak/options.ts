/** Where accounts of the access log are found at Keycloak. */
export type KeycloakIdentity =
  /** The log's account id is the username, whatever its case. */
  | { readonly by: 'username' }
  /** The log's account id is the one value of this attribute of the user. */
  | { readonly by: 'attribute'; readonly name: string };

export interface KeycloakOptions {
  /** Root of the server: `https://id.example.fr`. */
  readonly url: string;
  readonly realm: string;
  /** A confidential client with a service account that has `realm-management/manage-users` and nothing else. */
  readonly clientId: string;
  /** Asked for at each sign-in, so that a rotated secret is taken up without a restart. */
  readonly clientSecret: () => Promise<string>;
  readonly identity: KeycloakIdentity;
  /** Name of the group whose members must show a second factor; absent: this realm has none, and step-up is refused. */
  readonly stepUpGroup?: string;
  /** Usernames that are never touched, whatever is asked. Service accounts never are. */
  readonly neverTouch?: readonly string[];
  /** Longest wait for one answer, ms. */
  readonly callTimeoutMs?: number;
  /** Waits between the two sign-outs, or until the signal is aborted; a test may pass its own. */
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
}
