/** Files and folders that the services need: secrets to read, places to write to. Nothing is written. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ServiceConfig } from '#services/config/schema.ts';
import type { Finding } from './finding.ts';
import { isWell, isWrong, warns, wordsOf } from './finding.ts';

/** Less room than this on a disk that state is written to is worth a word. */
const LITTLE_ROOM_BYTES = 1024 ** 3;
const OTHERS_MAY_READ = 0o077;

/** The pseudonymisation key: there, long enough, and its owner's alone. */
export function checkKey({ key }: ServiceConfig, minBytes: number): readonly Finding[] {
  const part = 'key';
  try {
    const { size, mode } = statSync(key.file);
    accessSync(key.file, constants.R_OK);
    if (size < minBytes) {
      const todo = `make one of ${minBytes} bytes or more: head -c 32 /dev/urandom > FILE`;
      return [isWrong(part, `${key.file} has ${size} bytes`, todo)];
    }
    return (mode & OTHERS_MAY_READ) === 0
      ? [isWell(part, `key "${key.id}" is there and its owner's alone`)]
      : [warns(part, `${key.file} may be read by others than its owner`, `chmod 600 ${key.file}`)];
  } catch (error) {
    return [isWrong(part, wordsOf(error), 'name the file that holds the key in key.file, readable by this user')];
  }
}

/** Every folder that state is written to: may it be, and is there room. */
export function checkFolders(config: ServiceConfig): readonly Finding[] {
  const { detector, correlator, responder, notify, log } = config;
  const wanted: (readonly [string, string | undefined])[] = [
    ['folder log.folder', log.kind === 'files' ? log.folder : undefined],
    ['folder detector.checkpoints', detector?.checkpoints],
    ['folder correlator.checkpoints', correlator?.checkpoints],
    ['folder of responder.store_file', parentOf(responder?.store_file)],
    ['folder of responder.register_file', parentOf(responder?.register_file)],
    ['folder of notify.positions_file', parentOf(notify?.positions_file)],
  ];
  return wanted.flatMap(([part, folder]) => (folder === undefined ? [] : [checkFolder(part, folder)]));
}

const parentOf = (file: string | undefined): string | undefined => (file === undefined ? undefined : dirname(file));

function checkFolder(part: string, folder: string): Finding {
  // What is not there yet is made by the service, in the nearest folder that is.
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    if (!statSync(there).isDirectory())
      return isWrong(part, `${there} is no folder`, 'name a folder in the configuration');
    accessSync(there, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(there);
    const freeBytes = bavail * bsize;
    const room = `${Math.floor(freeBytes / 1024 ** 2)} MiB free`;
    return freeBytes < LITTLE_ROOM_BYTES
      ? warns(part, `${folder}: only ${room}`, 'make room, or name a folder on a larger disk')
      : isWell(part, `${folder} can be written to, ${room}`);
  } catch (error) {
    return isWrong(part, wordsOf(error), `let the user that runs the service write to ${there}`);
  }
}
