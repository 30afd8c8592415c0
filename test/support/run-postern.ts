import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { bareEnvironment } from './environment.ts';

const program = resolve('bin/postern.js');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command line, in a folder, with nothing of this environment. */
export const runPostern = (cwd: string, ...args: readonly string[]): Ran => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...bareEnvironment, POSTERN_STORE: 'store' },
    maxBuffer: 64 << 20,
  });
  return { status, stdout, stderr };
};
