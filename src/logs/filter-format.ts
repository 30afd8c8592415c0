import type { AccessEvent } from '../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from './format.ts';
import { timedWithin } from './reading.ts';
import { printable } from './text.ts';
import type { StampReader } from './time/stamps.ts';
import { isoStamp } from './time/stamps.ts';

/** What a line of a filter or a tool tells beside when, where and by whom it was written. */
export type Told = Omit<AccessEvent, 'time' | 'component' | 'host' | 'pid'>;

/** A program whose lines stand each for itself, or are joined by little. */
export interface PlainProgram {
  readonly id: string;
  readonly title: string;
  /** Its name in syslog. */
  readonly program: RegExp;
  /** The shape of its lines where no name stands before them; of the text behind a stamp of their own. */
  readonly shape: RegExp;
  /** Its own stamp, in a file of its own. */
  readonly stamp?: StampReader;
  /** What a line tells; undefined where it is about the program itself. */
  readonly open: (context: FormatContext) => (text: string, envelope: Envelope) => Told | undefined;
}

/** A stamp of a shape of the program's own, told by what it would be in a common one. */
export const stampAs = (
  pattern: RegExp,
  common: (match: RegExpExecArray) => string,
  reader: StampReader,
): StampReader => {
  const sticky = new RegExp(pattern.source, 'y');
  return (text, from = 0) => {
    sticky.lastIndex = from;
    const match = sticky.exec(text);
    const end = sticky.lastIndex;
    const at = match === null ? undefined : reader(common(match));
    return match === null || at === undefined
      ? undefined
      : { stamp: { ...at.stamp, original: match[1] ?? match[0] }, end };
  };
};

const charsMax = 64_000;

/** Where a line of the program's own file tells its stamp and that of the envelope is absent. */
const behindStamp = (message: string, stamp: StampReader): string => {
  const at = stamp(message);
  return at === undefined ? message : message.slice(at.end).trimStart();
};

/** A format out of that. */
export const plainFormat = (of: PlainProgram): LogFormat => {
  const own = of.stamp ?? isoStamp;
  return {
    id: of.id,
    title: of.title,
    sniff: ({ program, message }) => {
      if (program !== undefined) return of.program.test(program) ? 1 : 0;
      return of.shape.test(behindStamp(message.slice(0, 2_000), own)) ? 0.75 : 0;
    },
    open: context => {
      const tell = of.open(context);
      return {
        read: (envelope): Parsed => {
          const { time, text } = timedWithin(envelope, context, own);
          const told = tell(text.slice(0, charsMax), envelope);
          if (told === undefined) {
            return envelope.program !== undefined || of.shape.test(text.slice(0, 2_000))
              ? { quiet: 'about itself' }
              : { unparsed: `no known line of ${of.title}` };
          }
          const { host, pid } = envelope;
          return {
            event: {
              ...told,
              time,
              component: of.id,
              ...(host === undefined ? {} : { host: printable(host) }),
              ...(pid === undefined ? {} : { pid }),
            },
          };
        },
      };
    },
  };
};
