import { z } from 'zod';

const file = z.string().min(1);
const port = z.number().int().min(1).max(65_535);
const kinds = z.array(z.enum(['alert', 'notice', 'action'])).min(1);
const severity = z.enum(['informational', 'low', 'medium', 'high', 'critical']);

const common = {
  /** How far it has got is kept under this name. */
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'small letters, digits and dashes'),
  kinds: kinds.default(['alert', 'notice', 'action']),
  from_severity: severity.default('informational'),
};

const syslog = z.strictObject({
  ...common,
  type: z.literal('syslog'),
  host: z.string().min(1),
  port: port.default(6514),
  format: z.enum(['cef', 'ecs', 'ocsf']).default('cef'),
  /** `false`: TCP in the clear. `true`: the system's own authorities. */
  tls: z
    .union([
      z.boolean(),
      z
        .strictObject({
          ca_file: file.optional(),
          cert_file: file.optional(),
          key_file: file.optional(),
          server_name: z.string().optional(),
        })
        .refine((t) => (t.cert_file === undefined) === (t.key_file === undefined), {
          message: 'cert_file and key_file go together',
        }),
    ])
    .default(true),
});

const webhook = z.strictObject({
  ...common,
  type: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }),
  format: z.enum(['ocsf', 'ecs']).default('ocsf'),
  /** Standard Webhooks secrets (`whsec_…`), one a file; several while one is replaced. */
  secret_files: z.array(file).min(1),
});

const mail = z.strictObject({
  ...common,
  kinds: kinds.default(['alert', 'notice']),
  from_severity: severity.default('high'),
  type: z.literal('mail'),
  host: z.string().min(1),
  port: port.default(587),
  security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
  ca_file: file.optional(),
  user: z.string().optional(),
  password_file: file.optional(),
  from: z.email(),
  to: z.array(z.email()).min(1),
});

/** Where notifications go. */
export const notifySchema = z
  .strictObject({
    /** SQLite file that keeps how far each has got: for processes on one machine. */
    positions_file: file.optional(),
    /** File that holds the URL of a PostgreSQL database (the responder's will do): for processes on several machines. */
    positions_url_file: file.optional(),
    sinks: z
      .array(z.discriminatedUnion('type', [syslog, webhook, mail]))
      .min(1)
      .refine((sinks) => new Set(sinks.map((s) => s.name)).size === sinks.length, { message: 'names must differ' }),
  })
  .refine((n) => (n.positions_file === undefined) !== (n.positions_url_file === undefined), {
    message: 'one of positions_file and positions_url_file is needed',
  });
export type NotifyConfig = z.infer<typeof notifySchema>;
