/**
 * The first half of Exim's reader (`readconf.c`, get_config_line; spec chapter 6): physical lines
 * become logical lines. Comments, macros, conditionals and includes all act on physical lines, in
 * the middle of a continued one too.
 */

/** One line as it stands in a file. */
export interface PhysicalLine {
  readonly text: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** One logical line; the place is that of its first physical line. */
export type LogicalLine = PhysicalLine;

interface Problem {
  readonly path: string;
  readonly line: number;
  readonly why: string;
}

/** What the reader asks of its surroundings. */
export interface EximSurroundings {
  /** The file's text; `undefined` when it is absent or cannot be read. */
  readonly include: (path: string) => string | undefined;
  /** Whether Exim was built with this macro: `_HAVE_SPF`, `_DRIVER_ROUTER_DNSLOOKUP`. */
  readonly builtin: (name: string) => boolean;
}

export interface EximLines {
  readonly lines: readonly LogicalLine[];
  readonly problems: readonly Problem[];
  /** Every file that was read, the first one included, in order. */
  readonly files: readonly string[];
  /** As they stood at the end; the place is that of the definition that won. */
  readonly macros: readonly Macro[];
}

interface EximLimits {
  readonly includeDepthMax: number;
  readonly linesMax: number;
  readonly macrosMax: number;
  readonly lineCharsMax: number;
  readonly totalCharsMax: number;
  readonly searchesMax: number;
  readonly problemsMax: number;
}

const eximLimits: EximLimits = {
  includeDepthMax: 16,
  linesMax: 100_000,
  macrosMax: 2_000,
  lineCharsMax: 65_536,
  /** Of all logical lines together: macros and includes multiply what a small file holds. */
  totalCharsMax: 8_000_000,
  /** How often a line is searched for a macro's name. */
  searchesMax: 10_000_000,
  problemsMax: 50,
};

/** A file's text as physical lines. */
export const physicalLines = (path: string, text: string): readonly PhysicalLine[] => {
  const lines = text.split('\n').map((raw, i) => ({ text: raw, path, line: i + 1 }));
  if (lines.at(-1)?.text === '') lines.pop();
  return lines;
};

/** `NAME = value`; the value as far as earlier macros were put into it. */
export interface Macro {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** `IF`: the branch is read; `SKIP`: another one may be; `DONE`: one has been. */
type Branch = 'IF' | 'SKIP' | 'DONE';

class Reader {
  readonly lines: LogicalLine[] = [];
  readonly problems: Problem[] = [];
  readonly files: string[] = [];
  readonly macros: Macro[] = [];
  private readonly branches: Branch[] = [];
  private open: { text: string; at: PhysicalLine } | undefined;
  private count = 0;
  private chars = 0;
  private searches = 0;
  private readonly around: EximSurroundings;
  private readonly folder: string;

  constructor(around: EximSurroundings, folder: string) {
    this.around = around;
    this.folder = folder;
  }

  problem(at: { readonly path: string; readonly line: number }, why: string): void {
    if (this.problems.length < eximLimits.problemsMax) {
      this.problems.push({ path: at.path, line: at.line, why });
    }
  }

  readAll(physical: readonly PhysicalLine[], depth: number): void {
    for (const each of physical) {
      this.count += 1;
      if (this.count > eximLimits.linesMax) {
        this.problem(each, `more than ${eximLimits.linesMax} lines; the rest was not read`);
        return;
      }
      const file = this.files.at(-1);
      if (file !== each.path && !this.files.includes(each.path)) this.files.push(each.path);
      this.readOne(each, depth);
    }
  }

  finish(last: PhysicalLine | undefined): void {
    const { open } = this;
    if (this.branches.length > 0 && last !== undefined) {
      this.problem(last, '.endif is missing at the end: Exim refuses the whole configuration');
    }
    if (open !== undefined && open.text !== '') this.emit(open.text, open.at);
    this.open = undefined;
  }

  private readOne(at: PhysicalLine, depth: number): void {
    const { text, replaced } = this.expand(at);
    if (text.startsWith('#')) return;
    if (text.startsWith('.') && this.conditional(at, text, replaced)) return;
    if (this.branches.some(branch => branch !== 'IF')) return;
    const include = /^\.include(_if_exists)?\s+(\S.*)$/.exec(text);
    if (include !== null) {
      this.include(at, include[2] ?? '', include[1] !== undefined, depth);
      return;
    }
    const begun = this.open;
    const first = begun?.at ?? at;
    const piece = text.trimEnd();
    const goesOn = piece.endsWith('\\');
    const held = begun?.text ?? '';
    let whole = held + (goesOn ? piece.slice(0, -1) : piece);
    if (whole.length > eximLimits.lineCharsMax) {
      this.problem(at, `a logical line is longer than ${eximLimits.lineCharsMax} characters`);
      whole = held;
    }
    if (goesOn) {
      this.open = whole === '' ? undefined : { text: whole, at: first };
      return;
    }
    this.open = undefined;
    whole = whole.trimEnd();
    if (whole !== '') this.emit(whole, first);
  }

