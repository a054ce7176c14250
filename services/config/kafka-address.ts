import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';

/** `kafka://host:port[,host:port…]/topic?name=value`. */
export interface KafkaAddress {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly options: ReadonlyMap<string, string>;
}

/** Reads an address as commands take it. The port is 9092 where none is given. Errors: what is wrong, in words. */
export function parseKafkaAddress(text: string): Result<KafkaAddress, string> {
  const match = /^kafka:\/\/([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(text);
  if (match === null) return err(`"${text}" is no Kafka address; one looks like kafka://host:9092/topic`);
  const brokers = match[1]!.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:9092`));
  const topic = decodeURIComponent(match[2] ?? '');
  if (topic === '') return err(`"${text}" names no topic; an address looks like kafka://host:9092/topic`);
  return ok({ brokers, topic, options: new Map(new URLSearchParams(match[3] ?? '')) });
}
