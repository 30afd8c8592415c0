import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf, UsageError } from '../core/errors.ts';
import { emptyConfiguration } from '../core/policy.ts';
import type { LoadedConfiguration } from './configuration.ts';

const fileBytesMax = 4 << 20;

/** Read and not yet understood. */
interface FoundFile {
  readonly path: string;
  readonly text: string;
}

const findConfiguration = (path: string | undefined, spelling: string): FoundFile | undefined => {
  const candidates = path === undefined ? ['postern.yaml', '/etc/postern/postern.yaml'] : [path];
  for (const candidate of candidates) {
    let text: string;
    try {
      const stats = statSync(candidate);
      if (!stats.isFile() && candidate !== '/dev/null') {
        throw new UsageError(`${candidate}: not a file`);
      }
      const isOurs = stats.uid === 0 || stats.uid === process.geteuid?.();
      if (path === undefined && !isOurs && process.geteuid !== undefined) {
        throw new UsageError(
          `${candidate}: belongs to another user (uid ${stats.uid}), who could have the answer written anywhere; --config ${candidate} uses it all the same`,
        );
      }
      if (stats.size > fileBytesMax) {
        throw new UsageError(`${candidate}: ${stats.size} bytes; at most ${fileBytesMax} are read`);
      }
      text = readFileSync(candidate, 'utf8');
    } catch (thrown) {
      if (thrown instanceof UsageError) throw thrown;
      const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
      if (missing && path === undefined) continue;
      throw new UsageError(
        missing
          ? `${spelling} ${candidate}: no such file`
          : `${candidate}: cannot be read: ${messageOf(thrown)}`,
      );
    }
    return { path: candidate, text };
  }
  return undefined;
};

/**
 * What `postern.yaml` says; what understands it is loaded only where there is one.
 *
 * @param path from `--config` or `POSTERN_CONFIG`; without it `postern.yaml` in the working folder
 *   and then `/etc/postern/postern.yaml` are used, if they exist.
 */
export const loadConfiguration = async (
  path: string | undefined,
  spelling = '--config',
): Promise<LoadedConfiguration> => {
  const found = findConfiguration(path, spelling);
  if (found === undefined) return { ...emptyConfiguration, options: new Map() };
  const { parseConfiguration } = await import('./configuration.ts');
  return { ...parseConfiguration(found.path, found.text), folder: dirname(resolve(found.path)) };
};
