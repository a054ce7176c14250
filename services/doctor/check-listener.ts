import { connect } from 'node:net';
import type { Finding } from './finding.ts';
import { isWell, isWrong, wordsOf } from './finding.ts';

const LIMIT_MS = 3_000;

/** Whether somebody listens at an address. Nothing is said to them. */
export async function checkListener(
  part: string,
  address: { readonly host: string; readonly port: number },
): Promise<Finding> {
  const at = `${address.host}:${address.port}`;
  try {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ ...address, timeout: LIMIT_MS });
      socket.once('connect', () => {
        socket.destroy();
        resolve();
      });
      socket.once('timeout', () => socket.destroy(new Error(`no answer within ${LIMIT_MS / 1000} s`)));
      socket.once('error', reject);
    });
    return isWell(part, `somebody listens at ${at}`);
  } catch (error) {
    return isWrong(
      part,
      `${at}: ${wordsOf(error)}`,
      'look whether it runs at this address and can be reached from here',
    );
  }
}
