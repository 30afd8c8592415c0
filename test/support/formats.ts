import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessEvent } from '../../src/core/access-event.ts';
import type { LogLine } from '../../src/core/log-line.ts';
import type { LogFormat } from '../../src/logs/format.ts';
import { LogReading, type ReadLine } from '../../src/logs/read-log.ts';
import { LogClock } from '../../src/logs/time/clock.ts';
import { YearScanner } from '../../src/logs/time/year-scanner.ts';
import { firstYear } from '../../src/logs/time/years.ts';
import { utc, zoneNamed } from '../../src/logs/time/zone.ts';

/** What a case says beside its lines; all of it may be absent. */
export interface CaseContext {
  /** Zone of stamps that name none; UTC. */
  readonly zone?: string;
  /** When the log was last written to; 2026-11-26T00:00:00Z. */
  readonly writtenBy?: string;
  readonly openMax?: number;
  /** Numbers of the lines that are not understood; all others must be. */
  readonly unparsed?: readonly number[];
  /** False: the lines are another program's, and the format must not take them for its own. */
  readonly matches?: boolean;
}

/** `test/fixtures/formats/<id>/<case>/{input.log,expected.ndjson,context.json?}`. */
export interface FormatCase {
  readonly name: string;
  readonly text: string;
  readonly expected: readonly AccessEvent[];
  readonly context: CaseContext;
}

export const formatCases = (id: string): readonly FormatCase[] => {
  const folder = join('test/fixtures/formats', id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map(name => {
      const read = (file: string): string => {
        const path = join(folder, name, file);
        return existsSync(path) ? readFileSync(path, 'utf8') : '';
      };
      const context = read('context.json');
      return {
        name,
        text: read('input.log'),
        expected: read('expected.ndjson')
          .split('\n')
          .filter(line => line.trim() !== '')
          .map(line => JSON.parse(line) as AccessEvent),
        context: context === '' ? {} : (JSON.parse(context) as CaseContext),
      };
    });
};

export const linesOf = (text: string): readonly LogLine[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, i) => ({ text: line, number: i + 1 }));
};

/** Reads a log as `postern ingest` does. */
export const readLines = (
  formats: readonly LogFormat[],
  text: string,
  context: CaseContext = {},
): readonly ReadLine[] => {
  const writtenByMs = Date.parse(context.writtenBy ?? '2026-11-26T00:00:00Z');
  const scanner = new YearScanner();
  scanner.push(Buffer.from(text));
  const scan = scanner.end();
  const zone = zoneNamed(context.zone ?? 'UTC') ?? utc;
  const clock = new LogClock({
    zoneOf: () => zone,
    writtenByMs,
    ...(scan === undefined ? {} : { firstYear: firstYear(scan, writtenByMs) }),
  });
  const read: ReadLine[] = [];
  const reading = new LogReading({
    formats,
    clock,
    take: each => read.push(each),
    ...(context.openMax === undefined ? {} : { openMax: context.openMax }),
  });
  for (const line of linesOf(text)) reading.push(line);
  reading.end();
  return read;
};
