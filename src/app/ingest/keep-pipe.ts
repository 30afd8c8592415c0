import type { Unseen } from '../../core/unseen.ts';
import type { Evidence } from '../../evidence/open.ts';
import { DocumentError } from '../../intake/documents.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { looked } from './documents.ts';
import { LogKeeper, type Place } from './keep-log.ts';
import type { Keeping } from './kept-log.ts';
import { textOf } from './read-again.ts';

const name = 'stdin';

/** Keeps what comes through a pipe. It comes once: what was kept of an earlier one is another stream. */
export const keepPipe = async (
  chunks: AsyncIterable<Uint8Array>,
  keeping: Keeping & { readonly evidence: Evidence },
): Promise<void> => {
  const { evidence, formats, now, rows, took, kept, zoneOf, year, note } = keeping;
  const started = new Date(now()).toISOString();
  const document = await looked(name, chunks);
  const { content } = document;
  if (content.kind === 'binary') {
    note({ what: 'standard input', why: content.why, how: content.how });
    return;
  }
  const source = await evidence.source(name, {
    positions: 'start of the stream, bytes and lines of it',
  });
  const clock = new LogClock({
    zoneOf,
    writtenByMs: now(),
    ...(year === undefined ? {} : { firstYear: year }),
  });
  const keeper = new LogKeeper({ source, formats, now, rows, took, kept });
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
    for await (const chunk of textOf(document, noted)) {
      await keeper.push(chunk);
      keeping.progress(name, chunk.length);
      if (keeping.isStopped()) break;
    }
  } catch (thrown) {
    if (!keeping.isStopped() && !(thrown instanceof DocumentError)) throw thrown;
    if (thrown instanceof DocumentError)
      noted({ what: name, why: thrown.message, how: 'What came before it is kept.' });
  }
  await keeper.end(keeping.isStopped() ? 'leave' : 'keep');
  if (clock.stepCount > 0) keeping.stepped(name, clock.steps, clock.stepCount);
};
