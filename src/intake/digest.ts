import { createHash } from 'node:crypto';
import { documentsIn } from './archive.ts';
import { FetchTrouble } from './trouble.ts';

/** A SHA-256 in hexadecimal: of the file as it comes, or of what it unpacks to (NVD's `.meta`). */
export interface Digest {
  readonly sha256: string;
  readonly of: 'file' | 'unpacked';
}

const hex = /^[0-9a-f]{64}$/i;

/**
 * The digest in a file that is published beside another: of `sha256sum` (GNU or BSD lines), the digest
 * alone, or NVD's `.meta` (`sha256:` of the unpacked JSON, beside `lastModifiedDate:` and sizes).
 */
export const publishedDigest = (text: string, fileName: string): Digest | undefined => {
  const rows = text.split(/\r?\n/, 1_000).map(row => row.trim());
  const meta = rows
    .find(row => row.startsWith('sha256:'))
    ?.slice(7)
    .trim();
  if (meta !== undefined && hex.test(meta)) return { sha256: meta.toLowerCase(), of: 'unpacked' };
  const found: { readonly sha256: string; readonly name?: string }[] = [];
  for (const row of rows) {
    const bsd = /^SHA256 \((.{1,255})\) = ([0-9a-f]{64})$/i.exec(row);
    const [sum = '', name] = bsd === null ? row.split(/\s+\*?/, 2) : [bsd[2], bsd[1]];
    if (hex.test(sum)) {
      found.push({ sha256: sum.toLowerCase(), ...(name === undefined ? {} : { name }) });
    }
  }
  const named = found.find(({ name }) => name?.split('/').at(-1) === fileName);
  const only = found.length === 1 ? found[0] : undefined;
  const digest = named ?? (only?.name === undefined ? only : undefined);
  return digest === undefined ? undefined : { sha256: digest.sha256, of: 'file' };
};

/** The digest of the one document that a file unpacks to. @throws FetchTrouble */
export const unpackedSha256 = async (path: string, bytesMax: number): Promise<string> => {
  const documents = documentsIn(path, { documentBytesMax: bytesMax, totalBytesMax: bytesMax });
  const hash = createHash('sha256');
  let count = 0;
  try {
    for await (const document of documents) {
      count += 1;
      for await (const chunk of document.chunks()) hash.update(chunk);
    }
  } catch {
    count = 0;
  }
  if (count !== 1 || !documents.report.whole) {
    throw new FetchTrouble(
      'what came does not unpack to one document, so its digest cannot be compared',
      {
        passing: true,
      },
    );
  }
  return hash.digest('hex');
};
