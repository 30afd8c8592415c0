import type { FileView } from '../../core/files.ts';
import { switchedOn } from '../../core/formats/systemd.ts';

/**
 * Whether one of these services is started. Where the host shows how it starts services and has none
 * of that name, its settings are what a removed package left behind.
 */
export const isStarted = (files: FileView, units: readonly string[]): boolean =>
  switchedOn(files, units) === true;

/**
 * Whether a program is there. A collected root often has no programs at all: then it counts as
 * there, and its configuration speaks for it.
 */
export const hasProgram = (files: FileView, name: string): boolean => {
  const folders = ['/usr/sbin', '/sbin', '/usr/bin', '/usr/local/sbin'];
  if (folders.some(folder => files.stat(`${folder}/${name}`) !== undefined)) return true;
  return folders.every(folder => files.list(folder).length === 0);
};
