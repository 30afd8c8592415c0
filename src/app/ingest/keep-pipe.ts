import { UsageError } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { Evidence } from '../../evidence/open.ts';
import { DocumentError } from '../../intake/documents.ts';
import { paced, withPauses } from '../../intake/pauses.ts';
import { piped } from '../../intake/piped.ts';
import { RowPacker } from '../../logs/rows/row-packer.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { looked } from './documents.ts';
import { LogKeeper, type Place } from './keep-log.ts';
import type { Keeping } from './kept-log.ts';
import type { LiveSource } from './live/kept-stream.ts';
import { textOf } from './read-again.ts';

export interface PipeOptions {
  /** Name of the source, and what `metadata.log_name` says: `stdin` unless somebody gives one. */
  readonly name: string;
  /** The source is open: it goes on until the pipe ends. */
  readonly opened?: (source: LiveSource) => void;
}

/** Where nothing comes for so long, what came is on the disk. */
const pauseMs = 200;

/** Keeps what comes through a pipe. It comes once: what was kept of an earlier one is another stream. */
export const keepPipe = async (
  input: AsyncIterable<Uint8Array>,
  keeping: Keeping & { readonly evidence: Evidence },
  { name, opened }: PipeOptions = { name: 'stdin' },
): Promise<void> => {
  const { evidence, formats, now, took, kept, cameAgain, zoneOf, year, note } = keeping;
  const started = new Date(now()).toISOString();
  const document = await looked(name, piped(paced(input, pauseMs)));
  const { content } = document;
  if (content.kind === 'binary') {
    note({ what: 'standard input', why: content.why, how: content.how });
    return;
  }
  const source = await evidence.source(name, {
    positions: 'start of the stream, bytes and lines of it',
  });
  if (source.notes().has('log') || source.notes().has('listener')) {
    throw new UsageError(`ingest: --name ${name}: a log, or a listener, has this name already`);
  }
  const clock = new LogClock({
    zoneOf,
    writtenByMs: now(),
    ...(year === undefined ? {} : { firstYear: year }),
  });
  const rows = new RowPacker();
  const keeper = new LogKeeper({ source, formats, now, rows, took, kept, cameAgain });
  const live: LiveSource = { source, waitingSinceMs: undefined, isReadToEnd: () => true };
  opened?.(live);
  keeping.begin(name);
  keeper.begin({
    name,
    clock,
    joined: content.kind === 'lines' ? content.joined : undefined,
    positionAt: ({ offset, line, isWithinLine }: Place) =>
      JSON.stringify({ started, offset, line, ...(isWithinLine ? { within: true } : {}) }),
  });
  const noted = (unseen: Unseen): void => note({ ...unseen, what: 'standard input' });
  try {
    for await (const chunk of withPauses(textOf(document, noted), pauseMs)) {
      if (keeping.isStopped()) break;
      if (chunk === undefined) await keeper.settle();
      else if (chunk.length > 0) {
        live.waitingSinceMs ??= now();
        await keeper.push(chunk);
        keeping.progress(name, chunk.length);
      }
    }
  } catch (thrown) {
    if (!keeping.isStopped() && !(thrown instanceof DocumentError)) throw thrown;
    if (thrown instanceof DocumentError)
      noted({ what: name, why: thrown.message, how: 'What came before it is kept.' });
  }
  await keeper.end(keeping.isStopped() ? 'leave' : 'keep');
  if (clock.stepCount > 0) keeping.stepped(name, clock.steps, clock.stepCount);
};
