import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { unpackBlock } from '../../core/formats/lz4.ts';
import { packingOf, unpackBytes } from '../../core/formats/unpack.ts';
import type { UnreadableMessage } from '../mail-store.ts';
import { startsWith } from './starts-with.ts';

/** A message as it lies in the file, or why it cannot be had from there. */
export type Unpacked =
  | { readonly bytes: Uint8Array; readonly isCut: boolean }
  | { readonly why: UnreadableMessage };

/** Dovecot's istream-decrypt and istream-lz4 write these. */
const cryptMagic = Buffer.from('CRYPTED\x03\x07', 'latin1');
const lz4Magic = Buffer.from('Dovecot-LZ4\r\x2a\x9b\xc5', 'latin1');

/** A header may be called `BZh`; the first block of bzip2 begins with these digits of pi. */
const isPacked = (bytes: Uint8Array): boolean => {
  const packing = packingOf(bytes);
  return packing === 'bzip2' ? bytes[4] === 0x31 && bytes[5] === 0x41 : packing !== 'plain';
};

/** Whether it begins as no message does: by Dovecot's plug-ins zlib (mail_compress) and mail_crypt. */
export const isWrapped = (bytes: Uint8Array): boolean =>
  startsWith(bytes, cryptMagic) || startsWith(bytes, lz4Magic) || isPacked(bytes);

/**
 * What Dovecot's plug-ins made of a message, undone: at most `bytesMax` of it. A message that ends in the
 * middle is given as far as it goes.
 */
export const unpackMessage = async (packed: Uint8Array, bytesMax: number): Promise<Unpacked> => {
  if (startsWith(packed, cryptMagic)) return { why: 'encrypted' };
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (startsWith(packed, lz4Magic)) return collected(dovecotLz4(bytes), bytesMax);
  const packing = isPacked(packed) ? packingOf(packed) : 'plain';
  switch (packing) {
    case 'plain':
      return { bytes: packed.subarray(0, bytesMax), isCut: packed.length > bytesMax };
    case 'gzip':
      return (
        atOnce(() => zlib.gunzipSync(bytes, { maxOutputLength: bytesMax })) ??
        streamed(zlib.createGunzip(), bytes, bytesMax)
      );
    case 'zstd':
      if (!('createZstdDecompress' in zlib)) return { why: 'packed' };
      return (
        atOnce(() => Buffer.concat([...unpackBytes(packing, bytes, bytesMax)])) ??
        streamed(zlib.createZstdDecompress(), bytes, bytesMax)
      );
    case 'bzip2':
    case 'lz4':
    case 'xz':
      return collected(unpackBytes(packing, bytes, bytesMax), bytesMax);
    case 'zchunk':
      return { why: 'packed' };
  }
};

const atOnce = (unpack: () => Buffer): Unpacked | undefined => {
  try {
    return { bytes: unpack(), isCut: false };
  } catch {
    // Too large or damaged: a stream gives what comes before that.
    return undefined;
  }
};

const joined = (pieces: readonly Uint8Array[], bytesMax: number, isCut: boolean): Unpacked => {
  const bytes = Buffer.concat(pieces);
  if (bytes.length === 0) return { why: 'damaged' };
  return { bytes: bytes.subarray(0, bytesMax), isCut: isCut || bytes.length > bytesMax };
};

const streamed = async (
  unpacker: Transform,
  bytes: Buffer,
  bytesMax: number,
): Promise<Unpacked> => {
  const pieces: Uint8Array[] = [];
  let have = 0;
  unpacker.end(bytes);
  try {
    for await (const piece of unpacker as AsyncIterable<Buffer>) {
      pieces.push(piece);
      have += piece.length;
      if (have > bytesMax) break;
    }
  } catch {
    return joined(pieces, bytesMax, true);
  } finally {
    unpacker.destroy();
  }
  return joined(pieces, bytesMax, false);
};

const collected = (unpacked: Iterable<Uint8Array>, bytesMax: number): Unpacked => {
  const pieces: Uint8Array[] = [];
  let have = 0;
  try {
    for (const piece of unpacked) {
      pieces.push(Buffer.from(piece));
      have += piece.length;
      if (have > bytesMax) break;
    }
  } catch {
    return joined(pieces, bytesMax, true);
  }
  return joined(pieces, bytesMax, false);
};

const chunkBytesMax = 16 << 20;

/** Dovecot's own frame: the magic, the size of the largest chunk, then for each its packed size and an LZ4 block. */
function* dovecotLz4(bytes: Buffer): Iterable<Uint8Array> {
  if (bytes.length < lz4Magic.length + 4) return;
  const chunkBytes = bytes.readUInt32BE(lz4Magic.length);
  if (chunkBytes === 0 || chunkBytes > chunkBytesMax) return;
  const out = Buffer.alloc(chunkBytes);
  for (let at = lz4Magic.length + 4; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const block = bytes.subarray(at + 4, at + 4 + length);
    if (length === 0 || block.length < length) throw new Error('a chunk is cut off');
    yield out.subarray(0, unpackBlock(block, out, 0));
    at += 4 + length;
  }
}
