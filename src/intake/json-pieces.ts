import { type JsonPiece, type JsonPieces, type PieceLimits, pieceLimits } from './json-piece.ts';
import { Splitter } from './json-splitter.ts';

export type { JsonPiece, JsonPieces, PieceLimits, PiecesReport } from './json-piece.ts';

async function* pieces(
  chunks: AsyncIterable<Uint8Array>,
  splitter: Splitter,
): AsyncGenerator<JsonPiece> {
  for await (const chunk of chunks) {
    yield* splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  splitter.end();
}

/**
 * Cuts a JSON document that is too large to hold into pieces: with `['vulnerabilities']` each element of
 * that array (or member of that object), with `[]` each member of the top-level object (or element of a
 * top-level array). Faults end up in the report and are not thrown; what `chunks` throws is passed on.
 */
export const jsonPieces = (
  chunks: AsyncIterable<Uint8Array>,
  path: readonly string[],
  limits: Partial<PieceLimits> = {},
): JsonPieces => {
  const splitter = new Splitter(path, { ...pieceLimits, ...limits });
  return { report: splitter, [Symbol.asyncIterator]: () => pieces(chunks, splitter) };
};
