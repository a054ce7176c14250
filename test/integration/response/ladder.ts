import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GenericContainer, Wait } from 'testcontainers';

const run = promisify(execFile);

export interface RealServer {
  /** '' where there is none. */
  readonly url: string;
  readonly how: 'given' | 'container' | 'process' | 'none';
  /** Why there is none. */
  readonly reason: string;
}
export interface Climbed {
  readonly server: RealServer;
  stop(): Promise<void>;
}

export interface Ladder {
  /** The address that the environment gives, and the name of the variable. */
  readonly given: string | undefined;
  readonly given_as: string;
  /** `container` or `process`: that rung alone. */
  readonly only?: string | undefined;
  readonly container?: {
    readonly image: string;
    readonly port: number;
    readonly environment: Readonly<Record<string, string>>;
    readonly command?: readonly string[];
    readonly url: (host: string, port: number) => string;
    readonly ready: { readonly log: RegExp; readonly times: number } | { readonly http: string };
  };
  readonly process: () => Promise<{ readonly url: string; stop(): Promise<void> }>;
}

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n')[0]!;

async function startContainer(spec: NonNullable<Ladder['container']>): Promise<{ url: string; stop(): Promise<void> }> {
  // Only an image that is there: where it has to be fetched or built, that is the work of deploy/images, or of whoever runs this.
  await run('docker', ['image', 'inspect', spec.image], { timeout: 10_000 });
  if (spec.image.startsWith('vigie-test/')) process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= '127.0.0.1';
  const { ready } = spec;
  const wait =
    'log' in ready
      ? Wait.forLogMessage(ready.log, ready.times)
      : Wait.forHttp(ready.http, spec.port).forStatusCode(200);
  const container = await new GenericContainer(spec.image)
    .withEnvironment({ ...spec.environment })
    .withExposedPorts(spec.port)
    .withCommand([...(spec.command ?? [])])
    .withWaitStrategy(wait)
    .withStartupTimeout(300_000)
    .start();
  const url = spec.url(container.getHost(), container.getMappedPort(spec.port));
  return { url, stop: async () => void (await container.stop({ timeout: 0 })) };
}

/** The server by the first rung that holds. Never throws: where none does, the reasons are in `server.reason`. */
export async function climb(ladder: Ladder): Promise<Climbed> {
  const nothing = async () => {};
  if (ladder.given) return { server: { url: ladder.given, how: 'given', reason: '' }, stop: nothing };
  const reasons = [`${ladder.given_as} is not set`];
  if (ladder.container && (!ladder.only || ladder.only === 'container')) {
    try {
      const { url, stop } = await startContainer(ladder.container);
      return { server: { url, how: 'container', reason: '' }, stop };
    } catch (error) {
      reasons.push(`no container (${firstLine(error)})`);
    }
  }
  if (!ladder.only || ladder.only === 'process') {
    try {
      const { url, stop } = await ladder.process();
      return { server: { url, how: 'process', reason: '' }, stop };
    } catch (error) {
      reasons.push(`no process (${firstLine(error)})`);
    }
  }
  return { server: { url: '', how: 'none', reason: reasons.join(', ') }, stop: nothing };
}
