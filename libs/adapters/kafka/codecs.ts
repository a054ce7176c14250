/**
 * Codecs of compressed record batches. kafkajs ships gzip alone; a portal's producer may use any. Zstandard is Node's own;
 * lz4 and snappy are WebAssembly. Importing this file registers them.
 */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from '@platformatic/wasm-utils/bundled';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** What kafkajs hands to a codec that compresses. */
interface Encoder {
  readonly buffer: Buffer;
}

const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) };

CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder: Encoder) => zstd.compress(encoder.buffer),
  decompress: (bytes: Buffer) => zstd.decompress(bytes),
});
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder: Encoder) => Buffer.from(lz4Compress(encoder.buffer)),
  decompress: async (bytes: Buffer) => Buffer.from(lz4Decompress(bytes)),
});
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: async (encoder: Encoder) => Buffer.from(snappyCompress(encoder.buffer)),
  decompress: async (bytes: Buffer) => snappyUnframe(bytes),
});

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;

/**
 * Snappy bytes as Java producers write them (blocks of u32 length and data behind the magic number and two versions of
 * snappy-java) or raw, as librdkafka does.
 */
export function snappyUnframe(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return Buffer.from(snappyDecompress(bytes));
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    at += 4;
    // Copied: the decompressor hands out its own memory, which the next block overwrites.
    blocks.push(Buffer.from(snappyDecompress(bytes.subarray(at, at + length))));
    at += length;
  }
  return Buffer.concat(blocks);
}
