import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { confirm } from '../src/app/confirm.ts';
import { loadConfiguration } from '../src/app/load-configuration.ts';
import type { Answer } from '../src/core/answer.ts';
import { checks } from '../src/core/verdict.ts';
import { openRoot } from '../src/host/view.ts';
import { markers } from '../src/inventory/take.ts';
import { overlay } from './support/overlay.ts';

const root = 'sample/root';
const statusPath = '/var/lib/dpkg/status';
const status = readFileSync(`${root}${statusPath}`);
const configuration = await loadConfiguration('sample/postern.yaml');

const answered = (bytes: Uint8Array): Answer =>
  confirm({
    files: overlay(openRoot(root, markers), statusPath, bytes),
    configuration,
    target: { sample: true },
    now: new Date('2026-06-29T09:00:00Z'),
  });

const whole = answered(status);
const before = new Map(whole.components.map(each => [each.id, each]));

describe.each([0.1, 0.35, 0.6, 0.85])('a status of which %d is left', part => {
  const answer = answered(status.subarray(0, Math.floor(status.length * part)));

  test('is said to be damaged', () => {
    expect(answer.unseen.map(({ what }) => what)).toContain(statusPath);
  });

  test('lets no part that is there disappear', () => {
    const here = new Set(answer.components.map(({ id }) => id));
    // A package without a program, of which nothing but the status tells.
    expect([...before.keys()].filter(id => !here.has(id) && id !== 'mailman/mailman-web')).toEqual(
      [],
    );
  });

  test('makes nothing that a package brought a thing unpacked by hand, and lets no check pass for it', () => {
    const lost = answer.components.filter(
      each => before.get(each.id)?.package !== undefined && each.package === undefined,
    );
    expect(lost.length).toBeGreaterThan(5);
    for (const { id, origin, checks: verdicts } of lost) {
      expect([id, origin]).toEqual([id, 'unknown']);
      expect([id, verdicts.patched.state]).toEqual([
        id,
        before.get(id)?.checks.patched.state === 'not-applicable' ? 'not-applicable' : 'unknown',
      ]);
      expect([id, verdicts.inventoried.state]).not.toEqual([id, 'pass']);
    }
    expect(lost.some(({ checks: { patched } }) => patched.why.includes('cannot be told'))).toBe(
      true,
    );
  });

  test('makes no check pass that does not with the whole status', () => {
    for (const { id, checks: verdicts } of answer.components) {
      for (const check of checks) {
        if (verdicts[check].state !== 'pass') continue;
        expect([id, check, before.get(id)?.checks[check].state]).toEqual([id, check, 'pass']);
      }
    }
  });
});
