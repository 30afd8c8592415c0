import type { FileView } from '../../core/files.ts';
import { dirOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type DovecotLine, parseDovecotLine } from './dovecot-lines.ts';

/** Which grammar and rules of inheritance apply. Version 3 is the commercial twin of 2.4. */
export type DovecotSyntax = '2.3' | '2.4';

/** One `key = value`, with variables and files put in as far as they can be told. */
export interface DovecotSetting {
  readonly key: string;
  readonly value: string;
  /** As written, before `$` was expanded; `<path` for a value that is a file's content. */
  readonly raw: string;
  /** The file that the value is read from. */
  readonly file?: string;
  /** The settings that a `$` in it was replaced by. */
  readonly via: readonly DovecotSetting[];
  readonly place: Place;
  /** Grows with every setting read: of two, the greater counts. */
  readonly order: number;
}

/** `key name { … }`; the whole configuration is a block without key. Equal blocks are one. */
export interface DovecotBlock {
  readonly key: string;
  readonly name: string;
  readonly place: Place;
  readonly parent?: DovecotBlock;
  readonly settings: readonly DovecotSetting[];
  readonly blocks: readonly DovecotBlock[];
}

interface DovecotProblem {
  readonly place: Place;
  readonly why: string;
}

export interface DovecotConfig {
  readonly path: string;
  readonly syntax: DovecotSyntax;
  /** `dovecot_config_version`. */
  readonly configVersion?: string;
  readonly root: DovecotBlock;
  readonly files: readonly string[];
  /** What Dovecot itself would stop at, or what could not be told from files. */
  readonly problems: readonly DovecotProblem[];
}

interface Building extends DovecotBlock {
  readonly parent?: Building;
  readonly settings: DovecotSetting[];
  readonly blocks: Building[];
  /** Blocks within, by key and name. */
  readonly byName: Map<string, Building>;
}

const nameIn = (key: string, name: string): string => `${key}\0${name}`;

interface Input {
  readonly path: string;
  readonly lines: readonly string[];
  next: number;
}

const depthMax = 32;
const filesMax = 2_000;
const linesMax = 400_000;
const valueMax = 65_536;
/** What all expanded values may hold together: a value that names itself doubles. */
const expandedMax = 8 << 20;
/** Settings and blocks that all uses of groups may add together. */
const groupedMax = 50_000;
const problemsMax = 50;

const filters = new Set(['protocol', 'local', 'local_name', 'remote']);
/** 2.3: blocks without a name that are one and the same however often they are opened. */
const once23 = new Set(['plugin', 'dict']);
/** Values of these settings are never looked at, not even to tell their length. */
const secretKey = /key|pass|secret|token|cert|_dh$|_ca$|nonce/i;

/** Defaults that configurations refer to with a `$` (`doveconf -d`). */
const defaults: Readonly<Record<string, string>> = {
  default_internal_user: 'dovecot',
  default_internal_group: 'dovecot',
  default_login_user: 'dovenull',
  default_vsz_limit: '256 M',
  default_process_limit: '100',
  default_client_limit: '1000',
  base_dir: '/run/dovecot',
  mail_plugins: '',
  login_log_format_elements: 'user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}>',
};

export const isDovecotFilter = (block: DovecotBlock): boolean => filters.has(block.key);

const enclosing = (block: Building, isOwn: (each: Building) => boolean): Building => {
  let at = block;
  while (at.parent !== undefined && !isOwn(at)) at = at.parent;
  return at;
};

class Reader {
  readonly root: Building;
  readonly read: string[] = [];
  readonly problems: DovecotProblem[] = [];
  syntax: DovecotSyntax;
  configVersion: string | undefined;
  readonly #files: FileView;
  readonly #preset: Readonly<Record<string, string>>;
  readonly #inputs: Input[] = [];
  readonly #includes: { block: Building; label: string; name: string; place: Place }[] = [];
  #block: Building;
  #order = 0;
  #expanded = 0;
  #filled = 0;
  /** Blocks that are open and passed over. */
  #depth = 0;

  constructor(files: FileView, path: string, syntax: DovecotSyntax, protocols: string) {
    this.#files = files;
    this.syntax = syntax;
    this.#preset = { ...defaults, protocols };
    this.root = {
      key: '',
      name: '',
      place: { path },
      settings: [],
      blocks: [],
      byName: new Map(),
    };
    this.#block = this.root;
  }

