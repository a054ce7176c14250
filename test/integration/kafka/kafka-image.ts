import { execFileSync } from 'node:child_process';

const OFFICIAL = 'apache/kafka:4.3.1';
/** What deploy/images/ensure.sh builds from Apache's jars where no registry can be reached. */
const STAND_IN = 'vigie-test/kafka:4.3.1';

/** The image to start: the one the environment names, else the stand-in where it was built, else the official one. */
export function kafkaImage(): string {
  const image = process.env.VIGIE_KAFKA_IMAGE || (isThere(STAND_IN) ? STAND_IN : OFFICIAL);
  if (image === STAND_IN) {
    // A stand-in means that there is no registry: then the cleaner's image of Testcontainers cannot be had either.
    process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
    // Inside a container Testcontainers may take the bridge's address at one start and localhost at the next.
    process.env.TESTCONTAINERS_HOST_OVERRIDE ??= '127.0.0.1';
  }
  return image;
}

/** Whether the engine has the image. */
export function isThere(image: string): boolean {
  try {
    execFileSync('docker', ['image', 'inspect', image], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
