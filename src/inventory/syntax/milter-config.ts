import type { FileView } from '../../core/files.ts';
import { dirOf, resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { readDirectives } from './directives.ts';

/** One setting, with the file it stands in: `Include` brings in others. */
export interface MilterSetting {
  readonly name: string;
  readonly value: string;
  readonly because: Place;
}

/** The filters of the Trusted Domain Project nest at most five levels (opendkim.conf(5)). */
const depthMax = 5;
const filesMax = 50;

/**
 * Reads opendkim.conf(5), opendmarc.conf(5) and their like: `Name value`, everything after a `#` is
 * a comment, `Include` reads another file in place.
 */
export const readMilterConfig = (files: FileView, path: string): readonly MilterSetting[] => {
  const out: MilterSetting[] = [];
  let filesLeft = filesMax;
  const read = (from: string, depth: number): void => {
    filesLeft -= 1;
    if (depth > depthMax || filesLeft < 0) {
      files.note({
        what: from,
        why: 'is included too deeply or too often',
        how: 'Look for an Include that leads back to its own file.',
      });
      return;
    }
    if (files.stat(from)?.kind !== 'file') {
      files.note({
        what: from,
        why: 'is included and is no file that can be read',
        how: 'Run Postern as a user who may read it, and check the Include.',
      });
      return;
    }
    for (const { name, value, line } of readDirectives(files.text(from) ?? '')) {
      const hash = value.indexOf('#');
      const bare = (hash < 0 ? value : value.slice(0, hash)).trim();
      if (name.toLowerCase() === 'include' && bare !== '') {
        read(resolveFrom(dirOf(from), bare), depth + 1);
      } else if (!name.includes('#')) {
        out.push({ name, value: bare.slice(0, 4_096), because: { path: from, line } });
      }
    }
  };
  read(path, 0);
  return out;
};

/** The last setting of that name: later lines override. */
export const milterSetting = (
  settings: readonly MilterSetting[],
  name: string,
): MilterSetting | undefined =>
  settings.findLast(each => each.name.toLowerCase() === name.toLowerCase());

/** `yes`, `true`, `on`, `1`; absent: what the manual says. */
export const isOn = (setting: MilterSetting | undefined, otherwise: boolean): boolean =>
  setting === undefined ? otherwise : /^(?:yes|true|on|1|y|t)$/i.test(setting.value);
