import * as zlib from 'node:zlib';
import { formOf, peeked, through, zstdUnpacker } from './packed.ts';

async function* buffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

/** What comes through a pipe, unpacked where it is gzip or zstd. @throws BadArchive */
export async function* piped(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const { head, chunks } = await peeked(buffers(input));
  switch (formOf(head)) {
    case 'gzip':
      yield* through(chunks, zlib.createGunzip({ chunkSize: 1 << 18 }));
      return;
    case 'zstd':
      yield* through(chunks, zstdUnpacker());
      return;
    case 'zip':
    case 'tar':
    case 'xz':
    case 'other packing':
    case 'plain':
      yield* chunks;
  }
}
