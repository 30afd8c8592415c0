import type { DecodedRow, RowDecoder } from '../../logs/rows/decode.ts';
import type { TextOfLine } from './open-segment.ts';
import type { FoundRow } from './segment-rows.ts';
import type { StoreSegment } from './store-segments.ts';

/** An event, or a line that no format understands, as a store gives it back. */
export interface KeptEvent extends DecodedRow {
  readonly source: string;
  readonly seq: number;
  /** 1-based in its segment. */
  readonly line: number;
  /** 1-based in its log; undefined where that is not known any more. */
  readonly sequence: number | undefined;
  readonly log: string;
  readonly format: string | undefined;
  /** The line itself. */
  readonly text: string;
}

/** Puts a row and its line together. @throws where they are not of each other, or the line cannot be read */
export const keptEvent = (
  decoder: RowDecoder,
  { source, seq }: StoreSegment,
  { timeMs, texts, line, sequence }: FoundRow,
  textOf: TextOfLine,
): KeptEvent => {
  const isFirst = sequence === 1;
  const text = textOf(line, isFirst);
  const decoded = decoder.decode({ timeMs, texts }, text);
  const { lines } = decoded;
  return {
    ...decoded,
    source,
    seq,
    line,
    sequence: Number.isNaN(sequence) ? undefined : sequence,
    log: texts.log ?? source,
    format: texts.format,
    text: lines === undefined ? text : textOf(line, isFirst, lines),
  };
};
