import type { AccessEvent } from '../core/access-event.ts';
import type { LogLine } from '../core/log-line.ts';
import type { Draft } from './draft.ts';
import { openEnvelope } from './envelope/open-envelope.ts';
import type { Envelope, FormatContext, LogFormat, LogReader, Parsed } from './format.ts';
import type { LogClock } from './time/clock.ts';

/** A line and what became of it. */
export interface ReadLine {
  readonly line: LogLine;
  readonly parsed: Parsed;
  /** Id of the format that read it; absent where none knew it. */
  readonly format?: string;
  /** How often the line came, where a syslog daemon says so instead of repeating it. */
  readonly repeated?: number;
}

export interface ReadLogOptions {
  readonly formats: readonly LogFormat[];
  /** Of the first file. */
  readonly clock: LogClock;
  /** How many queue ids, sessions and the like each format may remember. */
  readonly openMax?: number;
  /** Gets every line, in their order. */
  readonly take: (read: ReadLine) => void;
}

/** So many lines are looked at before it is said whose log it is. */
const headLinesMax = 200;
const openMaxDefault = 50_000;
/** Programs whose formats are remembered: whoever writes to syslog names his program himself. */
const programsMax = 2_000;
/** So often a program is looked at until its format is settled. */
const looksMax = 8;
/** From here on a format is sure enough to read a line in another one's log. */
const sureFrom = 0.5;

const repeatedPattern = /^last message repeated (\d{1,6}) times?$/;

interface Chosen {
  readonly format: LogFormat | undefined;
  readonly score: number;
}

interface Program {
  readonly chosen: Chosen;
  readonly looks: number;
}

const nobody: Chosen = { format: undefined, score: 0 };

const isBlank = (text: string): boolean => {
  const first = text.charCodeAt(0);
  // What nearly every line begins with is no blank.
  return !(first > 0x20 && first < 0x7f) && text.trim() === '';
};

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.name : typeof thrown;

/**
 * Reads one log: chooses the format by the first lines and, where syslog brings several programs together, by
 * each line's program; hands every line on, as event, quiet or not understood. What it remembers is bounded.
 */
export class LogReading {
  private readonly options: ReadLogOptions;
  private clock: LogClock;
  private readonly context: FormatContext;
  private readonly readers = new Map<LogFormat, LogReader>();
  private readonly programs = new Map<string, Program>();
  private head: Envelope[] | undefined = [];
  /** The format of lines that name no program: of the program whose file this is. */
  private own: LogFormat | undefined;
  /** What the line before was: syslogd writes how often it came behind it. */
  private before: ReadLine | undefined;

  constructor(options: ReadLogOptions) {
    this.options = options;
    this.clock = options.clock;
    this.context = {
      time: stamp => this.clock.read(stamp),
      openMax: options.openMax ?? openMaxDefault,
    };
  }

  push(line: LogLine): void {
    const envelope = openEnvelope(line);
    if (this.head === undefined) {
      this.read(envelope);
      return;
    }
    this.head.push(envelope);
    if (this.head.length >= headLinesMax) this.settle();
  }

  /** The log goes on in another file; queue ids, sessions and the like that are open stay so. */
  next(clock: LogClock): void {
    this.end();
    this.clock = clock;
    this.head = [];
    this.before = undefined;
  }

  /** No more lines come. */
  end(): void {
    if (this.head !== undefined) this.settle();
  }

  private settle(): void {
    const head = this.head ?? [];
    this.head = undefined;
    this.own = this.ownFormat(head);
    for (const envelope of head) this.read(envelope);
  }

  private ownFormat(head: readonly Envelope[]): LogFormat | undefined {
    const lines = head.filter(
      ({ program, message }) => program === undefined && message.trim() !== '',
    );
    let best: LogFormat | undefined;
    let most = 0;
    for (const format of this.options.formats) {
      const sum = lines.reduce((score, envelope) => score + format.sniff(envelope), 0);
      if (sum > most) [best, most] = [format, sum];
    }
    return best;
  }

