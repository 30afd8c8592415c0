import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Tells its peak memory on file descriptor 3 when it ends: the process, and not each of its threads. */
const preload = `data:text/javascript,${encodeURIComponent(
  "import { readFileSync, writeSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('exit', () => { const used = process.resourceUsage(); const peak = Number(/^VmHWM:\\s*(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]); writeSync(3, JSON.stringify([peak, used.userCPUTime + used.systemCPUTime])); });",
)}`;

/** What a whole process cost, from its start to its end. */
export interface Cost {
  readonly ms: number;
  readonly peakMiB: number;
  /** Of all its threads. */
  readonly cpuMs: number;
  readonly stdout: string;
}

/**
 * Builds the package into a folder, as whoever installs it has it: from sources, each thread takes longer to start.
 *
 * @returns its program
 */
export const installed = (folder: string): string => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { status, stdout } = spawnSync(
    join(root, 'node_modules/.bin/tsc'),
    ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stdout);
  for (const each of ['bin', 'package.json']) {
    cpSync(join(root, each), join(folder, each), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin/postern.js');
};

/** Runs a program, or a script beside this one, in a process of its own. */
export const once = (script: string, args: readonly string[]): Cost => {
  const path = script.startsWith('/') ? script : fileURLToPath(new URL(script, import.meta.url));
  const started = performance.now();
  const { output, stdout, status, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, path, ...args],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], maxBuffer: 64 << 20 },
  );
  const ms = performance.now() - started;
  if (status === null || status === 1 || status === 64) throw new Error(String(stderr));
  const [kib = 0, us = 0] = JSON.parse(String(output[3])) as readonly number[];
  return { ms, peakMiB: kib / 1024, cpuMs: us / 1_000, stdout: String(stdout) };
};

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Names to the left, figures to the right. */
export const print = (rows: readonly (readonly [string, string])[]): void => {
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(26)} ${value}\n`);
};
