import type { FileView } from '../../core/files.ts';
import { readUnit, type Unit, unitNames } from '../../core/formats/systemd.ts';
import { baseOf } from '../../core/paths.ts';
import { commandOf, type Word } from './daemon.ts';

/** A service of systemd, with the words of the command that starts it. */
export interface StartedUnit {
  readonly unit: Unit;
  readonly words: readonly Word[];
}

const unitsMax = 3_000;

const known = new WeakMap<FileView, readonly StartedUnit[]>();

/** Every service unit of the host that is not masked. */
export const startedUnits = (files: FileView): readonly StartedUnit[] => {
  const cached = known.get(files);
  if (cached !== undefined) return cached;
  const found = unitNames(files, '.service')
    .slice(0, unitsMax)
    .map(name => readUnit(files, name))
    .filter(unit => unit !== undefined)
    .map(unit => ({ unit, words: commandOf(files, unit) }));
  known.set(files, found);
  return found;
};

/** Those that start a program of that name, wherever it lies and whatever the unit is called. */
export const unitsThatStart = (files: FileView, program: string): readonly StartedUnit[] =>
  startedUnits(files).filter(({ unit, words }) => {
    const started = words[0]?.text ?? '';
    // A template stands for instances, of which each has a name of its own.
    return (
      started.startsWith('/') && baseOf(started) === program && !unit.name.includes('@.service')
    );
  });
