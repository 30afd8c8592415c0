import type { FileView, FolderEntry } from '../files.ts';
import { baseOf, dirOf, resolveFrom } from '../paths.ts';
import type { Place } from '../place.ts';

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

/** The longest real ones have a few KiB. */
const unitBytesMax = 1 << 18;

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

/** A link to /dev/null, which the root may lack, or an empty file (systemd.unit(5)). */
const isMask = (files: FileView, path: string): boolean => {
  const link = files.link(path);
  if (link !== undefined && resolveFrom(dirOf(path), link) === '/dev/null') return true;
  return files.stat(path)?.sizeBytes === 0;
};

const names = new WeakMap<readonly FolderEntry[], ReadonlySet<string>>();

const isThere = (files: FileView, path: string): boolean => {
  const slash = path.lastIndexOf('/');
  const entries = files.list(path.slice(0, slash));
  // A folder of thousands of units is asked for each of them.
  const known = names.get(entries) ?? new Set(entries.map(({ name }) => name));
  names.set(entries, known);
  return known.has(path.slice(slash + 1));
};

/** `clamd@scan.service`: an instance, and the template that stands for all of them. */
const instanceOf = (
  name: string,
): { readonly instance: string; readonly template: string } | undefined => {
  const match = /^([^@]+@)([^@]+)(\.[a-z]+)$/.exec(name);
  return match === null
    ? undefined
    : { instance: match[2] ?? '', template: `${match[1] ?? ''}${match[3] ?? ''}` };
};

/** The file that counts for a unit: its own, or else the template of an instance. */
const fragmentOf = (files: FileView, name: string): string | undefined => {
  const template = instanceOf(name)?.template;
  return [name, ...(template === undefined ? [] : [template])]
    .flatMap(each => foldersOf(files).map(folder => `${folder}/${each}`))
    .find(path => isThere(files, path));
};

/** Puts an instance's name where its template says `%i`; `%I`, which is unescaped, likewise. */
const withInstance = (setting: UnitSetting, instance: string): UnitSetting => ({
  ...setting,
  value: setting.value
    .slice(0, 65_536)
    .replace(/%[%iI]/g, word => (word === '%%' ? word : instance)),
});

/** A unit with its drop-ins; undefined when there is none of that name, or it is masked. */
export const readUnit = (files: FileView, name: string): Unit | undefined => {
  const folders = foldersOf(files);
  const path = fragmentOf(files, name);
  if (path === undefined || isMask(files, path)) return undefined;
  const instanceName = instanceOf(name);
  const template = instanceName === undefined ? [] : [instanceName.template];
  const dropIns = [name, ...template].flatMap(each =>
    folders.flatMap(folder => files.glob(`${folder}/${each}.d/*.conf`)),
  );
  // The same name in two folders is one drop-in; they apply in the order of their names.
  const byName = new Map(dropIns.toReversed().map(each => [baseOf(each), each]));
  const ordered = [...byName.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
  const settings = [path, ...ordered].flatMap(each =>
    parseUnit(files.text(each, { bytesMax: unitBytesMax }) ?? '', each),
  );
  return {
    name,
    path,
    settings:
      instanceName === undefined
        ? settings
        : settings.map(each => withInstance(each, instanceName.instance)),
  };
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

/** `off`: masked, or a System V script that no runlevel starts. */
type BootState = 'started' | 'off' | 'not started' | 'unknown';

const namesIn = (files: FileView, pattern: string): readonly string[] =>
  files.glob(pattern).flatMap(folder => files.list(folder).map(({ name }) => name));

/** A `wants` link starts it, or its socket or timer. One whose target was not collected counts. */
const isWanted = (wanted: readonly string[], names: readonly string[]): boolean =>
  names.some(
    name =>
      ['.service', '.socket', '.timer'].some(ending => wanted.includes(name + ending)) ||
      wanted.some(each => each.startsWith(`${name}@`)),
  );

/** systemd runs the S links of System V scripts that have no unit of their own. */
const scriptState = (files: FileView, names: readonly string[]): BootState => {
  const links = files.glob('/etc/rc[2-5].d/S[0-9][0-9]*').map(path => baseOf(path).slice(3));
  if (links.some(each => names.includes(each))) return 'started';
  if (links.length === 0) return 'unknown';
  const hasScript = names.some(name => files.stat(`/etc/init.d/${name}`)?.kind === 'file');
  return hasScript ? 'off' : 'not started';
};

/** A systemd `wants` link, an S link of System V or an OpenRC runlevel starts it. */
const bootState = (files: FileView, asked: readonly string[]): BootState => {
  const fragments = asked.map(name => ({ name, path: fragmentOf(files, `${name}.service`) }));
  const isMasked = ({ path }: { readonly path: string | undefined }): boolean =>
    path !== undefined && isMask(files, path);
  const units = fragments.filter(each => each.path !== undefined && !isMasked(each));
  // One masked name of several says nothing of a unit that goes by another.
  if (units.length === 0 && fragments.some(isMasked)) return 'off';
  const names = fragments.filter(each => !isMasked(each)).map(({ name }) => name);
  const wanted = namesIn(files, '/etc/systemd/system/*.{wants,requires}');
  const packaged = foldersOf(files)
    .slice(1)
    .flatMap(folder => namesIn(files, `${folder}/*.target.wants`));
  if (isWanted(wanted, names) || isWanted(packaged, names)) return 'started';
  const runlevels = namesIn(files, '/etc/runlevels/*');
  if (runlevels.length > 0) {
    return runlevels.some(each => names.includes(each)) ? 'started' : 'not started';
  }
  if (units.length > 0) return wanted.length > 0 ? 'not started' : 'unknown';
  const script = scriptState(files, names);
  return script === 'unknown' && wanted.length > 0 ? 'not started' : script;
};

/**
 * Whether a service is started when the host starts. False: it is masked, or its script is in no
 * runlevel. Null: nothing that was seen starts it, though a person or another unit may.
 */
export const startsAtBoot = (files: FileView, names: readonly string[]): boolean | null => {
  const state = bootState(files, names);
  if (state === 'started') return true;
  return state === 'off' ? false : null;
};

/**
 * The same for a service whose configuration switches it on: where the host shows nothing of how it
 * starts services, what the configuration says stands.
 */
export const switchedOn = (files: FileView, names: readonly string[]): boolean | null =>
  bootState(files, names) === 'unknown' ? true : startsAtBoot(files, names);