  /** A macro definition is not handed on; anything else is a logical line. */
  private emit(text: string, at: PhysicalLine): void {
    this.chars += text.length;
    if (this.chars > eximLimits.totalCharsMax) {
      this.problem(at, `more than ${eximLimits.totalCharsMax} characters; the rest was not read`);
      this.count = eximLimits.linesMax;
      return;
    }
    const macro = /^([A-Z]\w*)\s*=(=?)\s*(.*)$/s.exec(text);
    if (macro === null) {
      this.lines.push({ text, path: at.path, line: at.line });
      return;
    }
    const [, name = '', again = '', value = ''] = macro;
    this.define({ name, value, path: at.path, line: at.line }, again !== '');
  }

  private define(macro: Macro, again: boolean): void {
    const { name } = macro;
    const known = this.macros.findIndex(each => each.name === name);
    if (known >= 0) {
      if (again) this.macros[known] = macro;
      else this.problem(macro, `macro ${name} is defined twice: Exim refuses this`);
      return;
    }
    if (again) this.problem(macro, `macro ${name} is redefined but not defined: Exim refuses this`);
    const within = this.macros.find(each => name.includes(each.name));
    if (within !== undefined) {
      this.problem(
        macro,
        `macro ${name} holds the name of ${within.name}, defined before: Exim refuses this`,
      );
    }
    if (this.macros.length >= eximLimits.macrosMax) {
      this.problem(macro, `more than ${eximLimits.macrosMax} macros`);
      return;
    }
    this.macros.push(macro);
  }

  /** Replaces every macro, in the order of their definition; a name being defined stays as it is. */
  private expand(at: PhysicalLine): { text: string; replaced: boolean } {
    const line = at.text.trimStart();
    const defining = this.open === undefined ? /^[A-Z]\w*\s*(?==)/.exec(line) : null;
    const head = defining?.[0] ?? '';
    let text = line.slice(head.length);
    let replaced = false;
    if (!/[A-Z]/.test(text)) return { text: line, replaced };
    this.searches += this.macros.length;
    if (this.searches > eximLimits.searchesMax) {
      this.problem(at, 'too many lines and macros; from here on no macro was put in');
      return { text: line, replaced };
    }
    for (const { name, value } of this.macros) {
      if (!text.includes(name)) continue;
      replaced = true;
      text = text.replaceAll(name, () => value);
      if (text.length > eximLimits.lineCharsMax) {
        this.problem(at, `macros make the line longer than ${eximLimits.lineCharsMax} characters`);
        text = text.slice(0, eximLimits.lineCharsMax);
      }
    }
    const condition = /^\.(?:ifdef|ifndef|elifdef|elifndef)\s+(.*)$/s.exec(text);
    if (condition !== null && !replaced) {
      // Exim looks for its own macros only where the first name in the line begins like one.
      const rest = condition[1] ?? '';
      const builtins = /^[^A-Z_]*_(?![a-z])/.test(rest)
        ? (rest.match(/_(?:HAVE|DRIVER|OPT|LOG|EXP)_[A-Z0-9_]+/g) ?? [])
        : [];
      replaced = builtins.slice(0, 20).some(name => this.around.builtin(name));
    }
    return { text: (head + text).trimStart(), replaced };
  }

  /** A condition is true when a macro was replaced in the rest of its line, whatever by. */
  private conditional(at: PhysicalLine, text: string, replaced: boolean): boolean {
    const word = /^\.(ifdef|ifndef|elifdef|elifndef|else|endif)(?=\s|$)/.exec(text)?.[1];
    if (word === undefined) return false;
    const current = this.branches.at(-1);
    if (current === undefined && !/^ifn?def$/.test(word)) {
      this.problem(at, `.${word} without .ifdef: Exim refuses the whole configuration`);
    }
    if (word === 'endif') {
      this.branches.pop();
    } else if (word === 'ifdef' || word === 'ifndef') {
      if (this.branches.length >= 1_000) return true;
      const reading = current === undefined || current === 'IF';
      const holds = replaced === (word === 'ifdef');
      this.branches.push(reading ? (holds ? 'IF' : 'SKIP') : 'DONE');
    } else if (current !== undefined) {
      const holds = word === 'else' || replaced === (word === 'elifdef');
      this.branches[this.branches.length - 1] =
        current === 'SKIP' ? (holds ? 'IF' : 'SKIP') : 'DONE';
    }
    return true;
  }

  private include(at: PhysicalLine, rest: string, ifExists: boolean, depth: number): void {
    const name = rest.trim().replace(/^"(.*)"$/, '$1');
    if (!name.startsWith('/') && ifExists) {
      this.problem(at, '.include_if_exists needs an absolute path');
      return;
    }
    const path = name.startsWith('/') ? name : `${this.folder}/${name}`;
    if (depth >= eximLimits.includeDepthMax) {
      this.problem(at, `includes nest deeper than ${eximLimits.includeDepthMax}`);
      return;
    }
    const text = this.around.include(path);
    if (text !== undefined) this.readAll(physicalLines(path, text), depth + 1);
    else if (!ifExists) this.problem(at, `.include of a file that cannot be read: ${path}`);
  }
}

/**
 * @param folder where relative includes are looked for: that of the main file.
 */
export const readEximLines = (
  physical: readonly PhysicalLine[],
  around: EximSurroundings,
  folder: string,
): EximLines => {
  const reader = new Reader(around, folder);
  reader.readAll(physical, 0);
  reader.finish(physical.at(-1));
  const { lines, problems, files, macros } = reader;
  return { lines, problems, files, macros };
};
