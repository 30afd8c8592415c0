import type { LogLine } from '../../core/log-line.ts';
import type { Unseen } from '../../core/unseen.ts';
import { DocumentError } from '../../intake/documents.ts';
import type { LogFile } from '../../intake/log-files.ts';
import type { LogFormat } from '../../logs/format.ts';
import { LogReading, type ReadLine } from '../../logs/read-log.ts';
import { readIn } from '../../logs/repeating-logs.ts';
import { LineJoiner } from '../../logs/sources/joined-lines.ts';
import { LineSplitter } from '../../logs/sources/line-splitter.ts';
import { inRotationOrder } from '../../logs/sources/rotation-order.ts';
import { type ClockStep, LogClock } from '../../logs/time/clock.ts';
import { type Dating, firstYears, placed } from './date-files.ts';
import { type LogDocument, logDocuments, looked, recordsIn } from './documents.ts';

/** Gets every line, in their order; what it returns is waited for before more is read. */
type TakeLine = (log: string, read: ReadLine) => void;

export interface LogSource extends Dating {
  readonly formats: readonly LogFormat[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly take: TakeLine;
  readonly note: (unseen: Unseen) => void;
  /** Before a file is begun: what stands on the way is written out, and progress is shown. */
  readonly begin: (log: string) => void;
  /** A clock that was set back. */
  readonly stepped: (log: string, steps: readonly ClockStep[], count: number) => void;
}

/** Reads what one log is made of, one after the other. */
class LogOf {
  private readonly source: LogSource;
  private reading: LogReading | undefined;
  private name = '';

  constructor(source: LogSource) {
    this.source = source;
  }

  async read(document: LogDocument, clock: LogClock): Promise<void> {
    const { begin, note, stepped } = this.source;
    const { content, name } = document;
    begin(name);
    if (content.kind === 'binary') {
      note({ what: name, why: content.why, how: content.how });
      return;
    }
    const reading = this.next(name, clock);
    try {
      if (content.kind !== 'lines') {
        for await (const record of recordsIn(document, note)) reading.push(record);
      } else {
        const push = (line: LogLine): void => reading.push(line);
        const joiner =
          content.kind === 'lines' && content.joined !== undefined
            ? new LineJoiner(content.joined, push)
            : undefined;
        const splitter = new LineSplitter(joiner === undefined ? push : line => joiner.push(line));
        for await (const chunk of document.chunks) splitter.push(chunk);
        splitter.end();
        joiner?.end();
      }
    } catch (thrown) {
      // The archive's report names it.
      if (!(thrown instanceof DocumentError)) throw thrown;
    }
    reading.end();
    if (clock.stepCount > 0) stepped(name, clock.steps, clock.stepCount);
  }

  private next(name: string, clock: LogClock): LogReading {
    this.name = name;
    if (this.reading !== undefined) {
      this.reading.next(clock);
      return this.reading;
    }
    const { formats, take } = this.source;
    this.reading = new LogReading({
      formats,
      clock,
      take: read => take(this.name, readIn(this.name, read)),
    });
    return this.reading;
  }
}

const readFile = async (log: LogOf, file: LogFile, source: LogSource): Promise<void> => {
  const { zoneOf, note } = source;
  const years = await firstYears(file, source);
  let i = 0;
  for await (const document of logDocuments(file, note)) {
    const year = years[i];
    i += 1;
    const clock = new LogClock({
      zoneOf,
      writtenByMs: file.mtimeMs,
      ...(year === undefined ? {} : { firstYear: year }),
    });
    await log.read(document, clock);
  }
};

/** Reads logs from files, the rotated files of one log as one, the oldest line first. */
export const readLogFiles = async (files: readonly LogFile[], source: LogSource): Promise<void> => {
  for (const named of inRotationOrder(files)) {
    const [rotated = []] = inRotationOrder(await placed(named, source));
    const log = new LogOf(source);
    for (const file of rotated) await readFile(log, file, source);
  }
};

/** Reads one log from a pipe. It is over once: years count on from the first line's. */
export const readLogPipe = async (
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  source: LogSource,
): Promise<void> => {
  const { zoneOf, nowMs, year } = source;
  const clock = new LogClock({
    zoneOf,
    writtenByMs: nowMs,
    ...(year === undefined ? {} : { firstYear: year }),
  });
  await new LogOf(source).read(await looked(name, chunks), clock);
};
