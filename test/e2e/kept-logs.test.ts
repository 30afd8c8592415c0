import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirm } from '../../src/app/confirm.ts';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import type { AnsweredComponent } from '../../src/core/answer.ts';
import { defaultPolicy, emptyConfiguration } from '../../src/core/policy.ts';
import { openRoot } from '../../src/host/view.ts';
import { markers } from '../../src/inventory/take.ts';

/** The sample estate, whose mail log an evidence store has had for a week; five days are asked for. */
const base = mkdtempSync(join(tmpdir(), 'postern-kept-logs-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const store = join(base, 'store');
const root = 'sample/root';
const clock = new Date(readFileSync('sample/clock', 'utf8').trim());
const dayMs = 86_400_000;
const dayBefore = (days: number): string =>
  new Date(clock.getTime() - days * dayMs).toISOString().slice(0, 10);

beforeAll(async () => {
  let now = new Date(`${dayBefore(7)}T10:00:00Z`);
  const { evidence, close } = await openEvidenceStore(store, { now: () => now });
  const path = resolve(root, 'var/log/mail.log');
  const source = await evidence.source('var_log_mail.log', { host: hostname(), path });
  for (let before = 7; before > 0; before -= 1) {
    const day = dayBefore(before);
    now = new Date(`${day}T10:00:00Z`);
    await source.append(Buffer.from(`${day}\n`), day, { day });
  }
  now = new Date(`${dayBefore(0)}T00:10:00Z`);
  source.readToEnd();
  await evidence.seal();
  await close();
});

const asked = (where: string | undefined): readonly AnsweredComponent[] =>
  confirm({
    files: openRoot(root, markers),
    configuration: { ...emptyConfiguration, policy: { ...defaultPolicy, retentionDays: 5 } },
    target: { root },
    now: clock,
    ...(where === undefined ? {} : { evidence: { store: where, root } }),
  }).components;

const passing = (components: readonly AnsweredComponent[]): readonly string[] =>
  components.flatMap(({ id, checks }) => (checks.retained.state === 'pass' ? [id] : []));

const without = asked(undefined);
const copy = (name: string): string => {
  const path = join(base, name);
  cpSync(store, path, { recursive: true });
  return path;
};

test('without a store nothing passes', () => {
  expect(passing(without)).toEqual([]);
  expect(passing(asked(base))).toEqual([]);
});

test('parts whose only log is in the store pass, and no others', () => {
  const components = asked(store);
  const passed = passing(components);
  expect(passed).toContain('postfix');
  for (const { id, logs, checks } of components) {
    if (!passed.includes(id)) continue;
    expect([id, checks.retained.why]).toEqual([
      id,
      expect.stringContaining('(5 days) is sealed in the evidence store, without a gap'),
    ]);
    for (const { trail } of logs) {
      expect([id, trail === undefined || trail.path === '/var/log/mail.log']).toEqual([id, true]);
    }
  }
  // What the store has beyond the host shows with the log.
  const postfix = components.find(({ id }) => id === 'postfix');
  expect(postfix?.logs.map(({ trail }) => trail?.oldest?.slice(0, 10))).toContain(
    without.find(({ id }) => id === 'postfix')?.logs[0]?.trail?.oldest?.slice(0, 10),
  );
});

test('a byte of one kept line that is another lets nothing pass', () => {
  const hurt = copy('hurt');
  const path = join(hurt, 'segments/var_log_mail.log', dayBefore(3), '00000005.raw.zst');
  const bytes = readFileSync(path);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const components = asked(hurt);
  expect(passing(components)).toEqual([]);
  expect(components.map(({ checks }) => checks.retained.why).join()).toContain('does not verify');
});

test('lines that were deleted let nothing pass', async () => {
  const pruned = copy('pruned');
  const { evidence, close } = await openEvidenceStore(pruned, { now: () => clock });
  await evidence.policy({ id: 'all', keepDays: 3, why: 'a test' });
  expect(await evidence.prune()).toBeGreaterThan(0);
  await close();
  expect(passing(asked(pruned))).toEqual([]);
});
