import { dryRun } from '../app/ingest/dry-run.ts';
import { type IngestProgress, type IngestReport, ingest } from '../app/ingest/ingest.ts';
import type { ReadReport } from '../app/ingest/read-counts.ts';
import { shown } from '../app/ingest/render.ts';
import { ingestSummaryOf, summaryOf } from '../app/ingest/summary.ts';
import { type ZoneOf, zonesOf } from '../app/ingest/zones.ts';
import { loadConfiguration } from '../app/load-configuration.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import { LineWriter, ReaderGone } from './line-writer.ts';
import { type LiveAsked, liveAsked, liveText, startedText } from './live-options.ts';
import { formatOf, progressLine } from './manner.ts';
import { type OutStream, openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { storeFolder } from './store-folder.ts';
import { ingestFormats } from './verbs.ts';
import { writeAll } from './write-all.ts';

const yearOf = (invocation: Invocation): number | undefined => {
  const given = invocation.values.get('year');
  if (given === undefined) return undefined;
  const year = /^\d{4}$/.test(given) ? Number(given) : 0;
  if (year >= 1970) return year;
  throw new UsageError(
    `ingest: ${spellingOf(invocation, 'year')} "${given.slice(0, 60)}": expected a year such as 2026`,
  );
};

const wordsOf = ({ words = [] }: Invocation, { follow, syslog }: LiveAsked): readonly string[] => {
  if (words.length > 0 || (syslog.length > 0 && !follow)) return words;
  throw new UsageError(
    'ingest: FILE is missing: name files, folders or globs, or - for standard input; see postern ingest --help',
  );
};

/** What is only for lines that are written out, where nothing writes any. */
const checkOutput = (invocation: Invocation): void => {
  const { switches, sources } = invocation;
  if (switches.has('dry-run') || switches.has('unparsed')) return;
  for (const flag of ['raw', 'format', 'out']) {
    if (sources.get(flag) !== 'flag') continue;
    throw new UsageError(
      `ingest: --${flag} is for --dry-run and --unparsed: what is stored is not written out`,
    );
  }
};

const exitOf = ({ formats, unseen, truncated }: ReadReport): Outcome['exit'] => {
  const unparsed = [...formats.values()].reduce((sum, each) => sum + each.unparsed, 0);
  return unparsed + unseen.length + truncated > 0 ? exitCodes.unseen : exitCodes.done;
};

/** Ends the output: the file of `--out` gets its name only where all of it is there. */
const written = async <Report>(
  out: OutStream | undefined,
  run: (writer: LineWriter) => Promise<Report>,
): Promise<Report | undefined> => {
  const writer = new LineWriter(out);
  try {
    const report = await run(writer);
    writer.flush();
    out?.finish();
    return report;
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return undefined;
    out?.abandon();
    throw thrown;
  }
};

interface Asked {
  readonly invocation: Invocation;
  readonly words: readonly string[];
  readonly year: number | undefined;
  readonly zoneOf: ZoneOf;
  readonly format: (typeof ingestFormats)[number];
  readonly raw: boolean;
  readonly out: OutStream | undefined;
  readonly live: LiveAsked;
}

const common = ({ words, year, zoneOf }: Asked) => ({
  words: words.filter(word => word !== '-'),
  zoneOf,
  ...(year === undefined ? {} : { year }),
});

const runDry = async (asked: Asked): Promise<Outcome> => {
  const { invocation, format, raw, out } = asked;
  const { say, end } = progressLine(invocation);
  const report = await written(out, writer =>
    dryRun({
      ...common(asked),
      ...(asked.words.includes('-') ? { input: process.stdin } : {}),
      format,
      raw,
      unparsedOnly: invocation.switches.has('unparsed'),
      nowMs: Date.now(),
      write: line => writer.write(line),
      progress: log => say(`reading ${log}`),
    }),
  ).finally(end);
  if (report === undefined) return { text: '', exit: exitCodes.done, out: undefined };
  if (!invocation.switches.has('quiet')) writeAll(2, summaryOf(report));
  return { text: '', exit: exitOf(report), out: undefined };
};

const sayEveryMs = 250;
const megabytes = (bytes: number): string => Math.floor(bytes / 1e6).toLocaleString('en-US');

/** How far it has come, now and then. */
const told = (say: (stage: string) => void): ((progress: IngestProgress) => void) => {
  const started = Date.now();
  let last = 0;
  return ({ log, lines, bytes, bytesOfAll, live }) => {
    const now = Date.now();
    if (now - last < sayEveryMs) return;
    last = now;
    if (live !== undefined) {
      say(liveText(live, lines));
      return;
    }
    const rate = Math.round((lines * 1_000) / Math.max(1, now - started)).toLocaleString('en-US');
    const of = bytesOfAll === 0 ? '' : `${megabytes(bytes)} of ${megabytes(bytesOfAll)} MB, `;
    say(`${of}${lines.toLocaleString('en-US')} lines, ${rate}/s, ${log}`);
  };
};

/** SIGINT and SIGTERM end what is under way in good order; a second one ends it at once. */
const stopping = (
  goesOn: boolean,
): {
  readonly signal: () => NodeJS.Signals | undefined;
  readonly end: () => void;
} => {
  let signal: NodeJS.Signals | undefined;
  const stop = (given: NodeJS.Signals): void => {
    signal = given;
    end();
    // Whoever waits for more of it waits no longer.
    process.stdin.destroy();
  };
  const end = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Whoever closes the terminal, or rotates logs, does not mean it.
  if (goesOn) process.on('SIGHUP', () => {});
  return { signal: () => signal, end };
};

const runKept = async (asked: Asked): Promise<Outcome> => {
  const { invocation, format, raw, out, live } = asked;
  const { say, end } = progressLine(invocation);
  const goesOn = live.follow || live.syslog.length > 0;
  const stop = stopping(goesOn);
  const unparsed = invocation.switches.has('unparsed');
  const nowMs = Date.now();
  let report: IngestReport | undefined;
  await written(out, async writer => {
    report = await ingest({
      ...common(asked),
      ...(asked.words.includes('-') ? { input: { name: live.name, chunks: process.stdin } } : {}),
      follow: live.follow,
      syslog: live.syslog,
      ...(live.tls === undefined ? {} : { tls: live.tls }),
      isLive: state => {
        const text = startedText(state);
        end();
        if (text !== '' && !invocation.switches.has('quiet')) writeAll(2, `${text}\n`);
      },
      store: storeFolder(invocation),
      key: process.env['POSTERN_EVIDENCE_KEY'],
      now: () => new Date(),
      took: (log, read) => {
        if (unparsed && 'unparsed' in read.parsed) {
          writer.offer(shown(log, read, { format, raw, nowMs }));
        }
      },
      progress: told(say),
      isStopped: () => stop.signal() !== undefined,
    });
  }).finally(() => {
    end();
    stop.end();
  });
  if (report === undefined) return { text: '', exit: exitCodes.done, out: undefined };
  if (!invocation.switches.has('quiet')) writeAll(2, ingestSummaryOf(report));
  const signal = stop.signal();
  // There is no other end to it.
  if (goesOn && signal !== undefined) return { text: '', exit: exitCodes.done, out: undefined };
  // Whoever started it hears what ended it.
  if (signal !== undefined) process.kill(process.pid, signal);
  return {
    text: '',
    exit: report.gaps.length > 0 ? exitCodes.unseen : exitOf(report),
    out: undefined,
  };
};

export const runIngest = async (given: Invocation): Promise<Outcome> => {
  const configuration = await loadConfiguration(
    given.values.get('config'),
    spellingOf(given, 'config'),
  );
  const invocation = withFileOptions(given, configuration.options);
  const { values, switches } = invocation;
  const format = formatOf(invocation, ingestFormats, 'text');
  const live = liveAsked(invocation);
  const words = wordsOf(invocation, live);
  checkOutput(invocation);
  const year = yearOf(invocation);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zoneOf = zonesOf(values.get('zone'), `ingest: ${spellingOf(invocation, 'zone')}`, here);
  const path = values.get('out');
  const out = path === undefined ? undefined : openOut(path);
  const asked = { invocation, words, year, zoneOf, format, raw: switches.has('raw'), out, live };
  if (switches.has('dry-run')) return await runDry(asked);
  const outcome = await runKept(asked);
  // Whoever ends what goes on does not wait for others: a timer asks them.
  if (live.follow || live.syslog.length > 0) return outcome;
  const { witnessKept } = await import('./evidence-signed.ts');
  await witnessKept(invocation, configuration);
  return outcome;
};
