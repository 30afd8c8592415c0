/** A process that takes lines into a store until it is killed, and says on standard output what was acknowledged. */
import { writeSync } from 'node:fs';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { lineOf } from '../support/evidence-run.ts';

const [store = '', limit = '0'] = process.argv.slice(2);
const { evidence, close } = await openEvidenceStore(store, {
  now: () => new Date(),
  segmentBytes: 20_000,
});
const max = Number(limit) || Number.POSITIVE_INFINITY;

/** Said before anything else happens; a pipe that is full for the moment is written to again. */
const say = (text: string): void => {
  for (;;) {
    try {
      writeSync(1, text);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
};

const feed = async (id: string): Promise<void> => {
  const source = await evidence.source(id);
  let pending: Promise<unknown>[] = [];
  const from = Number(source.cursor ?? 0);
  for (let n = from; n < max; n += 5) {
    const lines = Array.from({ length: 5 }, (_, i) => lineOf(id, n + i)).join('');
    const acknowledged = source.append(Buffer.from(lines), String(n + 5));
    pending.push(
      (async () => {
        say(`${id} ${await acknowledged}\n`);
      })(),
    );
    if (pending.length < 20) continue;
    await Promise.all(pending);
    pending = [];
  }
  await Promise.all(pending);
};

await Promise.all([feed('dovecot'), feed('postfix')]);
await close();
