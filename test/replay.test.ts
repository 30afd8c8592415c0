import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Replay } from '../src/core/replay.ts';
import { bareEnvironment } from './support/environment.ts';
import { ownSchema } from './support/schemas.ts';

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['bin/postern.js', 'advisories', ...args], {
    encoding: 'utf8',
    env: bareEnvironment,
    maxBuffer: 64 << 20,
  });

describe('postern advisories replay', () => {
  test('of the sample: both copies of Roundcube, each told of by its own judges', () => {
    const { stdout, stderr } = run('replay', '--sample', '--format', 'json');
    expect(stderr).toBe('');
    const answer = JSON.parse(stdout) as Replay;
    expect(ownSchema('replay')(answer)).toEqual([]);
    expect(answer.target).toEqual({ sample: true });
    const roundcube = answer.cases.find(({ id }) => id === 'roundcube-2025-49113');
    expect(roundcube?.concerns).toEqual([
      {
        component: 'roundcube',
        told: { on: '2025-06-02', by: expect.stringMatching(/^debian-tracker: /) },
      },
      {
        component: expect.stringMatching(/^roundcube@/),
        told: { on: '2025-06-01', by: expect.stringMatching(/^notes\/roundcube: /) },
      },
    ]);
    expect(roundcube?.deadline?.on).toBe('2025-06-15');
    expect(roundcube?.beforeCatalogue).toEqual({ least: 264, most: 264 });
  });

  test('as text', () => {
    const { stdout, status } = run('replay', '--sample');
    expect([0, 3]).toContain(status);
    expect(stdout).toMatch(/^15 past cases, 4 of them through a product that this estate has/);
  });

  test('the other actions look at no root, and say so', () => {
    const { status, stderr, stdout } = run('status', '--sample');
    expect(status).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toBe('postern: advisories status: --sample is for replay\n');
  });
});
