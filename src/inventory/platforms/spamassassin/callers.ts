import { type ComponentId, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { findDaemon } from '../../daemons/daemon.ts';
import { amavisNames, checkRuns, readSettings } from '../../filters/amavis-settings.ts';
import { mimedefangFilters, readFilterCalls } from '../../filters/mimedefang-filter.ts';

/** A program that loads Mail::SpamAssassin into itself. */
export interface Caller {
  readonly id: ComponentId;
  readonly name: string;
  readonly because: Place;
}

/** Amavis does so unless its spam checks are switched off. */
const amavis = (files: FileView, packages: PackageIndex): readonly Caller[] => {
  const daemon = findDaemon(files, packages, amavisNames);
  if (daemon === undefined) return [];
  const settings = readSettings(files, daemon);
  const { runs, place } = checkRuns(settings, 'spam');
  const [first] = settings.paths;
  if (runs !== true || first === undefined) return [];
  return [{ id: componentId('amavis'), name: 'Amavis', because: place ?? { path: first } }];
};

/** MIMEDefang does so when its filter calls it. */
const mimedefang = (files: FileView, packages: PackageIndex): readonly Caller[] => {
  const daemon = findDaemon(files, packages, {
    programs: ['mimedefang'],
    packages: ['mimedefang'],
    units: ['mimedefang'],
    configuration: mimedefangFilters,
  });
  const filter = mimedefangFilters.find(path => files.stat(path)?.kind === 'file');
  if (daemon === undefined || filter === undefined) return [];
  const because = readFilterCalls(files, filter).spamAssassin;
  return because === undefined
    ? []
    : [{ id: componentId('mimedefang'), name: 'MIMEDefang', because }];
};

/** spampd(1) is nothing but SpamAssassin behind an SMTP proxy. */
const spampd = (files: FileView, packages: PackageIndex): readonly Caller[] => {
  const daemon = findDaemon(files, packages, {
    programs: ['spampd'],
    packages: ['spampd'],
    units: ['spampd'],
    configuration: [],
  });
  if (daemon?.binary === undefined || daemon.startsAtBoot === false) return [];
  return [
    {
      id: componentId('spampd'),
      name: 'spampd',
      because: { path: daemon.unit?.path ?? daemon.binary },
    },
  ];
};

export const callersOf = (files: FileView, packages: PackageIndex): readonly Caller[] =>
  [amavis, mimedefang, spampd].flatMap(each => each(files, packages));