  run(path: string): void {
    this.#open(path);
    let held = '';
    let heldFrom = 0;
    let count = 0;
    for (let input = this.#inputs.at(-1); input !== undefined; input = this.#inputs.at(-1)) {
      const raw = input.lines[input.next];
      if (raw === undefined) {
        this.#inputs.pop();
        continue;
      }
      input.next += 1;
      count += 1;
      if (count > linesMax) {
        this.#problem({ path: input.path, line: input.next }, 'there are too many lines to read');
        return;
      }
      const line = parseDovecotLine(raw, held);
      if (line.kind === 'held') {
        if (held === '') heldFrom = input.next;
        held = (held + line.text).slice(0, valueMax);
        continue;
      }
      // Dovecot drops what it held when a comment or an empty line comes in between.
      const from = held === '' ? input.next : Math.min(heldFrom, input.next);
      held = '';
      this.#take(line, { path: input.path, line: from });
    }
    if (this.#block !== this.root) {
      this.#problem(this.#block.place, `the block ${this.#block.key} { is not closed`);
    }
    this.#joinGroups();
  }

  #problem(place: Place, why: string): void {
    if (this.problems.length < problemsMax) this.problems.push({ place, why });
  }

  #open(path: string): boolean {
    const text = this.#files.text(path);
    if (text === undefined) return false;
    if (!this.read.includes(path)) this.read.push(path);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    this.#inputs.push({ path, lines, next: 0 });
    return true;
  }

  #take(line: Exclude<DovecotLine, { kind: 'held' }>, place: Place): void {
    switch (line.kind) {
      case 'nothing':
        return;
      case 'wrong':
        return this.#problem(place, line.why);
      case 'include':
        return this.#include(line.pattern, line.optional, place);
      case 'close':
        if (this.#depth > 0) this.#depth -= 1;
        else if (this.#block.parent === undefined) this.#problem(place, "a '}' closes nothing");
        else this.#block = this.#block.parent;
        return;
      case 'open':
        return this.#enter(line.key, line.name, line.named, place);
      case 'setting':
        return this.#set(line, place);
    }
  }

  #include(pattern: string, optional: boolean, place: Place): void {
    const full = pattern.startsWith('/') ? pattern : `${dirOf(place.path)}/${pattern}`;
    const found = this.#files.glob(full);
    if (found.length === 0 && !optional) {
      this.#problem(place, `nothing is there that !include ${pattern.slice(0, 300)} names`);
    }
    // The last one opened is read first.
    for (const path of found.toReversed()) {
      if (this.#inputs.some(each => each.path === path)) {
        this.#problem(place, `${path} includes itself`);
      } else if (this.#inputs.length > depthMax + found.length || this.read.length > filesMax) {
        this.#problem(place, `${path} is included too deeply or is one file too many`);
      } else if (!this.#open(path) && !optional) {
        this.#problem(place, `${path} cannot be read`);
      }
    }
  }

  #enter(key: string, name: string, named: boolean, place: Place): void {
    let levels = 0;
    for (let at: Building | undefined = this.#block; at !== undefined; at = at.parent) levels += 1;
    if (levels > depthMax || this.#depth > 0) {
      if (this.#depth === 0) this.#problem(place, 'blocks are nested too deeply');
      this.#depth += 1;
      return;
    }
    const joins = named || this.syntax === '2.4' || once23.has(key);
    const known = joins ? this.#block.byName.get(nameIn(key, name)) : undefined;
    const block: Building = known ?? {
      key,
      name,
      place,
      parent: this.#block,
      settings: [],
      blocks: [],
      byName: new Map(),
    };
    if (known === undefined) {
      this.#block.blocks.push(block);
      if (joins) this.#block.byName.set(nameIn(key, name), block);
    }
    this.#block = block;
  }

  #set(line: Extract<DovecotLine, { kind: 'setting' }>, place: Place): void {
    if (this.#depth > 0) return;
    const { key } = line;
    if (this.syntax === '2.4' && key.startsWith('@')) {
      this.#includes.push({ block: this.#block, label: key, name: line.value, place });
      return;
    }
    this.#order += 1;
    const base = { key, via: [], place, order: this.#order };
    if (line.form === 'file') {
      const file = line.value.startsWith('/') ? line.value : `${dirOf(place.path)}/${line.value}`;
      const value = secretKey.test(key) ? '' : (this.#files.text(file) ?? '').slice(0, valueMax);
      this.#block.settings.push({ ...base, value, raw: `<${line.value}`, file });
      return;
    }
    if (line.form === 'variables') {
      const { value, via } = this.#expand(key, line.value, place);
      this.#block.settings.push({ ...base, value, raw: line.value, via });
      return;
    }
    const value = line.value.slice(0, valueMax);
    this.#block.settings.push({ ...base, value, raw: value });
    if (key === 'dovecot_config_version' && this.#block === this.root) {
      this.configVersion ??= value;
      this.syntax = '2.4';
    }
  }

  /**
   * A `$` names a setting of the block that it stands in or its default; only a setting that names
   * itself sees what the blocks around it say.
   */
  #lookUp(key: string, name: string): DovecotSetting | string | undefined {
    const isOwn = (each: Building): boolean => this.syntax === '2.4' || isDovecotFilter(each);
    for (let at: Building | undefined = enclosing(this.#block, isOwn); at !== undefined; ) {
      const found = at.settings.findLast(each => each.key === name);
      if (found !== undefined) return found;
      if (key !== name || at.parent === undefined) break;
      at = enclosing(at.parent, isOwn);
    }
    return Object.hasOwn(this.#preset, name) ? this.#preset[name] : undefined;
  }

  #expand(
    key: string,
    text: string,
    place: Place,
  ): { readonly value: string; readonly via: readonly DovecotSetting[] } {
    const via: DovecotSetting[] = [];
    const words = text.split(/\s+/).map(word => {
      const name =
        this.syntax === '2.4' ? /^\$SET:(.+)$/.exec(word) : /^\$(?!ENV:)(.+)$/.exec(word);
      if (word.startsWith('$ENV:')) {
        this.#problem(place, `${key} depends on the environment that Dovecot was started with`);
        return word;
      }
      if (name === null) return word;
      const found = this.#lookUp(key, name[1] ?? '');
      if (found === undefined) {
        this.#problem(place, `what ${word.slice(0, 100)} stands for is not known`);
        return word;
      }
      if (typeof found === 'string') return found;
      via.push(found);
      return found.value;
    });
    const value = words.join(' ').slice(0, valueMax);
    this.#expanded += value.length;
    if (this.#expanded <= expandedMax) return { value, via };
    this.#problem(place, `${key} and what it refers to grow too long`);
    return { value: text, via: [] };
  }

  /** `@label = name` adds the group's settings that the block does not make itself. */
  #joinGroups(): void {
    for (const { block, label, name, place } of this.#includes.slice(0, 1_000)) {
      const group = this.root.byName.get(nameIn(label, name));
      if (group === undefined) this.#problem(place, `there is no group ${label} ${name}`);
      else this.#fill(block, group, 0);
    }
  }

  #tooMuch(place: Place): boolean {
    this.#filled += 1;
    if (this.#filled === groupedMax) this.#problem(place, 'groups add too many settings');
    return this.#filled >= groupedMax;
  }

  #fill(into: Building, from: Building, depth: number): void {
    if (depth > depthMax) return;
    const own = new Set(into.settings.map(each => each.key));
    for (const setting of from.settings) {
      if (own.has(setting.key)) continue;
      if (this.#tooMuch(into.place)) return;
      into.settings.push(setting);
    }
    for (const block of from.blocks) {
      if (this.#tooMuch(into.place)) return;
      const id = nameIn(block.key, block.name);
      let same = into.byName.get(id);
      if (same === undefined) {
        same = { ...block, parent: into, settings: [], blocks: [], byName: new Map() };
        into.blocks.push(same);
        into.byName.set(id, same);
      }
      this.#fill(same, block, depth + 1);
    }
  }
}

/**
 * Reads a Dovecot configuration as `doveconf` does (doc.dovecot.org, Settings syntax): includes,
 * continued lines, quotes, `$` variables, blocks that are opened twice, groups. What Dovecot would
 * refuse to start with is a problem; the rest is read all the same.
 *
 * @param syntax what the installed version speaks; `dovecot_config_version` overrides it.
 * @param protocols the default of `protocols`, which packagers change.
 */
export const readDovecotConfig = (
  files: FileView,
  path: string,
  syntax: DovecotSyntax = '2.3',
  protocols = '',
): DovecotConfig => {
  const reader = new Reader(files, path, syntax, protocols);
  reader.run(path);
  return {
    path,
    syntax: reader.syntax,
    ...(reader.configVersion === undefined ? {} : { configVersion: reader.configVersion }),
    root: reader.root,
    files: reader.read,
    problems: reader.problems,
  };
};
