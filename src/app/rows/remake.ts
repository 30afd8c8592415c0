import { zstdDecompressSync } from 'node:zlib';
import type { RowsMade } from '../../evidence/options.ts';
import type { KeptSegment } from '../../evidence/reparse.ts';
import { lineEnds } from '../../evidence/verify/lines.ts';
import { segmentFrames } from '../../evidence/verify/segment-file.ts';
import { ocsfVersion } from '../../logs/ocsf/types.generated.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { rowsOfDraft } from './parse-draft.ts';
import { rowsFile } from './rows-file.ts';
import { parserName } from './segment-maker.ts';

/** So much of the lines before is read for what they began. */
const contextBytes = 1 << 20;
const newline = 0x0a;

/** Whole lines at the end of others. */
const lastLines = (lines: Buffer): Buffer => {
  if (lines.length <= contextBytes) return lines;
  const from = lines.length - contextBytes;
  const start = lines.indexOf(newline, from) + 1;
  return start === 0 ? Buffer.alloc(0) : lines.subarray(start);
};

const framesOf = (file: Buffer): readonly (readonly [offset: number, lines: number])[] =>
  (segmentFrames(file) ?? []).map(({ start, end }) => [
    start,
    lineEnds(zstdDecompressSync(file.subarray(start, end))).length,
  ]);

/** Makes the rows of a kept segment anew, as `Evidence.reparse` asks for them. */
export const remakeRows =
  (zoneOf: ZoneOf) =>
  (kept: KeptSegment): Promise<RowsMade | undefined> => {
    const { raw, before } = kept;
    const context = before === undefined ? [] : [lastLines(before)];
    const rows = rowsOfDraft(kept, zoneOf, context);
    const frames = framesOf(kept.file);
    const file = rowsFile({ rows, raw, frames, createdBy: parserName });
    return Promise.resolve(
      file === undefined ? undefined : { file, parser: parserName, ocsf: ocsfVersion },
    );
  };
