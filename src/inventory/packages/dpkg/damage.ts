import type { FileView } from '../../../core/files.ts';
import type { Stanza } from '../../../core/formats/deb822.ts';

const infoFolder = '/var/lib/dpkg/info';
const listBytesMax = 16 << 20;
/** Of lists that no stanza goes with, those that are looked into; of each, the paths that are looked for. */
const listsMax = 200;
const pathsMax = 200;

export const dpkgRemedy =
  'Compare with /var/lib/dpkg/status-old and /var/backups/dpkg.status.0, then run dpkg --audit.';

/** How dpkg begins what it writes of an installed package; a file made by hand seldom holds all of these. */
const writtenByDpkg: readonly string[] = ['installed-size', 'maintainer', 'description'];

/** What the stanzas of a status have in common, the last one left out. */
export interface CommonFields {
  add(stanza: Stanza): void;
  /** Fields that every stanza so far has. */
  readonly all: ReadonlySet<string>;
}

export const openCommonFields = (): CommonFields => {
  let common: Set<string> | undefined;
  return {
    add: ({ fields }) => {
      if (common === undefined) common = new Set(fields.keys());
      else for (const name of common) if (!fields.has(name)) common.delete(name);
    },
    get all() {
      return common ?? new Set();
    },
  };
};

/**
 * Whether the file ends too early: within a line, or after one. dpkg ends each stanza with an empty line, which
 * who writes a status by hand may leave out: that is cut off which dpkg wrote, or what ends within a line and
 * lacks a field that all stanzas before it have.
 */
export const cutOff = (
  files: FileView,
  path: string,
  last: Stanza,
  { all }: CommonFields,
): 'within a line' | 'after a line' | undefined => {
  const bytes = files.slice(path, -2, 2);
  const end = bytes === undefined ? '' : Buffer.from(bytes).toString('latin1');
  if (end === '' || end === '\n\n') return undefined;
  const at = end.endsWith('\n') ? 'after a line' : 'within a line';
  if (writtenByDpkg.every(name => all.has(name))) return at;
  return at === 'within a line' && [...all].some(name => !last.fields.has(name)) ? at : undefined;
};

/**
 * Of a status in the order of names, as dpkg writes it, the packages before a gap: what is left of their stanza
 * may go on in that of a package which was lost, and name its version.
 */
export const besideGaps = (
  known: ReadonlySet<string>,
  lost: readonly string[],
): ReadonlySet<string> => {
  const names = [...known];
  if (names.some((name, i) => i > 0 && name < (names[i - 1] ?? ''))) return new Set();
  return new Set(lost.flatMap(name => names.findLast(each => each < name) ?? []));
};

/** Whether any of the files that a package installed is there. */
const isThere = (files: FileView, list: string): boolean => {
  const paths = (files.text(`${infoFolder}/${list}`, { bytesMax: listBytesMax }) ?? '').split('\n');
  return paths
    .filter(path => path.startsWith('/'))
    .slice(-pathsMax)
    .some(path => {
      const kind = files.stat(path)?.kind;
      return kind !== undefined && kind !== 'folder';
    });
};

/**
 * Names of packages whose files are there, and are listed as theirs, while the status does not know them: it
 * lost them. A list alone may have been left behind.
 *
 * @param known every package that has a stanza, removed ones too.
 */
export const lostPackages = (files: FileView, known: ReadonlySet<string>): readonly string[] =>
  files
    .list(infoFolder)
    .flatMap(({ name: list }) => {
      const name = /^([\w+.-]{1,200}?)(?::[\w-]+)?\.list$/.exec(list)?.[1];
      return name === undefined || known.has(name) ? [] : [{ name, list }];
    })
    .slice(0, listsMax)
    .flatMap(({ name, list }) => (isThere(files, list) ? [name] : []));
