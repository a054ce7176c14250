import { z } from 'zod';

const file = z.string().min(1);
const address = z.url({ protocol: /^https?$/ });

const issuer = {
  issuer: address,
  audience: z.string().min(1),
  /** Where the issuer's keys are; by default where its discovery document says. */
  jwks_uri: address.optional(),
};

/** The HTTP API for people and gateways. */
export const apiSchema = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(8181),
    tls: z.strictObject({ cert_file: file, key_file: file }).optional(),
    /** Plain HTTP beyond loopback, because a proxy in front speaks TLS. */
    behind_tls: z.boolean().default(false),
    /** A token for whoever may read this file, taken from loopback only; made on first use. */
    local_token_file: file.optional(),
    oidc: z
      .strictObject({ ...issuer, roles_claim: z.string().default('roles'), role_prefix: z.string().default('vigie-') })
      .optional(),
    /** Questions to holders: the key that signs their links, and the portal's page, with `{token}` in it. */
    confirmation: z
      .strictObject({
        key_file: file,
        link: address.refine((l) => l.includes('{token}'), { message: '{token} must stand in it' }),
      })
      .optional(),
    /** For a gateway that asks about each request by the professional's own token. */
    gate: z
      .strictObject({
        ...issuer,
        account_claim: z.string().min(1).default('sub'),
        strong_acr: z.array(z.string()).default([]),
      })
      .optional(),
    /** The portal's accounts, one JSON object a line: who is in a class. Without it, the local register. */
    directory_file: file.optional(),
  })
  .refine((api) => api.oidc !== undefined || api.local_token_file !== undefined, {
    message: 'oidc or local_token_file is needed: nobody could sign in',
  });
export type ApiConfig = z.infer<typeof apiSchema>;
