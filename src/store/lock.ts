import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a process of this machine lives: one of another user does, too. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
};

/**
 * Keeps a second run out of what only one may change. Whoever died holding it does not keep it.
 *
 * @returns what gives it back; throws when another living process has it.
 */
export const lock = (folder: string, name: string): (() => void) => {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const path = join(folder, `${name}.lock`);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o644 });
      return () => rmSync(path, { force: true });
    } catch (thrown) {
      const there = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
      if (!there) throw thrown;
      const owner = ownerOf(path);
      if (owner !== undefined && isAlive(owner) && owner !== process.pid) {
        throw new Error(`process ${owner} is at work in ${folder}; ${path} is its lock`);
      }
      rmSync(path, { force: true });
    }
  }
  throw new Error(`${path} comes back as soon as it is removed`);
};

const ownerOf = (path: string): number | undefined => {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
};
