import { questionOf } from '../app/events/asked-for.ts';
import { type EventsReport, type EventsRequest, tellEvents } from '../app/events/events.ts';
import { zonesOf } from '../app/ingest/zones.ts';
import { loadConfiguration } from '../app/load-configuration.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { oneLine } from '../report/plain.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import { eventsFormats } from './events-verb.ts';
import { LineWriter, ReaderGone } from './line-writer.ts';
import { formatOf, progressLine } from './manner.ts';
import { openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { storeToRead } from './store-folder.ts';
import { writeAll } from './write-all.ts';

const counted = (value: number, one: string, many: string): string =>
  `${value.toLocaleString('en-US')} ${value === 1 ? one : many}`;

const unseenShown = 20;

/** What the answer came to, for standard error. */
const summaryOf = ({ events, segments, unparsed, hasMore, unseen }: EventsReport): string => {
  const out = [
    `${counted(events, 'event', 'events')}${hasMore ? ', and there are more (--limit)' : ''}; ${counted(segments, 'segment was', 'segments were')} looked at`,
  ];
  if (unparsed > 0) {
    const lines = counted(unparsed, 'line that is', 'lines that are');
    out.push(`in them ${lines} not understood: postern events --unparsed shows them`);
  }
  for (const { what, why, how } of unseen.slice(0, unseenShown)) {
    out.push(`not seen: ${what}: ${why}. ${how}`);
  }
  if (unseen.length > unseenShown) out.push(`not seen: ${unseen.length - unseenShown} more`);
  return `${out.map(oneLine).join('\n')}\n`;
};

/** Ends the output: the file of `--out` gets its name only where all of it is there. */
const told = async (
  path: string | undefined,
  request: Omit<EventsRequest, 'writeLine' | 'writeBytes'>,
): Promise<EventsReport | undefined> => {
  const out = path === undefined ? undefined : openOut(path);
  const writer = new LineWriter(out);
  try {
    const report = await tellEvents({
      ...request,
      writeLine: line => writer.write(line),
      writeBytes: bytes => out?.write(bytes),
    });
    writer.flush();
    out?.finish();
    return report;
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return undefined;
    out?.abandon();
    throw thrown;
  }
};

/** `postern events`: who read what, from where, through which component. */
export const runEvents = async (given: Invocation): Promise<Outcome> => {
  const { options } = await loadConfiguration(
    given.values.get('config'),
    spellingOf(given, 'config'),
  );
  const invocation = withFileOptions(given, options);
  const { values, switches } = invocation;
  const format = formatOf(invocation, eventsFormats, 'text');
  const path = values.get('out');
  if (format === 'parquet' && path === undefined) {
    throw new UsageError('events: --format parquet: --out FILE is missing');
  }
  const question = questionOf({
    person: values.get('person'),
    component: values.get('component'),
    address: values.get('address'),
    kind: values.get('kind'),
    outcome: values.get('outcome'),
    source: values.get('source'),
    from: values.get('from'),
    to: values.get('to'),
    limit: values.get('limit'),
    unparsed: switches.has('unparsed'),
    newestFirst: switches.has('newest'),
  });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zoneOf = zonesOf(values.get('zone'), `events: ${spellingOf(invocation, 'zone')}`, here);
  const { say, end } = progressLine(invocation);
  let report: EventsReport | undefined;
  try {
    report = await told(path, {
      store: storeToRead(invocation),
      question,
      zoneOf,
      format,
      raw: switches.has('raw'),
      nowMs: Date.now(),
      progress: (done, of) => say(`segment ${done} of ${of}`),
    });
  } finally {
    end();
  }
  if (report === undefined) return { text: '', exit: exitCodes.done, out: undefined };
  if (!switches.has('quiet')) writeAll(2, summaryOf(report));
  const exit = report.unseen.length > 0 ? exitCodes.unseen : exitCodes.done;
  return { text: '', exit, out: undefined };
};
