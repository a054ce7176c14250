import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import { describeFileError } from './open-sources.ts';

/**
 * Where the key for pseudonyms comes from: a file, the output of a command (a vault's client), or, for the embedded
 * product, a random key made once in the data folder. The text is `<key>` or `<id> <key>`, the key being 64 or more
 * hexadecimal digits; without an id, one is derived by hash. No message ever holds any of it.
 */

export interface LoadedKey {
  readonly id: string;
  readonly key: Uint8Array;
}

export type KeySource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'command'; readonly command: string; readonly arguments: readonly string[] }
  /** Makes the file `pseudonym.key` in the folder if it is not there. */
  | { readonly from: 'data_folder'; readonly folder: string };

/** 256 bits: what HMAC-SHA-256 can use. */
const MIN_HEX_DIGITS = 64;
const NEW_KEY_BYTES = 32;
const KEY_FILE = 'pseudonym.key';
const COMMAND_TIMEOUT_MS = 10_000;
/** Others than the owner may neither read nor write. */
const OWNER_ONLY = 0o600;
const OTHERS_BITS = 0o077;

/** Loads the key; the error says in words what is wrong and what to do. */
export async function loadPseudonymKey(source: KeySource): Promise<Result<LoadedKey, string>> {
  switch (source.from) {
    case 'file':
      return readKeyFile(source.path);
    case 'command':
      return runKeyCommand(source.command, source.arguments);
    case 'data_folder':
      return readOrMakeKeyFile(source.folder);
  }
}

async function readKeyFile(path: string): Promise<Result<LoadedKey, string>> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS_BITS) !== 0) {
      return err(`${path} holds a key and may be read by others than its owner: chmod 600 ${path}`);
    }
    return parseKey(await readFile(path, 'utf8'), path);
  } catch (error) {
    return err(describeFileError(path, error).message);
  }
}

async function runKeyCommand(command: string, args: readonly string[]): Promise<Result<LoadedKey, string>> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { timeout: COMMAND_TIMEOUT_MS });
    return parseKey(stdout, `the output of ${command}`);
  } catch (error) {
    // The message of execFile repeats the command's output: only its code is safe to show.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no result';
    return err(`the key command ${command} failed (${code})`);
  }
}

async function readOrMakeKeyFile(folder: string): Promise<Result<LoadedKey, string>> {
  const path = join(folder, KEY_FILE);
  try {
    await mkdir(folder, { recursive: true });
    const existing = await stat(path).catch(() => undefined);
    if (existing === undefined) await makeKeyFile(path);
  } catch (error) {
    return err(describeFileError(path, error).message);
  }
  return readKeyFile(path);
}

/** Written aside and then linked, so that nobody reads half a key and two that start at once agree on the first one's. */
async function makeKeyFile(path: string): Promise<void> {
  const aside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(aside, `${randomBytes(NEW_KEY_BYTES).toString('hex')}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(aside, { force: true });
  }
}

function parseKey(text: string, where: string): Result<LoadedKey, string> {
  const parts = text.trim().split(/\s+/);
  const hex = parts.at(-1)!;
  if (parts.length > 2 || !/^([0-9a-f]{2})+$/i.test(hex) || hex.length < MIN_HEX_DIGITS) {
    return err(
      `${where} holds no key: expected "<id> <key>" with a key of ${MIN_HEX_DIGITS} or more hexadecimal digits`,
    );
  }
  const key = Buffer.from(hex, 'hex');
  const id =
    parts.length === 2 ? parts[0] : createHash('sha256').update('key id').update(key).digest('hex').slice(0, 8);
  return ok({ id, key });
}
