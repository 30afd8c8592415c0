import type { Place } from '../../core/place.ts';

const cyrusSections = ['START', 'SERVICES', 'EVENTS', 'DAEMON'] as const;
type CyrusSection = (typeof cyrusSections)[number];

/** One entry of cyrus.conf(5): `imap cmd="imapd" listen="imap" prefork=0`. */
export interface CyrusEntry {
  readonly section: CyrusSection;
  readonly name: string;
  readonly args: ReadonlyMap<string, string>;
  readonly place: Place;
  /** The entry stands behind a `#`: it was switched off. */
  readonly commented: boolean;
}

export interface CyrusMaster {
  readonly path: string;
  readonly entries: readonly CyrusEntry[];
  /** What master(8) stops at. */
  readonly problems: readonly { readonly place: Place; readonly why: string }[];
}

const entriesMax = 2_000;
const problemsMax = 30;
const argsMax = 64;

/** `key=value` and `key="value"`; of two the first counts. Undefined: master stops at it. */
const argsOf = (text: string): ReadonlyMap<string, string> | string => {
  const out = new Map<string, string>();
  let rest = text.trimStart();
  for (let count = 0; rest !== '' && rest !== '}'; count++) {
    if (count >= argsMax) return 'it has too many arguments';
    const key = /^([A-Za-z0-9]*)=/.exec(rest);
    if (key === null) return 'an argument is not key=value';
    const after = rest.slice(key[0].length);
    let value: string;
    if (after.startsWith('"')) {
      const end = after.indexOf('"', 1);
      if (end < 0) return 'a quote is not closed';
      value = after.slice(1, end);
      rest = after.slice(end + 1).trimStart();
    } else {
      value = /^\S*/.exec(after)?.[0] ?? '';
      rest = after.slice(value.length).trimStart();
    }
    const name = key[1] ?? '';
    if (!out.has(name)) out.set(name, value.slice(0, 4_096));
  }
  return out;
};

const entryOf = (
  section: CyrusSection,
  text: string,
  place: Place,
  commented: boolean,
): CyrusEntry | string => {
  const match = /^([A-Za-z0-9]+)\s+(.*)$/s.exec(text);
  if (match === null) return 'this is not a name with arguments';
  const args = argsOf(match[2] ?? '');
  return typeof args === 'string'
    ? args
    : { section, name: match[1] ?? '', args, place, commented };
};

const sectionOf = (text: string): CyrusSection | undefined => {
  const word = /^([A-Za-z0-9]+)[^A-Za-z0-9]*\{/.exec(text)?.[1]?.toUpperCase();
  return cyrusSections.find(section => section === word);
};

const depthBy = (text: string): number => text.split('{').length - text.split('}').length;

/** Reads cyrus.conf(5) as masterconf.c does: a `#` anywhere in a line ends it. */
export const parseCyrusMaster = (text: string, path: string): CyrusMaster => {
  const entries: CyrusEntry[] = [];
  const problems: { readonly place: Place; readonly why: string }[] = [];
  let section: CyrusSection | undefined;
  let depth = 0;
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const place = { path, line };
    const hash = raw.indexOf('#');
    const bare = (hash < 0 ? raw : raw.slice(0, hash)).trim();
    if (section === undefined) {
      const opened = depth === 0 ? sectionOf(bare) : undefined;
      if (opened !== undefined && depthBy(bare) === 1) section = opened;
      else depth = Math.max(0, depth + depthBy(bare));
      continue;
    }
    if (bare === '' && hash >= 0) {
      const off = entryOf(section, raw.slice(hash).replace(/^[#\s]+/, ''), place, true);
      if (typeof off !== 'string' && off.args.has('cmd') && entries.length < entriesMax) {
        entries.push(off);
      }
    }
    if (bare === '') continue;
    if (bare.startsWith('}')) {
      section = undefined;
      continue;
    }
    const found = entryOf(section, bare, place, false);
    if (typeof found !== 'string') {
      if (entries.length < entriesMax) entries.push(found);
      if (!found.args.has('cmd') && problems.length < problemsMax) {
        problems.push({ place, why: `the entry ${found.name.slice(0, 100)} has no cmd` });
      }
    } else if (problems.length < problemsMax) problems.push({ place, why: found });
    // An end behind the entry counts as well; one within quotes does too.
    if (bare.includes('}')) section = undefined;
  }
  if (section !== undefined && problems.length < problemsMax) {
    problems.push({ place: { path, line }, why: `the section ${section} is not closed` });
  }
  return { path, entries, problems };
};
