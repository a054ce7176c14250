import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { loadServiceConfig } from '#services/config/load.ts';

/** Options of every command that speaks to a running Vigie. */
export interface ServerOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly config?: string;
}

/** Adds the options that say where the API is and who is asking. */
export const withServer = (command: Command): Command =>
  command
    .addOption(new Option('--url <url>', 'the API; http://127.0.0.1:8181 unless said otherwise').env('VIGIE_URL'))
    .addOption(new Option('--token-file <file>', 'file that holds your token').env('VIGIE_TOKEN_FILE'))
    .addOption(
      new Option('--config <file>', 'configuration of the service on this machine: its address and local token'),
    );

export interface ApiClient {
  /** @throws CommandFailure where it is refused, or cannot be reached */
  call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<T>;
}

const DEFAULT_URL = 'http://127.0.0.1:8181';
const PATIENCE_MS = 30_000;

/** @throws CommandFailure with exit code 78 where there is no token */
export function openClient(options: ServerOptions): ApiClient {
  const api = options.config === undefined ? undefined : loadServiceConfig(options.config).api;
  if (options.config !== undefined && api === undefined) {
    throw new CommandFailure(`${options.config}: the configuration has no part "api"`, EXIT.configuration);
  }
  const scheme = api?.tls ? 'https' : 'http';
  const url = options.url ?? (api ? `${scheme}://${api.host}:${api.port}` : DEFAULT_URL);
  const file = options.tokenFile ?? api?.local_token_file;
  if (file === undefined) {
    throw new CommandFailure(
      'a token is needed: --token-file, VIGIE_TOKEN_FILE, or --config of a service with a local token',
      EXIT.configuration,
    );
  }
  const token = readToken(file);
  return {
    async call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<T> {
      let answer: Response;
      try {
        answer = await fetch(new URL(path, url), {
          method,
          redirect: 'error',
          signal: AbortSignal.timeout(PATIENCE_MS),
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (error) {
        const { cause, message } = error as Error;
        throw new CommandFailure(`${url} cannot be reached: ${cause instanceof Error ? cause.message : message}`);
      }
      const text = await answer.text();
      if (!answer.ok) throw new CommandFailure(problemText(answer.status, text));
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
  };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandFailure(`${file}: ${(error as NodeJS.ErrnoException).code ?? 'not readable'}`, EXIT.configuration);
  }
}

/** What a problem document says, for people. */
function problemText(status: number, text: string): string {
  try {
    const { detail, errors = [] } = JSON.parse(text) as {
      detail?: string;
      errors?: { path: string; message: string }[];
    };
    const lines = errors.map((e) => `  ${e.path}: ${e.message}`);
    return [`${detail ?? 'refused'} (HTTP ${status})`, ...lines].join('\n');
  } catch {
    return `refused (HTTP ${status})`;
  }
}

export const pathOf = (strings: TemplateStringsArray, ...values: string[]): string =>
  String.raw({ raw: strings }, ...values.map(encodeURIComponent));
