import { DocumentError } from '../../intake/documents.ts';
import type { LogFile } from '../../intake/log-files.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { anyStamp } from '../../logs/time/stamps.ts';
import { YearScanner } from '../../logs/time/year-scanner.ts';
import { firstYear } from '../../logs/time/years.ts';
import { logDocuments } from './documents.ts';
import type { ZoneOf } from './zones.ts';

/** What is known of stamps beside the logs themselves. */
export interface Dating {
  readonly zoneOf: ZoneOf;
  /** Year of the first line of every log whose stamps name none, where somebody says it. */
  readonly year?: number;
}

/** So much of a log is looked at for stamps without a year. */
const headLines = 200;

const headText = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  for await (const chunk of chunks) return Buffer.from(chunk).toString('latin1', 0, 65_536);
  return '';
};

const yearless = /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} /m;

/** The first years of the logs in a file, by their places; a whole pass over those that name no years. */
export const firstYears = async (
  file: LogFile,
  dating: Dating,
): Promise<readonly (number | undefined)[]> => {
  const years: (number | undefined)[] = [];
  // What is wrong with the file is noted when it is read.
  for await (const { chunks, content } of logDocuments(file, () => {})) {
    years.push(content.kind === 'lines' ? await yearOf(chunks, file.mtimeMs, dating) : undefined);
  }
  return years;
};

/** Whether a log's first bytes hold stamps that name no year. */
export const isYearless = (head: Uint8Array): boolean =>
  yearless.test(
    Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1', 0, 65_536),
  );

/** How many New Years lie in the first `bytes` of a log. */
export const yearsPassed = async (
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<number> => {
  const scanner = new YearScanner();
  let at = 0;
  for await (const chunk of chunks) {
    if (at >= bytes) break;
    scanner.push(chunk.subarray(0, bytes - at));
    at += chunk.length;
  }
  return scanner.end()?.years ?? 0;
};

export const yearOf = async (
  chunks: AsyncIterable<Uint8Array>,
  mtimeMs: number,
  { year }: Dating,
): Promise<number | undefined> => {
  if (year !== undefined) return year;
  const scanner = new YearScanner();
  let isFirst = true;
  try {
    for await (const chunk of chunks) {
      if (isFirst && !isYearless(chunk)) return;
      isFirst = false;
      scanner.push(chunk);
    }
  } catch (thrown) {
    if (!(thrown instanceof DocumentError)) throw thrown;
  }
  const scan = scanner.end();
  return scan === undefined ? undefined : firstYear(scan, mtimeMs);
};

/** When the first line that has a stamp was written, as far as the file's head tells. */
const firstMs = async (file: LogFile, { zoneOf }: Dating): Promise<number | undefined> => {
  for await (const { chunks, content } of logDocuments(file, () => {})) {
    if (content.kind !== 'lines') return undefined;
    const clock = new LogClock({ zoneOf, writtenByMs: file.mtimeMs });
    const lines = (await headText(chunks)).split('\n', headLines);
    for (const line of lines) {
      const at = anyStamp(line.replace(/^<\d{1,3}>(?:1 )?/, ''));
      if (at !== undefined) return clock.read(at.stamp).atMs;
    }
    return undefined;
  }
  return undefined;
};

export interface Placed extends LogFile {
  readonly firstMs?: number;
}

/**
 * When each file of a log begins, and by when it was written: not after the next younger one begins, for a copy
 * may have lost its time of change. `files`: the oldest first, by their names.
 */
export const placed = async (
  files: readonly LogFile[],
  dating: Dating,
): Promise<readonly Placed[]> => {
  if (files.length < 2) return files;
  const out: Placed[] = [];
  let latestMs = Number.POSITIVE_INFINITY;
  for (const file of files.toReversed()) {
    const changed = { ...file, mtimeMs: Math.min(file.mtimeMs, latestMs) };
    const first = await firstMs(changed, dating);
    out.unshift({ ...changed, ...(first === undefined ? {} : { firstMs: first }) });
    latestMs = Math.min(latestMs, first ?? latestMs);
  }
  return out;
};