  private best(envelope: Envelope, except?: LogFormat): Chosen {
    let best: LogFormat | undefined;
    let most = 0;
    for (const format of this.options.formats) {
      if (format === except) continue;
      const score = format.sniff(envelope);
      if (score > most) [best, most] = [format, score];
    }
    return best === undefined ? nobody : { format: best, score: most };
  }

  private read(envelope: Envelope): void {
    const { line, program, stamp, host } = envelope;
    this.clock.pass(stamp, host, line.number);
    if (isBlank(line.text)) this.take(envelope, { quiet: 'empty' });
    else if (program === undefined) {
      if (!this.repeats(envelope)) this.readOwn(envelope);
    } else {
      const { format } = this.formatOf(program, envelope);
      if (format === undefined) {
        this.take(envelope, { unparsed: 'no format knows a program of this name' });
      } else this.take(envelope, this.parsed(format, envelope), format);
    }
  }

  /** `last message repeated 3 times`, of the line before: the same event, so often. */
  private repeats(envelope: Envelope): boolean {
    const { before } = this;
    const { line, message, stamp } = envelope;
    const times = message.startsWith('last message repeated ')
      ? repeatedPattern.exec(message)
      : null;
    if (times === null || before === undefined || !('event' in before.parsed)) return false;
    const { event } = before.parsed;
    if (event.host !== envelope.host) return false;
    const time = stamp === undefined ? event.time : this.context.time(stamp);
    this.options.take({
      ...before,
      line,
      parsed: { event: { ...event, time } },
      repeated: Number(times[1]),
    });
    return true;
  }

  private formatOf(program: string, envelope: Envelope): Chosen {
    const known = this.programs.get(program);
    if (known !== undefined && known.looks >= looksMax) return known.chosen;
    const now = this.best(envelope);
    const chosen = known !== undefined && known.chosen.score >= now.score ? known.chosen : now;
    if (this.programs.size >= programsMax) this.programs.clear();
    const looks = chosen.score >= sureFrom ? looksMax : (known?.looks ?? 0) + 1;
    this.programs.set(program, { chosen, looks });
    return chosen;
  }

  private readOwn(envelope: Envelope): void {
    const { own } = this;
    const parsed = own === undefined ? undefined : this.parsed(own, envelope);
    if (own !== undefined && parsed !== undefined && !('unparsed' in parsed)) {
      this.take(envelope, parsed, own);
      return;
    }
    // A container, or a file that several programs write to.
    const { format, score } = this.best(envelope, own);
    if (format !== undefined && score >= sureFrom) {
      this.take(envelope, this.parsed(format, envelope), format);
    } else if (parsed !== undefined) this.take(envelope, parsed, own);
    else this.take(envelope, { unparsed: 'no format knows such a line' });
  }

  private parsed(format: LogFormat, envelope: Envelope): Parsed {
    let reader = this.readers.get(format);
    try {
      if (reader === undefined) {
        reader = format.open(this.context);
        this.readers.set(format, reader);
      }
      return reader.read(envelope);
    } catch (thrown) {
      // A mistake of ours in one line must not cost the others.
      return { unparsed: `the format ${format.id} failed on it: ${messageOf(thrown)}` };
    }
  }

  private take(envelope: Envelope, given: Parsed, format?: LogFormat): void {
    const { line, fields } = envelope;
    const parsed = line.truncated === true && 'event' in given ? truncated(given.event) : given;
    const repeated = fields?.get('repeated');
    // Hot: assigned, and not spread.
    const read: Draft<ReadLine> = { line, parsed };
    if (format !== undefined) read.format = format.id;
    if (repeated !== undefined) read.repeated = Number(repeated);
    this.before = read;
    this.options.take(read);
  }
}

const truncated = (event: AccessEvent): Parsed => ({
  event: {
    ...event,
    flags: [...(event.flags ?? []).filter(flag => flag !== 'truncated'), 'truncated'],
  },
});
