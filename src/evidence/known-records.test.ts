import { describe, expect, test } from 'vitest';
import { keptOf, SimulatedStore } from '../../test/support/evidence-run.ts';
import type { Evidence } from './open.ts';
import { verifyStore } from './verify/verify-store.ts';

const keyOf = (text: string): Buffer => Buffer.from(text.padEnd(16, '.'));
/** Lines that begin with `{` are records, their text their key. */
const recordsIn = (raw: Buffer): readonly Buffer[] =>
  raw
    .toString()
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(keyOf);

const keep = async (evidence: Evidence, id: string, lines: readonly string[]): Promise<void> => {
  const source = await evidence.source(id);
  const fresh = lines.filter(line => source.claim(keyOf(line)));
  if (fresh.length === 0) return;
  const bytes = Buffer.from(fresh.map(line => `${line}\n`).join(''));
  await source.append(bytes, '1', { records: fresh.map(keyOf) });
};

describe('records that say which record they are', () => {
  test('are kept once, in whatever source and run they come again', async () => {
    const store = new SimulatedStore();
    let evidence = await store.open({ recordsIn });
    await keep(evidence, 'a.json', ['{1}', '{2}', '{1}']);
    await keep(evidence, 'b.json', ['{2}', '{3}']);
    await evidence.flush();
    await keep(evidence, 'a.json', ['{3}', '{4}']);
    await evidence.close();
    evidence = await store.open({ recordsIn });
    await keep(evidence, 'b.json', ['{4}', '{5}', '{1}']);
    await evidence.close();
    expect(keptOf(store.reader, 'a.json')).toBe('{1}\n{2}\n{4}\n');
    expect(keptOf(store.reader, 'b.json')).toBe('{3}\n{5}\n');
    expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);
  });

  test('are known after a kill between their lines and their segment', async () => {
    const store = new SimulatedStore();
    const killed = await store.open({ recordsIn });
    await keep(killed, 'a.json', ['{1}', '{2}']);
    // Nobody closes it: the lines are in the spool alone.
    const evidence = await store.open({ recordsIn });
    await keep(evidence, 'a.json', ['{2}', '{3}']);
    await evidence.close();
    expect(keptOf(store.reader, 'a.json')).toBe('{1}\n{2}\n{3}\n');
  });
});
