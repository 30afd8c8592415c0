import { loadConfiguration } from '../app/configuration.ts';
import { type DryRunReport, dryRun } from '../app/ingest/dry-run.ts';
import { summaryOf } from '../app/ingest/summary.ts';
import { zonesOf } from '../app/ingest/zones.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import { type OutStream, openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { formatOf, progressLine } from './target.ts';
import { ingestFormats } from './verbs.ts';
import { writeAll } from './write-all.ts';

/** Whoever read our output has had enough (`| head`). */
class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

const bufferChars = 1 << 16;

/** Lines written together, and waited for while nobody reads: memory does not grow with the logs. */
class LineWriter {
  private readonly out: OutStream | undefined;
  private text = '';

  constructor(out: OutStream | undefined) {
    this.out = out;
  }

  write(line: string): void {
    this.text += `${line}\n`;
    if (this.text.length >= bufferChars) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.text);
    this.text = '';
    if (this.out !== undefined) this.out.write(bytes);
    else if (!writeAll(1, bytes)) throw new ReaderGone();
  }
}

const yearOf = (invocation: Invocation): number | undefined => {
  const given = invocation.values.get('year');
  if (given === undefined) return undefined;
  const year = /^\d{4}$/.test(given) ? Number(given) : 0;
  if (year >= 1970) return year;
  throw new UsageError(
    `ingest: ${spellingOf(invocation, 'year')} "${given.slice(0, 60)}": expected a year such as 2026`,
  );
};

const wordsOf = ({ words = [], switches }: Invocation): readonly string[] => {
  const see = 'see postern ingest --help';
  if (!switches.has('dry-run')) {
    throw new UsageError(
      'ingest: this version cannot store logs yet; --dry-run writes what would be stored',
    );
  }
  if (words.length > 0) return words;
  throw new UsageError(
    `ingest: FILE is missing: name files, folders or globs, or - for standard input; ${see}`,
  );
};

const exitOf = ({ formats, unseen, truncated }: DryRunReport): Outcome['exit'] => {
  const unparsed = [...formats.values()].reduce((sum, each) => sum + each.unparsed, 0);
  return unparsed + unseen.length + truncated > 0 ? exitCodes.unseen : exitCodes.done;
};

/** Ends the output: the file of `--out` gets its name only where all of it is there. */
const written = async (
  out: OutStream | undefined,
  run: (writer: LineWriter) => Promise<DryRunReport>,
): Promise<DryRunReport | undefined> => {
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

export const runIngest = async (given: Invocation): Promise<Outcome> => {
  const { options } = loadConfiguration(given.values.get('config'), spellingOf(given, 'config'));
  const invocation = withFileOptions(given, options);
  const { values, switches } = invocation;
  const format = formatOf(invocation, ingestFormats, 'text');
  const words = wordsOf(invocation);
  const year = yearOf(invocation);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zoneOf = zonesOf(values.get('zone'), `ingest: ${spellingOf(invocation, 'zone')}`, here);
  const path = values.get('out');
  const out = path === undefined ? undefined : openOut(path);
  const { say, end } = progressLine(invocation);
  const report = await written(out, writer =>
    dryRun({
      words: words.filter(word => word !== '-'),
      ...(words.includes('-') ? { input: process.stdin } : {}),
      zoneOf,
      ...(year === undefined ? {} : { year }),
      format,
      raw: switches.has('raw'),
      unparsedOnly: switches.has('unparsed'),
      nowMs: Date.now(),
      write: line => writer.write(line),
      progress: log => say(`reading ${log}`),
    }),
  ).finally(end);
  if (report === undefined) return { text: '', exit: exitCodes.done, out: undefined };
  if (!switches.has('quiet')) writeAll(2, summaryOf(report));
  return { text: '', exit: exitOf(report), out: undefined };
};
