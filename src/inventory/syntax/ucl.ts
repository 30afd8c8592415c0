import type { FileView } from '../../core/files.ts';
import { hasWildcard } from '../../core/glob.ts';
import { baseOf, dirOf, resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { bareValue, blankTemplates, quotedValue, skipBlank } from './ucl-lexer.ts';

/**
 * A value of the Universal Configuration Language as libucl builds it. A key that is written more
 * than once with equal priority holds several values: libucl's implicit array.
 */
export interface UclValue {
  readonly kind: 'object' | 'array' | 'string' | 'bare';
  /** Text of a scalar, variables expanded; empty for objects and arrays. */
  readonly text: string;
  readonly place: Place;
  readonly priority: number;
  readonly keys: ReadonlyMap<string, readonly UclValue[]>;
  readonly items: readonly UclValue[];
}

interface Node extends UclValue {
  readonly keys: Map<string, Node[]>;
  readonly items: Node[];
}

export interface UclOptions {
  /** `CONFDIR` and its like, without the dollar sign. */
  readonly variables: Readonly<Record<string, string>>;
  /** Told of each file that must be there and could not be read: what is not set may be set in it. */
  readonly onMissing?: (path: string) => void;
}

const limits = { depth: 64, files: 2_000, includeDepth: 16, values: 200_000 } as const;

/** One file being read: how its values join those that are there. */
interface Chunk {
  readonly text: string;
  readonly path: string;
  readonly priority: number;
  readonly merge: boolean;
  readonly includeDepth: number;
}

/** Reads a file and all that it includes. What is missing or odd is noted; the rest is answered. */
export const readUcl = (files: FileView, path: string, options: UclOptions): UclValue => {
  const reader = new Reader(files, options);
  const root = reader.node('object', '', { path, line: 1 }, 0);
  reader.file(path, root, { priority: 0, merge: false, includeDepth: 0 });
  return root;
};

/** Reads text alone, includes not followed: for tests and single values. */
export const parseUcl = (text: string, files: FileView, path = '/'): UclValue => {
  const reader = new Reader(files, { variables: {} });
  const root = reader.node('object', '', { path, line: 1 }, 0);
  reader.chunk({ text, path, priority: 0, merge: false, includeDepth: 0 }, root);
  return root;
};

class Reader {
  readonly #files: FileView;
  readonly #options: UclOptions;
  #filesLeft = limits.files;
  #valuesLeft = limits.values;

  constructor(files: FileView, options: UclOptions) {
    this.#files = files;
    this.#options = options;
  }

  node(kind: UclValue['kind'], text: string, place: Place, priority: number): Node {
    this.#valuesLeft -= 1;
    return { kind, text, place, priority, keys: new Map(), items: [] };
  }

  file(path: string, into: Node, how: Omit<Chunk, 'text' | 'path'>): void {
    this.#filesLeft -= 1;
    const raw = this.#files.text(path);
    if (raw === undefined) return;
    const { text, found } = blankTemplates(raw);
    if (found) {
      this.#note(path, 'holds template expressions ({% … %} or {= … =}) that depend on variables');
    }
    this.chunk({ text, path, ...how }, into);
  }

  chunk(chunk: Chunk, into: Node): void {
    new Parser(chunk, this, this.#options.variables).body(into, 0);
  }

  get exhausted(): boolean {
    return this.#valuesLeft <= 0;
  }

  /** `.include(try=true; priority=1,duplicate=merge) "path"`. */
  include(from: Chunk, args: UclValue, target: string, into: Node): void {
    const flag = (name: string): boolean => isUclTrue(uclGet(args, name)) === true;
    if (/^[a-z][a-z0-9+]*:\/\//i.test(target)) {
      this.#note(target, `is included by ${from.path} from the network`);
      return;
    }
    const path = resolveFrom(dirOf(from.path), target);
    if (from.includeDepth >= limits.includeDepth || this.#filesLeft <= 0 || this.exhausted) {
      this.#note(path, `is included too deeply or too often (from ${from.path})`);
      return;
    }
    const paths =
      flag('glob') && hasWildcard(path)
        ? this.#files.glob(path)
        : this.#files.stat(path)?.kind === 'file'
          ? [path]
          : [];
    if (paths.length === 0 && !flag('try') && !flag('glob')) {
      this.#note(path, `is included by ${from.path} and cannot be read`);
      this.#options.onMissing?.(path);
    }
    const priority = Number(uclGet(args, 'priority')?.text ?? from.priority);
    for (const each of paths) {
      const key =
        uclGet(args, 'key')?.text ??
        (flag('prefix') ? baseOf(each).replace(/\.[^.]*$/, '') : undefined);
      this.file(each, key === undefined ? into : this.#below(into, key, each), {
        priority: Number.isFinite(priority) ? priority : 0,
        merge: uclGet(args, 'duplicate')?.text === 'merge',
        includeDepth: from.includeDepth + 1,
      });
    }
  }

  unknownMacro(chunk: Chunk, name: string, line: number): void {
    if (!['priority', 'inherit', 'load', 'try_include'].includes(name)) {
      this.#note(`${chunk.path}:${line}`, `the macro .${name} is not understood`);
    }
  }

  odd(chunk: Chunk, line: number, why: string): void {
    this.#note(`${chunk.path}:${line}`, why);
  }

  #below(into: Node, key: string, path: string): Node {
    const known = into.keys.get(key)?.[0];
    if (known?.kind === 'object') return known;
    const made = this.node('object', '', { path, line: 1 }, 0);
    into.keys.set(key, [made]);
    return made;
  }

  #note(what: string, why: string): void {
    this.#files.note({
      what,
      why,
      how: 'Compare with what `rspamadm configdump` prints on the host itself.',
    });
  }
}

