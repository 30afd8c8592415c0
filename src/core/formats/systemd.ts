import type { Place } from '../component.ts';
import type { FileView } from '../files.ts';
import { baseOf } from '../paths.ts';

/** One `Key=value` of a unit file, after drop-ins. */
export interface UnitSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly because: Place;
}

export interface Unit {
  readonly name: string;
  /** The file that counts: /etc before /run before /usr/lib. */
  readonly path: string;
  readonly settings: readonly UnitSetting[];
}

/** Later ones are covered by earlier ones (systemd.unit(5)). */
const allFolders = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
] as const;

/** Where /lib is a link to /usr/lib, both are one folder. */
const foldersOf = (files: FileView): readonly string[] =>
  files.real('/lib') === '/lib' ? allFolders : allFolders.slice(0, -1);

/** Reads systemd.syntax(7): sections, `#` and `;` comments, a backslash continues a line. */
export const parseUnit = (text: string, path: string): readonly UnitSetting[] => {
  const out: UnitSetting[] = [];
  let section = '';
  let held = '';
  let from = 0;
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    // A comment between continued lines is left out and does not end them.
    if (bare.startsWith('#') || bare.startsWith(';')) continue;
    if (held === '') from = line;
    if (bare.endsWith('\\') && held.length < 65_536) {
      held += `${bare.slice(0, -1)} `;
      continue;
    }
    const whole = held + bare;
    held = '';
    const header = /^\[([^\]]*)\]$/.exec(whole);
    const equals = whole.indexOf('=');
    if (header !== null) section = header[1] ?? '';
    else if (equals > 0) {
      const key = whole.slice(0, equals).trim();
      out.push({
        section,
        key,
        value: whole.slice(equals + 1).trim(),
        because: { path, line: from },
      });
    }
  }
  return out;
};

/** A link to /dev/null (which a collected root may lack) or an empty file. */
const isMasked = (files: FileView, path: string): boolean => {
  const real = files.real(path);
  return real === undefined || real === '/dev/null' || files.stat(path)?.sizeBytes === 0;
};

const isThere = (files: FileView, path: string): boolean => {
  const slash = path.lastIndexOf('/');
  return files.list(path.slice(0, slash)).some(({ name }) => name === path.slice(slash + 1));
};

/** A unit with its drop-ins; undefined when there is none of that name. */
export const readUnit = (files: FileView, name: string): Unit | undefined => {
  const folders = foldersOf(files);
  const path = folders.map(folder => `${folder}/${name}`).find(each => isThere(files, each));
  if (path === undefined || isMasked(files, path)) return undefined;
  const template = name.includes('@') ? [name.replace(/@.*\./, '@.')] : [];
  const dropIns = [name, ...template].flatMap(each =>
    folders.flatMap(folder => files.glob(`${folder}/${each}.d/*.conf`)),
  );
  // The same name in two folders is one drop-in; they apply in the order of their names.
  const byName = new Map(dropIns.toReversed().map(each => [baseOf(each), each]));
  const ordered = [...byName.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
  const settings = [path, ...ordered].flatMap(each => parseUnit(files.text(each) ?? '', each));
  return { name, path, settings };
};

/** The values of one key, in order; an empty one clears those before it. */
export const unitValues = (unit: Unit, section: string, key: string): readonly UnitSetting[] => {
  const all = unit.settings.filter(each => each.section === section && each.key === key);
  return all.slice(all.findLastIndex(each => each.value === '') + 1);
};

export const unitValue = (unit: Unit, section: string, key: string): UnitSetting | undefined =>
  unitValues(unit, section, key).at(-1);

/** Names of all unit files with that ending, each once. */
export const unitNames = (files: FileView, ending: string): readonly string[] => [
  ...new Set(
    foldersOf(files).flatMap(folder =>
      files
        .list(folder)
        .filter(({ name, kind }) => name.endsWith(ending) && (kind === 'file' || kind === 'link'))
        .map(({ name }) => name),
    ),
  ),
];

type BootState = 'started' | 'masked' | 'not started' | 'unknown';

const namesIn = (files: FileView, pattern: string): readonly string[] =>
  files.glob(pattern).flatMap(folder => files.list(folder).map(({ name }) => name));

/** A systemd `wants` link, an S link of System V or an OpenRC runlevel starts it. */
const bootState = (files: FileView, names: readonly string[]): BootState => {
  const masked = names.some(name => {
    const path = `/etc/systemd/system/${name}.service`;
    return isThere(files, path) && isMasked(files, path);
  });
  if (masked) return 'masked';
  // A link whose target lies outside what was collected is a link all the same.
  const wanted = namesIn(files, '/etc/systemd/system/*.{wants,requires}');
  const endings = ['.service', '.socket', '.timer'];
  const isWanted = names.some(
    name =>
      endings.some(ending => wanted.includes(name + ending)) ||
      wanted.some(each => each.startsWith(`${name}@`)),
  );
  if (isWanted) return 'started';
  const packaged = namesIn(files, '/usr/lib/systemd/system/*.target.wants');
  if (names.some(name => packaged.includes(`${name}.service`))) return 'started';
  const runlevels = namesIn(files, '/etc/runlevels/*');
  if (runlevels.length > 0) {
    return runlevels.some(each => names.includes(each)) ? 'started' : 'not started';
  }
  const hasUnit = names.some(name =>
    foldersOf(files).some(folder => isThere(files, `${folder}/${name}.service`)),
  );
  if (wanted.length > 0) return hasUnit ? 'not started' : 'unknown';
  const links = files.glob('/etc/rc[2-5].d/S[0-9][0-9]*').map(path => baseOf(path).slice(3));
  if (links.length === 0) return 'unknown';
  return links.some(each => names.includes(each)) ? 'started' : 'not started';
};

/**
 * Whether a service is started when the host starts. False: it is masked. Null: nothing that was
 * seen starts it, though a person or another unit may.
 */
export const startsAtBoot = (files: FileView, names: readonly string[]): boolean | null => {
  const state = bootState(files, names);
  if (state === 'started') return true;
  return state === 'masked' ? false : null;
};

/**
 * The same for a service whose configuration switches it on: where the host shows nothing of how it
 * starts services, what the configuration says stands.
 */
export const switchedOn = (files: FileView, names: readonly string[]): boolean | null =>
  bootState(files, names) === 'unknown' ? true : startsAtBoot(files, names);
