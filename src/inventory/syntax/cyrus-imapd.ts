import type { FileView } from '../../core/files.ts';
import { dirOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';

/** One `option: value` of imapd.conf(5). */
export interface CyrusOption {
  /** Lower case, with the service's name in front where it is written so: `imap_admins`. */
  readonly key: string;
  readonly value: string;
  readonly place: Place;
}

export interface CyrusOptions {
  readonly path: string;
  readonly options: readonly CyrusOption[];
  readonly files: readonly string[];
  /** What every program of Cyrus stops at when it starts. */
  readonly problems: readonly { readonly place: Place; readonly why: string }[];
}

const filesMax = 100;
const optionsMax = 20_000;
const valueMax = 65_536;
const problemsMax = 30;

interface State {
  readonly options: Map<string, CyrusOption>;
  readonly files: string[];
  readonly problems: { readonly place: Place; readonly why: string }[];
}

const take = (files: FileView, state: State, text: string, place: Place): void => {
  const problem = (why: string): void => {
    if (state.problems.length < problemsMax) state.problems.push({ place, why });
  };
  const match = /^(@?[A-Za-z0-9_-]*):([\s\S]*)$/.exec(text);
  if (match === null) return problem('this is not "option: value"');
  const key = (match[1] ?? '').toLowerCase();
  const value = (match[2] ?? '').trim().slice(0, valueMax);
  if (value === '') return problem(`${key.slice(0, 100)} has no value`);
  if (key === '@include') {
    // A relative path counts from wherever the program was started: mostly nobody knows.
    const path = value.startsWith('/') ? value : `${dirOf(place.path)}/${value}`;
    if (!value.startsWith('/')) problem('@include names a path that does not start with /');
    if (state.files.includes(path)) return problem(`${path.slice(0, 300)} is included twice`);
    if (files.stat(path) === undefined) return problem(`${path.slice(0, 300)} is not there`);
    readInto(files, state, path);
    return undefined;
  }
  if (key.startsWith('@')) return problem(`there is no directive ${key.slice(0, 100)}`);
  const known = state.options.get(key);
  if (known !== undefined) return problem(`${key.slice(0, 100)} is set a second time`);
  if (state.options.size < optionsMax) state.options.set(key, { key, value, place });
  return undefined;
};

const readInto = (files: FileView, state: State, path: string): void => {
  if (state.files.length >= filesMax) {
    state.problems.push({ place: { path }, why: 'is one included file too many' });
    return;
  }
  state.files.push(path);
  let held = '';
  let open = false;
  let from = 0;
  let line = 0;
  for (const raw of (files.text(path) ?? '').split('\n')) {
    line += 1;
    if (!open) from = line;
    // A backslash at the end goes on, in comments as well; nothing is put in its place.
    open = raw.endsWith('\\') && held.length < valueMax;
    held += open ? raw.slice(0, -1) : raw;
    if (open) continue;
    const whole = held.trim();
    held = '';
    if (whole !== '' && !whole.startsWith('#')) take(files, state, whole, { path, line: from });
  }
  const rest = held.trim();
  if (rest !== '' && !rest.startsWith('#')) take(files, state, rest, { path, line: from });
};

/** Reads imapd.conf(5): comments, continued lines, `@include`. An option set twice counts once. */
export const readCyrusOptions = (files: FileView, path: string): CyrusOptions => {
  const state: State = { options: new Map(), files: [], problems: [] };
  if (files.stat(path)?.kind === 'file') readInto(files, state, path);
  return {
    path,
    options: [...state.options.values()],
    files: state.files,
    problems: state.problems,
  };
};

const indexes = new WeakMap<CyrusOptions, ReadonlyMap<string, CyrusOption>>();

/**
 * What an option is for a service: with the service's name in front (`imap_admins` for the entry
 * `imap` of cyrus.conf), else without. No service: what counts for all.
 */
export const cyrusOption = (
  config: CyrusOptions,
  name: string,
  service?: string,
): CyrusOption | undefined => {
  const index =
    indexes.get(config) ?? new Map(config.options.map(option => [option.key, option] as const));
  indexes.set(config, index);
  const own = service === undefined ? undefined : index.get(`${service.toLowerCase()}_${name}`);
  return own ?? index.get(name);
};

/** yes, on, true, 1 (by their first letters, as libconfig.c takes them). */
export const isCyrusYes = (option: CyrusOption | undefined, otherwise = false): boolean =>
  option === undefined ? otherwise : /^(?:1|y|t|on)/.test(option.value);

export const cyrusWords = (option: CyrusOption | undefined): readonly string[] =>
  option === undefined ? [] : option.value.split(/\s+/).filter(Boolean).slice(0, 1_000);
