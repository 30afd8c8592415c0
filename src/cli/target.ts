import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LoadedConfiguration } from '../app/configuration.ts';
import { loadConfiguration } from '../app/load-configuration.ts';
import type { Answer } from '../core/answer.ts';
import { messageOf, UsageError } from '../core/errors.ts';
import { hostLimits } from '../core/limits.ts';
import { type HostView, openRoot } from '../host/view.ts';
import { type Invocation, type Source, spellingOf, withFileOptions } from './arguments.ts';

/** What is looked at, by whose rules, and at what time. */
export interface Aim {
  readonly files: HostView;
  readonly configuration: LoadedConfiguration;
  readonly target: Answer['target'];
  readonly now: Date;
}

const ownFolder = fileURLToPath(new URL('../../', import.meta.url));
export const sampleFolder: string = `${ownFolder}sample/`;

const strength: Readonly<Record<Source, number>> = { flag: 3, environment: 2, file: 1 };

/** `--sample` against `--root`: the stronger voice wins; the same voice cannot say both. */
const wantsSample = (invocation: Invocation): boolean => {
  if (!invocation.switches.has('sample')) return false;
  const root = invocation.sources.get('root');
  const sample = invocation.sources.get('sample') ?? 'flag';
  if (root === undefined) return true;
  if (root === sample) {
    throw new UsageError(
      `${spellingOf(invocation, 'sample')} and ${spellingOf(invocation, 'root')} exclude each other`,
    );
  }
  return strength[sample] > strength[root];
};

const configurationOf = async (
  invocation: Invocation,
  sample: boolean,
): Promise<LoadedConfiguration> => {
  const given = invocation.values.get('config');
  if (!sample || given !== undefined) {
    return await loadConfiguration(given, spellingOf(invocation, 'config'));
  }
  if (!existsSync(`${sampleFolder}root`)) {
    throw new UsageError('--sample: this copy of Postern has no sample estate; use --root DIR');
  }
  const { parseConfiguration } = await import('../app/configuration.ts');
  return {
    ...parseConfiguration(
      'sample/postern.yaml',
      readFileSync(`${sampleFolder}postern.yaml`, 'utf8'),
    ),
    folder: sampleFolder,
  };
};

const folderOf = (invocation: Invocation): string => {
  const folder = invocation.values.get('root') ?? '/';
  const spelling = spellingOf(invocation, 'root');
  try {
    if (statSync(folder).isDirectory()) return folder;
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    throw new UsageError(
      `${spelling} ${folder}: ${missing ? 'no such folder' : `cannot be read: ${messageOf(thrown)}`}`,
    );
  }
  throw new UsageError(`${spelling} ${folder}: not a folder`);
};

/** What the command line, the environment and the configuration file say together. */
export interface Prepared {
  readonly invocation: Invocation;
  /** Opens what is to be looked at, once everything else was found to be in order. */
  readonly aim: () => Promise<Aim>;
}

/** Reads the configuration, and with it `--root` and `--sample`. */
export const prepare = async (given: Invocation): Promise<Prepared> => {
  const sample = wantsSample(given);
  const configuration = await configurationOf(given, sample);
  const invocation = withFileOptions(given, configuration.options);
  const aim = async (): Promise<Aim> => {
    if (sample) {
      if (!existsSync(`${sampleFolder}root`)) {
        throw new UsageError('--sample: this copy of Postern has no sample estate; use --root DIR');
      }
      const { markers } = await import('../inventory/take.ts');
      return {
        configuration,
        files: openRoot(`${sampleFolder}root`, markers),
        target: { sample: true },
        // The sample stands still: it is read as of the day that its own clock names.
        now: new Date(readFileSync(`${sampleFolder}clock`, 'utf8').trim()),
      };
    }
    const folder = folderOf(invocation);
    const { markers } = await import('../inventory/take.ts');
    const limits = { ...hostLimits, readMsMax: configuration.policy.readSecondsMax * 1000 };
    return {
      configuration,
      // Whoever cloned Postern on the mail host has its sample and fixtures lying there, too.
      files: openRoot(folder, markers, limits, [ownFolder]),
      target: { root: folder },
      now: new Date(),
    };
  };
  return { invocation, aim };
};
