import { z } from 'zod';
import { LOG_LEVELS } from '#libs/telemetry/log-line.ts';
import { apiSchema } from './api.ts';
import { keeperName, keeperSchema, keeperUrl } from './keepers.ts';
import { notifySchema } from './notify.ts';

/**
 * What a service needs to know of its surroundings: where the log is and how to sign in there, which topics, where state and
 * keys are. What it decides by stands in the policy file. Secrets are named by file, never written here.
 */
const file = z.string().min(1);

const signIn = z.discriminatedUnion('mechanism', [
  z.strictObject({
    mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
    username: z.string().min(1),
    password_file: file,
  }),
  /** The file holds a bearer token and is read anew at each sign-in: something beside Vigie keeps it fresh. */
  z.strictObject({ mechanism: z.literal('oauthbearer'), token_file: file }),
]);

const tls = z.union([
  z.literal(true),
  z
    .strictObject({ ca_file: file.optional(), cert_file: file.optional(), key_file: file.optional() })
    .refine((t) => (t.cert_file === undefined) === (t.key_file === undefined), {
      message: 'cert_file and key_file go together',
    }),
]);

const kafka = z.strictObject({
  kind: z.literal('kafka'),
  brokers: z.array(z.string().regex(/^[^:/\s]+:\d{1,5}$/, 'host:port is needed')).min(1),
  client_id: z.string().min(1).default('vigie'),
  tls: tls.optional(),
  sign_in: signIn.optional(),
});

const files = z.strictObject({ kind: z.literal('files'), folder: file });

export const serviceConfigSchema = z.strictObject({
  log: z.discriminatedUnion('kind', [kafka, files]),
  /** Topic of the portal's access events, and the prefix of all topics of ours. */
  access_topic: z.string().min(1).default('portal.access'),
  prefix: z.string().min(1).default('vigie'),
  /** Policy file; the built-in defaults without one. */
  policy_file: file.optional(),
  /** Key that people are pseudonymised with: at least 32 bytes in a file, and its id. */
  key: z.strictObject({ id: z.string().min(1), file }),
  language: z.enum(['en', 'fr']).default('en'),
  detector: z
    .strictObject({
      /** Folder that every instance sees. */
      checkpoints: file,
      checkpoint_seconds: z.number().min(1).max(3600).default(60),
      /** What another log has taught (vigie calibrate --baseline-out), for a partition that begins. */
      baseline_file: file.optional(),
    })
    .optional(),
  correlator: z
    .strictObject({
      /** Folder that every instance sees; not the detector's. */
      checkpoints: file,
      checkpoint_seconds: z.number().min(1).max(3600).default(60),
    })
    .optional(),
  responder: z
    .strictObject({
      /** SQLite file of actions and audit: for one responder alone. */
      store_file: file.optional(),
      /** File that holds the URL of a PostgreSQL database (password included): for one responder or several. */
      store_url_file: file.optional(),
      /** File of the local account register, where that is the only keeper. */
      register_file: file.optional(),
      /** Who keeps the accounts; told in this order, or in that of the policy's `connectors`. */
      connectors: z
        .array(keeperSchema)
        .min(1)
        .refine((all) => new Set(all.map(keeperName)).size === all.length, {
          message: 'two connectors have one name: give each its own `name`',
        })
        .optional(),
      /** A guarded address at the portal's gateway (deploy/gateway) that is asked before a stop counts as verified. */
      probe: z
        .strictObject({
          url: keeperUrl,
          /** At least 32 bytes, shared with every gate (`api.gate`) that the gateway asks. */
          key_file: file,
          timeout_ms: z.number().int().min(100).max(60_000).default(2_000),
        })
        .optional(),
    })
    .refine((r) => (r.store_file === undefined) !== (r.store_url_file === undefined), {
      message: 'one of store_file and store_url_file is needed',
    })
    .refine((r) => (r.register_file === undefined) !== (r.connectors === undefined), {
      message: 'one of register_file and connectors is needed',
    })
    .optional(),
  /** People's and gateways' way in, over the responder. Absent: nobody can ask or decide anything over HTTP. */
  api: apiSchema.optional(),
  /** Where alerts, notices and actions are sent to, beside their topics. */
  notify: notifySchema.optional(),
  /** Where metrics are given out for Prometheus, and health; loopback unless it is said otherwise. Absent: nowhere. */
  metrics: z
    .strictObject({ host: z.string().default('127.0.0.1'), port: z.number().int().min(0).max(65_535) })
    .optional(),
  /** Where metrics and traces are sent by OTLP (http/json); OTEL_* variables of the environment win. Absent: nowhere. */
  otlp: z
    .strictObject({
      endpoint: z.url({ protocol: /^https?$/ }),
      /** Holds the value of the Authorization header that the collector asks for. */
      authorization_file: file.optional(),
      every_seconds: z.number().min(1).max(3600).default(60),
    })
    .optional(),
  /** Log lines below this level are left out. */
  log_level: z.enum(LOG_LEVELS).default('info'),
});

export type ServiceConfig = z.infer<typeof serviceConfigSchema>;
export type KafkaConfig = z.infer<typeof kafka>;
