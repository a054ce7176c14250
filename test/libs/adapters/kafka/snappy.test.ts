import { snappyCompress } from '@platformatic/wasm-utils/bundled';
import { expect, test } from 'vitest';
import { snappyUnframe } from '#libs/adapters/kafka/codecs.ts';

const block = (text: string) => {
  const bytes = Buffer.from(snappyCompress(Buffer.from(text)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
};

test('snappy as Java writes it: several blocks behind a header', () => {
  const header = Buffer.concat([Buffer.from('\x82SNAPPY\0', 'latin1'), Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
  const framed = Buffer.concat([header, ...block('first '.repeat(50)), ...block('second '.repeat(50))]);
  expect(snappyUnframe(framed).toString()).toBe('first '.repeat(50) + 'second '.repeat(50));
});

test('snappy as librdkafka writes it: bare', () => {
  expect(snappyUnframe(Buffer.from(snappyCompress(Buffer.from('bare '.repeat(50))))).toString()).toBe(
    'bare '.repeat(50),
  );
});
