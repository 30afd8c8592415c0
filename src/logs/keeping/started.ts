import type { FileView } from '../../core/files.ts';
import { startsAtBoot, switchedOn } from '../../core/formats/systemd.ts';

/**
 * Whether one of these services is started. Where the host shows how it starts services and has none
 * of that name, its settings are what a removed package left behind.
 */
export const isStarted = (files: FileView, units: readonly string[]): boolean => {
  if (startsAtBoot(files, units) === true) return true;
  const scripts = files
    .glob('/etc/rc[2-5].d/S[0-9][0-9]*')
    .map(path => path.replace(/^.*\/S\d\d/, ''));
  if (scripts.some(name => units.includes(name))) return true;
  const showsHow = files.glob('/etc/systemd/system/*.{wants,requires}').length > 0;
  return !showsHow && switchedOn(files, units) === true;
};

/**
 * Whether a program is there. A collected root often has no programs at all: then it counts as
 * there, and its configuration speaks for it.
 */
export const hasProgram = (files: FileView, name: string): boolean => {
  const folders = ['/usr/sbin', '/sbin', '/usr/bin', '/usr/local/sbin'];
  if (folders.some(folder => files.stat(`${folder}/${name}`) !== undefined)) return true;
  return folders.every(folder => files.list(folder).length === 0);
};
