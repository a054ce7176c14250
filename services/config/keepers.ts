import { z } from 'zod';

/**
 * Where accounts are kept and restricted, and how to sign in there. Which of them a policy acts through, and in which
 * order, is the policy's `connectors` to say, by name. Secrets are named by file and read anew at each use, so that a
 * rotated one is taken up without a restart.
 */
const file = z.string().min(1);
/** What the policy calls it; its type where nothing is said. */
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'small letters, digits, _ and -')
  .exactOptional();
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
export const keeperUrl = z.url().refine(
  (text) => {
    const { protocol, hostname } = new URL(text);
    return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  },
  { message: 'https is needed (http on loopback alone)' },
);
const timeout = z.number().int().min(100).max(60_000).default(2_000);
/** In a chain: accounts may be missing there. */
const mayLack = z.boolean().default(false);

const localRegister = z.strictObject({ name, type: z.literal('local_register'), register_file: file });

const keycloak = z.strictObject({
  name,
  type: z.literal('keycloak'),
  url: keeperUrl,
  realm: z.string().min(1),
  client_id: z.string().min(1).default('vigie-responder'),
  client_secret_file: file,
  /** The log's account id is the username, or the one value of this attribute. */
  identity: z
    .union([z.literal('username'), z.strictObject({ attribute: z.string().regex(/^[A-Za-z0-9._-]+$/) })])
    .default('username'),
  /** '' where the realm has no such group: then no step-up there. */
  step_up_group: z.string().default('vigie-step-up'),
  never_touch: z.array(z.string().min(1)).default([]),
  timeout_ms: timeout,
  may_lack_account: mayLack,
});

const scim = z.strictObject({
  name,
  type: z.literal('scim'),
  url: keeperUrl,
  token_file: file,
  identity: z.enum(['userName', 'externalId']).default('userName'),
  timeout_ms: timeout,
  may_lack_account: mayLack,
});

const webhook = z.strictObject({
  name,
  type: z.literal('webhook'),
  url: keeperUrl,
  /** `whsec_…`; several files while one is replaced. */
  secret_files: z.array(file).min(1),
  /** The receiver answers `account.read`. */
  readable: z.boolean().default(false),
  timeout_ms: timeout,
  may_lack_account: mayLack,
});

const ssf = z.strictObject({
  name,
  type: z.literal('ssf'),
  url: keeperUrl,
  issuer: z.url(),
  audience: z.string().min(1),
  /** Issuer of the subjects; absent: the account's id alone. */
  subject_issuer: z.url().optional(),
  /** Private key, PEM (PKCS #8). */
  signing_key_file: file,
  signing_key_id: z.string().min(1),
  signing_algorithm: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']).default('RS256'),
  /** Holds the value of the Authorization header that the receiver asks for. */
  authorization_file: file.optional(),
  timeout_ms: timeout,
  may_lack_account: mayLack,
});

/** Commands on `<prefix>.commands`. */
const commandTopic = z.strictObject({ name, type: z.literal('command_topic') });

export const keeperSchema = z.discriminatedUnion('type', [localRegister, keycloak, scim, webhook, ssf, commandTopic]);
export type KeeperConfig = z.infer<typeof keeperSchema>;

/** What a policy calls this keeper. */
export const keeperName = (config: KeeperConfig): string => config.name ?? config.type;
