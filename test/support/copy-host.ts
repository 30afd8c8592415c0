import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A copy of a host to be changed. What its packages installed below /usr is linked and not copied, where both lie
 * on one file system: whoever changes a file there must put another in its place.
 */
export const copyHost = (from: string, to: string): void => {
  mkdirSync(to);
  const oneDisk = statSync(from).dev === statSync(dirname(to)).dev;
  for (const name of readdirSync(from)) {
    const how = name === 'usr' && oneDisk ? '-al' : '-a';
    execFileSync('cp', [how, join(from, name), join(to, name)]);
  }
};
