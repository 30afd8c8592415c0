import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { confirm } from '../src/app/confirm.ts';
import { loadConfiguration } from '../src/app/load-configuration.ts';
import type { Answer } from '../src/core/answer.ts';
import { hostLimits } from '../src/core/limits.ts';
import type { Memory } from '../src/core/memory.ts';
import { checks } from '../src/core/verdict.ts';
import { openRoot } from '../src/host/view.ts';
import { markers } from '../src/inventory/take.ts';
import { json } from '../src/report/json.ts';
import { ownSchema } from './support/schemas.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-cut-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a host with a mail server on it, its packages and its logs is read from. */
const root = join(folder, 'root');
for (const part of [
  'etc/dovecot',
  'etc/postfix',
  'etc/logrotate.d',
  'etc/os-release',
  'var/lib/dpkg',
]) {
  cpSync(join('sample/root', part), join(root, part), { recursive: true });
}
writeFileSync(join(root, 'etc/machine-id'), `${'a'.repeat(32)}\n`);

const configuration = await loadConfiguration('sample/postern.yaml');

interface Told {
  readonly answer: Answer;
  readonly looks: number;
  readonly estates: readonly string[];
  readonly runs: number;
}

/** A disk that takes a second for each look at it. */
const confirmed = (looksMax: number): Told => {
  let looks = 0;
  const estates: string[] = [];
  let runs = 0;
  const memory: Memory = {
    past: estate => {
      estates.push(estate);
      return {
        firstSeen: () => undefined,
        isNew: () => false,
        steps: () => [],
        deadlines: () => [],
        waitingSince: () => undefined,
      };
    },
    record: () => {
      runs += 1;
      return undefined;
    },
  };
  const answer = confirm({
    files: openRoot(
      root,
      markers,
      { ...hostLimits, readMsMax: looksMax * 1_000, walkMsMax: Number.POSITIVE_INFINITY },
      [],
      () => {
        looks += 1;
        return looks * 1_000;
      },
    ),
    configuration,
    target: { root: '/mnt/mail01' },
    now: new Date('2026-06-29T09:00:00Z'),
    memory,
  });
  return { answer, looks, estates, runs };
};

const verdictsOf = ({ components }: Answer) =>
  components.flatMap(({ id, checks: verdicts }) =>
    checks.map(check => ({ at: `${id} ${check}`, ...verdicts[check] })),
  );

describe('a reading that the time does not suffice for', () => {
  const whole = confirmed(1e9);
  const complaints = ownSchema('confirm');

  test('is one that would find something, and passes checks, with time enough', () => {
    expect(whole.answer.components.length).toBeGreaterThan(10);
    expect(verdictsOf(whole.answer).filter(({ state }) => state === 'pass').length).toBeGreaterThan(
      10,
    );
    expect(whole.runs).toBe(1);
  });

  test.each([0.001, 0.02, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99])(
    'when %d of it is done: goes on to its report, in which nothing passes',
    part => {
      const { answer, estates, runs } = confirmed(Math.ceil(whole.looks * part));
      const verdicts = verdictsOf(answer);
      const wrong = verdicts.filter(
        ({ state, at }) =>
          state === 'pass' ||
          state === 'not-applicable' ||
          (state === 'fail' && !/ (?:patched|inventoried)$/.test(at)),
      );
      expect(wrong).toEqual([]);
      const ended = answer.unseen.filter(({ why }) => why.includes('reading stopped after'));
      expect(ended.map(({ why }) => why)).toEqual([
        expect.stringContaining('it was not written down'),
        expect.stringContaining('nor was anything that comes after it'),
      ]);
      expect(answer.unseen.length).toBeLessThan(60);
      expect(answer.sentence).toMatch(/nothing counts as passed|before reading stopped/);
      // What was not seen is not gone: it must not be told as mended in this run, or as new in the next.
      expect(runs).toBe(0);
      expect(answer.changes).toBeUndefined();
      if (part > 0.01) expect(estates).toEqual(whole.estates);
      expect(complaints(JSON.parse(json(answer)))).toEqual([]);
    },
  );

  test('while packages are read: nothing is taken for unpacked by hand', () => {
    for (let looks = 3; looks < 40; looks += 4) {
      const { answer } = confirmed(looks);
      expect(answer.components.filter(({ origin }) => origin === 'upstream')).toEqual([]);
    }
  });
});

test('postern.yaml says how long it may take; the status is 3', () => {
  const config = join(folder, 'postern.yaml');
  writeFileSync(config, 'policy: { readSecondsMax: 0.000001 }\n');
  const { status, stdout } = spawnSync(
    process.execPath,
    ['bin/postern.js', 'confirm', '--root', root, '--config', config, '--store', join(folder, 's')],
    { encoding: 'utf8' },
  );
  expect(stdout).toContain('policy.readSecondsMax');
  expect(status).toBe(3);
});
