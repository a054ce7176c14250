import { isThere } from '../kafka/kafka-image.ts';

const OFFICIAL = 'node:24-slim';
/** What deploy/images/ensure.sh builds where no registry can be reached. */
const STAND_IN = 'vigie-test/node:24';

/** The image that Vigie's own is built from: the one the environment names, else the stand-in, else the official one. */
export function nodeImage(): string {
  return process.env.VIGIE_NODE_IMAGE || (isThere(STAND_IN) ? STAND_IN : OFFICIAL);
}