class Parser {
  readonly #chunk: Chunk;
  readonly #reader: Reader;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #names: readonly string[];
  #at = 0;
  #line = 1;
  #oddNoted = false;

  constructor(chunk: Chunk, reader: Reader, variables: Readonly<Record<string, string>>) {
    this.#chunk = chunk;
    this.#reader = reader;
    this.#variables = variables;
    this.#names = Object.keys(variables).toSorted((a, b) => b.length - a.length);
  }

  /** `key value` pairs up to the closing brace or the end. */
  body(into: Node, depth: number): void {
    const { text } = this.#chunk;
    for (;;) {
      this.#blank(true);
      const c = text.charAt(this.#at);
      if (c === '' || this.#reader.exhausted) return;
      if (c === '}') {
        this.#at += 1;
        return;
      }
      if (c === ']' || c === ')' || c === '=' || c === ':') {
        this.#odd(`"${c}" stands where a key was expected`);
        this.#at += 1;
      } else if (c === '.' && /[a-z]/i.test(text.charAt(this.#at + 1))) this.#macro(into);
      else if (c === '{' && into.keys.size === 0 && depth === 0) {
        // A whole file may stand in braces, as JSON does.
        this.#at += 1;
      } else this.#pair(into, depth);
    }
  }

  #pair(into: Node, depth: number): void {
    const line = this.#line;
    const key = this.#key();
    if (key === '') {
      this.#odd(`"${this.#chunk.text.charAt(this.#at)}" stands where a key was expected`);
      this.#at += 1;
      return;
    }
    this.#blank(false);
    let separated = false;
    while (/[=:]/.test(this.#chunk.text.charAt(this.#at))) {
      separated = true;
      this.#at += 1;
      this.#blank(false);
    }
    const named = !separated && this.#hasNestedKey();
    this.#value(depth, line, named, kind => {
      const made = this.#reader.node(kind, '', this.#place(line), this.#chunk.priority);
      return this.#insert(into, key, made);
    });
  }

  /** Reads a value; `place` makes room for it once its kind is known. */
  #value(
    depth: number,
    line: number,
    named: boolean,
    place: (kind: UclValue['kind']) => Node,
  ): void {
    const c = this.#chunk.text.charAt(this.#at);
    if (depth >= limits.depth) {
      this.#odd(`nested deeper than ${limits.depth}`);
      this.#at = this.#chunk.text.length;
    } else if (named) this.#pair(place('object'), depth + 1);
    else if (c === '{') {
      this.#at += 1;
      this.body(place('object'), depth + 1);
    } else if (c === '[') {
      this.#at += 1;
      this.#array(place('array'), depth + 1);
    } else {
      const scalar = this.#scalar();
      const node = place(scalar.kind);
      Object.assign(node, { text: scalar.text, place: this.#place(line) });
    }
  }

  #array(into: Node, depth: number): void {
    for (;;) {
      this.#blank(true);
      const c = this.#chunk.text.charAt(this.#at);
      if (c === '' || this.#reader.exhausted) return;
      if (c === ']') {
        this.#at += 1;
        return;
      }
      if (c === '}') {
        this.#odd('"}" stands inside a list');
        return;
      }
      const line = this.#line;
      this.#value(depth, line, false, kind => {
        const made = this.#reader.node(kind, '', this.#place(line), this.#chunk.priority);
        into.items.push(made);
        return made;
      });
    }
  }

  #scalar(): { kind: 'string' | 'bare'; text: string } {
    const { text } = this.#chunk;
    const quoted = quotedValue(text, this.#at);
    const { end, value, plain } = quoted ?? bareValue(text, this.#at);
    for (let i = this.#at; i < end; i++) if (text.charCodeAt(i) === 10) this.#line += 1;
    if (end === this.#at) this.#at += 1;
    else this.#at = end;
    return {
      kind: quoted === undefined ? 'bare' : 'string',
      text: plain ? value : this.#expand(value),
    };
  }

  #key(): string {
    const { text } = this.#chunk;
    const quoted = quotedValue(text, this.#at);
    if (quoted !== undefined) {
      for (let i = this.#at; i < quoted.end; i++) if (text.charCodeAt(i) === 10) this.#line += 1;
      this.#at = quoted.end;
      return quoted.value.slice(0, 1_000);
    }
    const from = this.#at;
    while (/[^\s={}[\]:;,"'#]/.test(text.charAt(this.#at))) this.#at += 1;
    return text.slice(from, Math.min(this.#at, from + 1_000));
  }

  /** Whether a brace follows on this line: then what comes next is a section's name. */
  #hasNestedKey(): boolean {
    const { text } = this.#chunk;
    if (/[{[]/.test(text.charAt(this.#at))) return false;
    for (let i = this.#at; i < text.length && i < this.#at + 1_000; i++) {
      const c = text.charAt(i);
      if (c === '{' || c === '[') return true;
      if (c === '\n' || c === ';' || c === ',' || c === '#' || c === '=' || c === ':') return false;
      if (c === '"' || c === "'") {
        const quoted = quotedValue(text, i);
        if (quoted === undefined) return false;
        i = quoted.end - 1;
      }
    }
    return false;
  }

  /** How libucl joins a value with one of the same key: by priority, or by merging. */
  #insert(into: Node, key: string, made: Node): Node {
    const known = into.keys.get(key);
    const head = known?.[0];
    if (known === undefined || head === undefined) {
      into.keys.set(key, [made]);
      return made;
    }
    const joins = head.kind === made.kind && (made.kind === 'object' || made.kind === 'array');
    if (this.#chunk.merge && joins) return head;
    if (made.priority > head.priority) into.keys.set(key, [made]);
    else if (made.priority === head.priority) known.push(made);
    return made;
  }

  #macro(into: Node): void {
    const { text } = this.#chunk;
    const line = this.#line;
    const name = /^[a-z_]+/i.exec(text.slice(this.#at + 1, this.#at + 60))?.[0] ?? '';
    this.#at += 1 + name.length;
    this.#blank(false);
    let args: UclValue = this.#reader.node('object', '', this.#place(line), 0);
    if (text.charAt(this.#at) === '(') {
      const close = text.indexOf(')', this.#at);
      const inner = close < 0 ? '' : text.slice(this.#at + 1, close);
      const made = this.#reader.node('object', '', this.#place(line), 0);
      this.#reader.chunk({ ...this.#chunk, text: inner.slice(0, 2_000) }, made);
      args = made;
      this.#at = close < 0 ? text.length : close + 1;
    }
    this.#blank(false);
    const { text: target } = this.#scalar();
    if (['include', 'includes', 'try_include'].includes(name)) {
      this.#reader.include(this.#chunk, args, target, into);
    } else this.#reader.unknownMacro(this.#chunk, name, line);
  }

  /** Skips blanks and comments; between pairs also separators. */
  #blank(separators: boolean): void {
    const skipped = skipBlank(this.#chunk.text, this.#at, separators);
    this.#line += skipped.lines;
    this.#at = skipped.end;
  }

  #expand(value: string): string {
    if (!value.includes('$')) return value;
    return value.replace(/\$\$|\$\{([A-Za-z_]+)\}|\$([A-Za-z_]+)/g, (whole, braced, open) => {
      if (whole === '$$') return '$';
      const name = typeof braced === 'string' ? braced : String(open);
      const known = this.#names.find(each =>
        typeof braced === 'string' ? each === name : name.startsWith(each),
      );
      if (known === undefined) return whole;
      return (this.#variables[known] ?? '') + name.slice(known.length);
    });
  }

  #place(line: number): Place {
    return { path: this.#chunk.path, line };
  }

  #odd(why: string): void {
    if (this.#oddNoted) return;
    this.#oddNoted = true;
    this.#reader.odd(this.#chunk, this.#line, why);
  }
}

/** The value at a path of keys; the first where a key is written several times, as in libucl. */
export const uclGet = (
  value: UclValue | undefined,
  ...path: readonly string[]
): UclValue | undefined => {
  let at = value;
  for (const key of path) at = at?.keys.get(key)?.[0];
  return at;
};

/** Every value of that key, implicit and explicit lists flattened. */
export const uclAll = (value: UclValue | undefined, key: string): readonly UclValue[] =>
  (value?.keys.get(key) ?? []).flatMap(each => (each.kind === 'array' ? each.items : [each]));

type UclText = { readonly text: string; readonly place: Place };

const takenApart = new WeakMap<UclValue, Map<string, readonly UclText[]>>();

/** Scalars of that key as text, comma-separated strings taken apart. */
export const uclTexts = (value: UclValue | undefined, key: string): readonly UclText[] => {
  if (value === undefined) return [];
  const known = takenApart.get(value) ?? new Map<string, readonly UclText[]>();
  takenApart.set(value, known);
  const texts =
    known.get(key) ??
    uclAll(value, key).flatMap(each =>
      each.text
        .split(/[,;\s]+/)
        .filter(text => text !== '')
        .map(text => ({ text, place: each.place })),
    );
  known.set(key, texts);
  return texts;
};

/** A flag: `yes`, `true`, `on` and their opposites. Undefined for what is none. */
export const isUclTrue = (value: UclValue | undefined): boolean | undefined => {
  if (value === undefined || value.kind === 'object' || value.kind === 'array') return undefined;
  if (/^(?:yes|true|on|1)$/i.test(value.text)) return true;
  return /^(?:no|false|off|0)$/i.test(value.text) ? false : undefined;
};
