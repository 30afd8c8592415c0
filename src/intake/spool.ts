import { randomUUID } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadArchive, type Ledger } from './ledger.ts';
import { FileSource, type Source } from './source.ts';

export interface Spooled {
  readonly source: Source;
  readonly close: () => void;
}

/** Opens a file that has no name any more: however we end, nothing of it stays behind. */
const openNameless = (folder: string): number => {
  const path = join(folder, `postern-${randomUUID()}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return descriptor;
};

/**
 * Writes an archive that lies packed in another one to where it can be read at any place.
 *
 * @throws BadArchive when it is larger than the bounds, and what reading `chunks` throws.
 */
export const spooled = async (
  chunks: AsyncIterable<Uint8Array>,
  packedBytes: number,
  ledger: Ledger,
): Promise<Spooled> => {
  const { archiveBytesMax, scratch } = ledger.limits;
  const descriptor = openNameless(scratch ?? tmpdir());
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; )
        at += writeSync(descriptor, chunk, at, chunk.length - at);
      bytes += chunk.length;
      if (bytes > archiveBytesMax) {
        throw new BadArchive('too-large', `it is an archive of more than ${archiveBytesMax} bytes`);
      }
      if (ledger.isBomb(packedBytes, bytes)) {
        throw new BadArchive('ratio', 'it is an archive that unpacks to far more than any does');
      }
    }
    return { source: new FileSource(descriptor, bytes), close: () => closeSync(descriptor) };
  } catch (thrown) {
    closeSync(descriptor);
    throw thrown;
  }
};
