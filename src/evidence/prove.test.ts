import { describe, expect, test } from 'vitest';
import { lineOf, newSigner, SimulatedStore } from '../../test/support/evidence-run.ts';
import { proveLine } from './prove.ts';
import { verifyLineProof } from './verify/line-proof.ts';
import { type NoteKey, readKey } from './verify/note.ts';

const store = new SimulatedStore();
const evidence = await store.open({ segmentBytes: 2_000 });
const source = await evidence.source('dovecot');
for (let n = 0; n < 60; n += 1) {
  await source.append(Buffer.from(lineOf('dovecot', n)), String(n + 1));
}
await evidence.close();

const proofOf = (seq: number, line: number): string => {
  const proved = proveLine(store.reader, { source: 'dovecot', seq, line });
  if (!proved.ok) throw new Error(proved.why);
  return JSON.stringify(proved.proof);
};
const keyOf = (text: string): NoteKey => {
  const read = readKey(text);
  if (!read.ok) throw new Error(read.why);
  return read.key;
};
const key = keyOf(store.signer.verifierKey);

describe('a line', () => {
  test('is proved to whoever knows the key, each of a segment', () => {
    for (const line of [1, 2, 5, 12]) {
      const verified = verifyLineProof(proofOf(2, line), [key]);
      if (!verified.ok) throw new Error(verified.why);
      const { segment, index } = verified.proved;
      expect([segment.source, segment.seq, index]).toEqual(['dovecot', 2, line - 1]);
      expect(verified.proved.line.toString('utf8')).toMatch(/^Jun 29 .*example\.jp\n$/);
    }
    expect(verifyLineProof(proofOf(1, 1), []).ok).toBe(true);
    expect(verifyLineProof(proofOf(1, 1), [keyOf(newSigner().verifierKey)]).ok).toBe(false);
  });

  test('is proved without a word of its neighbours', () => {
    const text = proofOf(1, 4);
    const encoded = (n: number): string =>
      Buffer.from(lineOf('dovecot', n)).toString('base64').slice(0, 40);
    expect(text).toContain(encoded(3));
    expect(text).not.toContain(Buffer.from(lineOf('dovecot', 2)).toString('base64').slice(-40));
    expect(text.length).toBeLessThan(5_000);
  });

  test('is not another line, another place or another time', () => {
    const proof = JSON.parse(proofOf(1, 4)) as Record<string, unknown>;
    const ask = (change: Record<string, unknown>): boolean =>
      verifyLineProof(JSON.stringify({ ...proof, ...change }), [key]).ok;
    expect(ask({})).toBe(true);
    const line = Buffer.from(String(proof['line']), 'base64');
    const salt = Buffer.from(String(proof['salt']), 'base64');
    expect(ask({ line: Buffer.from(lineOf('dovecot', 9)).toString('base64') })).toBe(false);
    expect(ask({ index: 4 })).toBe(false);
    expect(ask({ path: [] })).toBe(false);
    expect(ask({ leaf: String(proof['leaf']).replace('"seq":1', '"seq":2') })).toBe(false);
    expect(ask({ proof: String(proof['proof']).replace(/index \d+/, 'index 0') })).toBe(false);
    // The same bytes, cut elsewhere, would make a line of another beginning.
    const moved = {
      salt: Buffer.concat([salt, line.subarray(0, 1)]).toString('base64'),
      line: line.subarray(1).toString('base64'),
    };
    expect(ask(moved)).toBe(false);
    expect(verifyLineProof('{}', [key]).ok).toBe(false);
    expect(verifyLineProof('[', [key]).ok).toBe(false);
  });

  test('that is not there is told as that', () => {
    const ask = (seq: number, line: number): string => {
      const answer = proveLine(store.reader, { source: 'dovecot', seq, line });
      return answer.ok ? '' : answer.why;
    };
    expect(ask(1, 0)).toContain('lines');
    expect(ask(1, 10_000)).toContain('lines');
    expect(ask(99, 1)).toBe('there is no segment 99 of dovecot');
  });
});
