import { isDeepStrictEqual } from 'node:util';
import { lineEnds } from '../../evidence/verify/lines.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import { ParquetFile } from '../../store/parquet/read.ts';
import { FoundRows } from '../events/segment-rows.ts';
import { lineText } from './line-text.ts';

/** What each row says, whatever it is written with. */
const toldBy = (
  file: ParquetFile,
  raw: Buffer,
  ends: readonly number[],
): ((i: number) => unknown) => {
  const times = file.numbers('time');
  const timeAt = (row: number): number => times[row] ?? Number.NaN;
  const rows = new FoundRows(
    file,
    Int32Array.from({ length: file.rows }, (_, i) => i),
    timeAt,
    timeAt,
  );
  const decoder = new RowDecoder();
  return i => {
    const { timeMs, line, sequence, texts } = rows.at(i);
    const start = ends[line - 2] ?? 0;
    const text = lineText(raw, start, ends[line - 1] ?? start, sequence === 1);
    const { rest: _, more: __, ...columns } = texts;
    return [timeMs, line, sequence, columns, decoder.decode({ timeMs, texts }, text)];
  };
};

/** Whether two files of rows say the same of the same lines. One that cannot be read says nothing. */
export const sayTheSame = (before: Buffer, made: Buffer, raw: Buffer): boolean => {
  try {
    const [a, b] = [new ParquetFile(before), new ParquetFile(made)];
    const ends = lineEnds(raw);
    if (a.rows !== b.rows || !isDeepStrictEqual(a.metadata, b.metadata)) return false;
    if (a.rows === 0) return true;
    const [one, other] = [toldBy(a, raw, ends), toldBy(b, raw, ends)];
    for (let i = 0; i < a.rows; i += 1) {
      if (!isDeepStrictEqual(one(i), other(i))) return false;
    }
    return true;
  } catch {
    return false;
  }
};
