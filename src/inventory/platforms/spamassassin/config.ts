import type { FileView } from '../../../core/files.ts';
import { baseOf, dirOf, resolveFrom } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { evaluate } from './condition.ts';

/** A `loadplugin` or `tryplugin` line. */
export interface Load {
  readonly plugin: string;
  /** The file that it names, absolute; undefined: looked for in Perl's own folders. */
  readonly path?: string;
  /** `off`: in a comment, or under a condition that does not hold. `perhaps`: under a condition that cannot be decided from outside. */
  readonly state: 'on' | 'perhaps' | 'off';
  readonly place: Place;
}

export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly place: Place;
}

export interface Config {
  readonly loads: readonly Load[];
  readonly settings: readonly Setting[];
}

const limits = { files: 400, depth: 12, loads: 5_000, settings: 2_000 } as const;

/** Settings that Postern asks about; rules and scores are passed over. */
const wanted =
  /^(?:allow_user_rules|bayes_(?:store_module|sql_\w+)|user_(?:awl|scores)_\w+|txrep_\w+|auto_(?:welcome|white)list_\w+|use_(?:dcc|pyzor|razor2|bayes|txrep|auto_whitelist)|dcc_\w+|pyzor_\w+|razor_\w+)$/;

/** Reads the files in order, as Mail::SpamAssassin::Conf::Parser does: conditions, includes. */
export const readConfig = (
  files: FileView,
  paths: readonly string[],
  version: number | undefined,
): Config => {
  const reader = new Reader(files, version);
  for (const path of paths) reader.file(path, 0);
  return { loads: reader.loads, settings: reader.settings };
};

/** Whether each condition around a line holds. */
type Held = boolean | undefined;

class Reader {
  readonly loads: Load[] = [];
  readonly settings: Setting[] = [];
  readonly #files: FileView;
  readonly #version: number | undefined;
  readonly #loaded = new Set<string>();
  #filesLeft: number = limits.files;

  constructor(files: FileView, version: number | undefined) {
    this.#files = files;
    this.#version = version;
  }

  file(path: string, depth: number): void {
    this.#filesLeft -= 1;
    if (this.#filesLeft < 0 || depth > limits.depth) {
      this.#files.note({
        what: path,
        why: 'is included too deeply or too often',
        how: 'Look for an include that leads back to its own file.',
      });
      return;
    }
    const text = this.#files.text(path);
    if (text === undefined) return;
    const stack: Held[] = [];
    let line = 0;
    for (const raw of text.split('\n')) {
      line += 1;
      this.#line(raw.trim(), { path, line }, stack, depth);
    }
  }

  #line(raw: string, place: Place, stack: Held[], depth: number): void {
    if (raw === '') return;
    if (raw.startsWith('#')) {
      const off = /^#+\s*(?:loadplugin|tryplugin)\s+(\S+)(?:\s+(\S+))?\s*$/.exec(raw);
      if (off !== null) this.#load(off[1] ?? '', off[2], 'off', place);
      return;
    }
    // A backslash spares a hash from being a comment.
    const hash = raw.search(/(?<!\\)#/);
    const bare = (hash < 0 ? raw : raw.slice(0, hash)).replace(/^lang\s+\S+\s+/, '').trim();
    const blank = bare.search(/[\s(]/);
    const name = (blank < 0 ? bare : bare.slice(0, blank)).toLowerCase();
    const value = blank < 0 ? '' : bare.slice(blank).trim();
    if (this.#conditional(name, value, stack)) return;
    const left = stack.includes(false);
    if (name === 'loadplugin' || name === 'tryplugin') {
      const [plugin = '', path] = value.split(/\s+/);
      const state = left ? 'off' : stack.includes(undefined) ? 'perhaps' : 'on';
      this.#load(plugin, path, state, place);
    } else if (left) {
      // Under a condition that does not hold nothing counts.
    } else if (name === 'include') {
      this.file(resolveFrom(dirOf(place.path), value), depth + 1);
    } else if (wanted.test(name) && this.settings.length < limits.settings) {
      this.settings.push({ name, value: value.slice(0, 1_000), place });
    }
  }

  #conditional(name: string, value: string, stack: Held[]): boolean {
    if (name === 'ifplugin') stack.push(this.#loaded.has(value));
    else if (name === 'if') {
      stack.push(
        evaluate(value, {
          version: this.#version,
          plugin: plugin => this.#loaded.has(plugin),
        }),
      );
    } else if (name === 'else') {
      const last = stack.pop();
      stack.push(last === undefined ? undefined : !last);
    } else if (name === 'endif') stack.pop();
    else return false;
    return true;
  }

  #load(plugin: string, path: string | undefined, state: Load['state'], place: Place): void {
    if (!/^\w+(?:::\w+)*$/.test(plugin) || this.loads.length >= limits.loads) return;
    if (state !== 'off') this.#loaded.add(plugin);
    this.loads.push({
      plugin,
      ...(path === undefined ? {} : { path: resolveFrom(dirOf(place.path), path) }),
      state,
      place,
    });
  }
}

/** The last value of a setting, and where it stands. */
export const settingOf = (config: Config, name: string): Setting | undefined =>
  config.settings.findLast(each => each.name === name);

/** `.pre` or `.cf` files of a folder, in the order in which they are read. */
export const filesOfKind = (
  files: FileView,
  folder: string,
  ending: 'pre' | 'cf',
): readonly string[] =>
  files
    .glob(`${folder}/*.${ending}`)
    .filter(path => files.stat(path)?.kind === 'file' && !baseOf(path).startsWith('.'));
