import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { runEvidence } from '../../src/cli/run-evidence.ts';
import { planBundle } from '../../src/evidence/bundle.ts';
import { folderReader } from '../../src/evidence/verify/reader.ts';
import { lineOf } from '../support/evidence-run.ts';
import { type Complaints, ownSchema } from '../support/schemas.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-schemas-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const store = join(base, 'store');
const proof = join(base, 'line.json');
const bundle = join(base, 'all.tar');

/** What a user gets, without a process of its own. */
const answer = async (...args: readonly string[]): Promise<string> => {
  const given = ['evidence', ...args, '--store', store, '--format', 'json'];
  return (await runEvidence(parseArguments(given, {}))).text;
};

beforeAll(async () => {
  let now = new Date('2026-06-28T10:00:00Z');
  const { evidence, close } = await openEvidenceStore(store, { now: () => now });
  const source = await evidence.source('mail.log', { path: '/var/log/mail.log' });
  for (const day of ['2026-06-28', '2026-06-29']) {
    const times = { day, firstMs: Date.parse(day), lastMs: Date.parse(day) };
    for (let n = 0; n < 3; n += 1) {
      await source.append(Buffer.from(lineOf('dovecot', n)), `${day} ${n}`, times);
    }
  }
  await source.gap('2026-06-28', '2026-06-28', 'a name \u202e with \u001b[31m signs \u2028 in it');
  await evidence.policy({ id: 'all', keepDays: 90, why: 'agreed' });
  now = new Date('2026-06-30T00:10:00Z');
  source.readToEnd();
  await evidence.seal();
  await close();
  writeFileSync(proof, await answer('prove', 'mail.log/1/2'));
  await answer('bundle', '--out', bundle);
});

const checked = (complaints: Complaints, text: string): unknown => {
  // Whatever stands in a log, it acts on no terminal.
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
  const value: unknown = JSON.parse(text);
  expect(complaints(value)).toEqual([]);
  return value;
};

describe('evidence --format json keeps to its schema:', () => {
  const verify = ownSchema('evidence-verify');

  test('verify, of a store, a bundle and a line, whole and broken', async () => {
    expect(checked(verify, await answer('verify'))).toMatchObject({ kind: 'store', ok: true });
    expect(checked(verify, await answer('verify', bundle))).toMatchObject({
      kind: 'bundle',
      ok: true,
    });
    expect(checked(verify, await answer('verify', proof))).toMatchObject({
      kind: 'line',
      ok: true,
    });
    const forged = join(base, 'forged.json');
    writeFileSync(forged, readFileSync(proof, 'utf8').replace('"index": 1', '"index": 0'));
    expect(checked(verify, await answer('verify', forged))).toMatchObject({ ok: false });
    const path = join(store, 'log/keys');
    const keys = readFileSync(path);
    writeFileSync(path, 'x');
    expect(checked(verify, await answer('verify'))).toMatchObject({ ok: false });
    writeFileSync(path, keys);
  });

  test('status, gaps, replay-dwell, reparse and prove', async () => {
    const status = checked(ownSchema('evidence-status'), await answer('status'));
    expect(status).toMatchObject({ sources: [{ source: 'mail.log', lines: 6 }] });
    const gaps = checked(ownSchema('evidence-gaps'), await answer('gaps'));
    expect(gaps).toMatchObject({
      gaps: [{ why: 'a name \u202e with \u001b[31m signs \u2028 in it' }],
    });
    const dwell = checked(ownSchema('evidence-dwell'), await answer('replay-dwell'));
    expect(dwell).toMatchObject({ policy: 'store', kept: [{ keepsDays: 90 }] });
    checked(ownSchema('evidence-reparse'), await answer('reparse', '--zone', 'UTC'));
    checked(ownSchema('line-proof'), readFileSync(proof, 'utf8'));
  });

  test('bundle.json', () => {
    const planned = planBundle(folderReader(store), { fromDay: '2026-06-29' });
    if (!planned.ok) throw new Error(planned.why);
    const files = new Map([...planned.bundle.files()].map(({ path, bytes }) => [path, bytes]));
    checked(ownSchema('evidence-bundle'), files.get('bundle.json')?.toString('utf8') ?? '');
  });

  test('witness', () => {
    const complaints = ownSchema('evidence-witness');
    const answers = [{ name: 'w1', state: 'failed', why: 'nobody listens there' }];
    const value = { schema: 'postern.evidence-witness/1', size: 3, answers };
    expect(complaints(value)).toEqual([]);
    expect(complaints({ ...value, more: 1 })).not.toEqual([]);
  });
});
