import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, parseConfiguration } from '../app/configuration.ts';
import type { Answer } from '../core/answer.ts';
import { UsageError } from '../core/errors.ts';
import type { Configuration } from '../core/policy.ts';
import { type HostView, openRoot } from '../host/view.ts';
import { markers } from '../inventory/take.ts';
import type { Invocation } from './arguments.ts';

/** What is looked at, by whose rules, and at what time. */
export interface Aim {
  readonly files: HostView;
  readonly configuration: Configuration;
  readonly target: Answer['target'];
  readonly now: Date;
}

const sampleFolder = fileURLToPath(new URL('../../sample/', import.meta.url));

/** The sample stands still: it is read as of the day that its own clock names. */
const aimAtSample = (configPath: string | undefined): Aim => {
  if (!existsSync(`${sampleFolder}root`)) {
    throw new UsageError(`--sample: the sample estate is missing from ${sampleFolder}`);
  }
  const own = `${sampleFolder}postern.yaml`;
  return {
    files: openRoot(`${sampleFolder}root`, markers),
    configuration:
      configPath === undefined
        ? parseConfiguration('sample/postern.yaml', readFileSync(own, 'utf8'))
        : loadConfiguration(configPath),
    target: { sample: true },
    now: new Date(readFileSync(`${sampleFolder}clock`, 'utf8').trim()),
  };
};

/** Reads `--root`, `--sample` and `--config`. */
export const aimOf = ({ values, switches }: Invocation): Aim => {
  const config = values.get('config');
  const root = values.get('root');
  if (switches.has('sample')) {
    if (root !== undefined) throw new UsageError('--sample and --root exclude each other');
    return aimAtSample(config);
  }
  const folder = root ?? '/';
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`--root ${folder}: no such folder`);
  if (!stats.isDirectory()) throw new UsageError(`--root ${folder}: not a folder`);
  return {
    configuration: loadConfiguration(config),
    files: openRoot(folder, markers),
    target: { root: folder },
    now: new Date(),
  };
};

/** Checks `--format` before any work is done. */
export const formatOf = <Format extends string>(
  { values, verb }: Invocation,
  formats: readonly Format[],
  otherwise: Format,
): Format => {
  const given = values.get('format');
  if (given === undefined) return otherwise;
  const format = formats.find(each => each === given);
  if (format === undefined) {
    throw new UsageError(
      `${verb.name}: --format "${given.slice(0, 60)}": expected one of ${formats.join(', ')}`,
    );
  }
  return format;
};

/** Colours are for terminals, and only for those who want them. */
export const wantsColor = ({ switches, values }: Invocation): boolean =>
  process.stdout.isTTY === true &&
  !values.has('out') &&
  !switches.has('no-color') &&
  (process.env['NO_COLOR'] ?? '') === '';

/** A progress line on standard error, when somebody is looking; erased when done. */
export const progressLine = ({
  switches,
}: Invocation): { readonly say: (stage: string) => void; readonly end: () => void } => {
  const shown = process.stderr.isTTY === true && !switches.has('quiet');
  return {
    say: stage => {
      if (shown) process.stderr.write(`\r\u001b[Kpostern: ${stage} …`);
    },
    end: () => {
      if (shown) process.stderr.write('\r\u001b[K');
    },
  };
};
