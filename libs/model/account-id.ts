/*
 * What may be an account's id, stated once: whatever intake takes can be alerted on, stored, asked for over the API and
 * found at a keeper. An event whose account is anything else is rejected and counted.
 */

/** Longest id, in UTF-16 units: that of the identity providers (Keycloak keeps 255), and far below what a database's index takes. */
export const MAX_ACCOUNT_ID_CHARACTERS = 255;

/**
 * No control characters (Cc): an account id with one would be detected and could never be stopped, because databases refuse
 * some of them (NUL), and so does whoever reads the alert.
 */
export const isAccountId = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_ACCOUNT_ID_CHARACTERS && /^\P{Cc}+$/u.test(value);
