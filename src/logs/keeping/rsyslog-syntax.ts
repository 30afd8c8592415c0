import type { Place } from '../../core/place.ts';

/** Parameters of a RainerScript object, names in lower case: `type`, `file`, `target`. */
export type Parameters = ReadonlyMap<string, string>;

export type Filter =
  | { readonly by: 'selector'; readonly text: string }
  | {
      readonly by: 'property';
      readonly name: string;
      readonly operator: string;
      readonly value: string;
    }
  | { readonly by: 'expression'; readonly text: string };

export type Statement =
  | {
      readonly is: 'if';
      readonly filter: Filter;
      readonly within: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly because: Place;
    }
  | { readonly is: 'action'; readonly parameters: Parameters; readonly because: Place }
  /** An action in the old words: `-/var/log/mail.log`, `@@host:514;template`, `~`. */
  | { readonly is: 'legacy'; readonly text: string; readonly because: Place }
  | { readonly is: 'stop'; readonly because: Place }
  | { readonly is: 'call'; readonly ruleset: string; readonly because: Place }
  | {
      readonly is: 'object';
      readonly name: string;
      readonly parameters: Parameters;
      readonly body?: readonly Statement[];
      readonly because: Place;
    }
  | {
      readonly is: 'directive';
      readonly name: string;
      readonly value: string;
      readonly because: Place;
    }
  /** Read past: `set`, `unset`, `foreach`; what it does to later filters is not followed. */
  | { readonly is: 'other'; readonly text: string; readonly because: Place };

export interface RsyslogText {
  readonly statements: readonly Statement[];
  readonly faults: readonly { readonly line: number; readonly why: string }[];
}

const depthMax = 40;
const statementsMax = 20_000;
const words =
  /^(?:action|module|input|global|template|ruleset|include|main_queue|timezone|lookup_table|parser|dyn_stats|percentile_stats|ratelimit|reload_lookup_table)\s*\(/i;

class Reader {
  at = 0;
  count = 0;
  readonly faults: { line: number; why: string }[] = [];
  private lineAt = 0;
  private lineNow = 1;
  readonly text: string;
  readonly path: string;
  constructor(text: string, path: string) {
    this.text = text;
    this.path = path;
  }

  /** Only ever asked forwards, so that the whole costs one pass. */
  place(offset: number): Place {
    for (; this.lineAt < offset && this.lineAt < this.text.length; this.lineAt++) {
      if (this.text.charCodeAt(this.lineAt) === 10) this.lineNow += 1;
    }
    return { path: this.path, line: this.lineNow };
  }

  fault(why: string): void {
    const { line } = this.place(this.at);
    if (this.faults.length < 50) this.faults.push({ line: line ?? 1, why });
  }

  /** Blanks and comments. */
  skip(): void {
    for (;;) {
      const c = this.text.charAt(this.at);
      if (c === '#') this.at = this.lineEnd();
      else if (c === '/' && this.text.charAt(this.at + 1) === '*') {
        const end = this.text.indexOf('*/', this.at);
        this.at = end < 0 ? this.text.length : end + 2;
      } else if (c !== '' && /\s/.test(c)) this.at += 1;
      else return;
    }
  }

  lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }

  /** The rest of a line of the old syntax; a backslash at its end continues it. */
  legacyLine(): string {
    let out = '';
    for (;;) {
      const end = this.lineEnd();
      const piece = this.text.slice(this.at, end);
      this.at = Math.min(end + 1, this.text.length);
      if (piece.endsWith('\\') && this.at < this.text.length && out.length < 65_536) {
        out += piece.slice(0, -1);
        continue;
      }
      return (out + piece).trim();
    }
  }

  looking(pattern: RegExp): string | undefined {
    return pattern.exec(this.text.slice(this.at, this.at + 200))?.[0];
  }

  /** `(…)` of an object, quotes respected. */
  parameters(): Parameters {
    const out = new Map<string, string>();
    this.at = this.text.indexOf('(', this.at) + 1;
    for (;;) {
      this.skip();
      const c = this.text.charAt(this.at);
      if (c === ')' || c === '') {
        if (c === '') this.fault('a parenthesis does not close');
        this.at += 1;
        return out;
      }
      const name = this.looking(/^[A-Za-z_][\w.$-]{0,100}/);
      if (name === undefined) {
        this.at += 1;
        continue;
      }
      this.at += name.length;
      this.skip();
      if (this.text.charAt(this.at) !== '=') {
        out.set(name.toLowerCase(), '');
        continue;
      }
      this.at += 1;
      this.skip();
      if (out.size < 500) out.set(name.toLowerCase(), this.value());
    }
  }

  value(): string {
    const c = this.text.charAt(this.at);
    if (c === '"' || c === "'") return this.quoted(c);
    if (c === '[') {
      const end = this.text.indexOf(']', this.at);
      const inner = this.text.slice(this.at + 1, end < 0 ? undefined : end);
      this.at = end < 0 ? this.text.length : end + 1;
      return [...inner.matchAll(/"([^"]*)"/g)].map(match => match[1] ?? '').join(' ');
    }
    const bare = this.looking(/^[^\s)]{1,200}/) ?? '';
    this.at += Math.max(1, bare.length);
    return bare;
  }

  quoted(mark: string): string {
    let out = '';
    for (this.at += 1; this.at < this.text.length; this.at++) {
      const c = this.text.charAt(this.at);
      if (c === mark) break;
      if (c === '\\') {
        this.at += 1;
        out += this.text.charAt(this.at);
      } else out += c;
    }
    this.at += 1;
    return out;
  }
}

const parseBlock = (reader: Reader, depth: number): readonly Statement[] => {
  reader.at += 1;
  const out = parseStatements(reader, depth + 1, true);
  reader.skip();
  if (reader.text.charAt(reader.at) === '}') reader.at += 1;
  else reader.fault('a brace does not close');
  return out;
};

/** `if … then …`: the condition ends at the word `then` outside quotes. */
const parseCondition = (reader: Reader): string => {
  const from = reader.at;
  while (reader.at < reader.text.length) {
    const c = reader.text.charAt(reader.at);
    if (c === '"' || c === "'") {
      reader.quoted(c);
      continue;
    }
    // A comment may hold quotes, and the word `then`.
    if (c === '#' || reader.text.startsWith('/*', reader.at)) {
      reader.skip();
      continue;
    }
    if (/\s|\)/.test(c) && /^[\s)]then\b/i.test(reader.text.slice(reader.at, reader.at + 6))) {
      const end = c === ')' ? reader.at + 1 : reader.at;
      reader.at = end + (c === ')' ? 4 : 5);
      return reader.text.slice(from, end).trim();
    }
    reader.at += 1;
  }
  return reader.text.slice(from).trim();
};

const body = (reader: Reader, depth: number): readonly Statement[] => {
  reader.skip();
  if (reader.text.charAt(reader.at) === '{') return parseBlock(reader, depth);
  const one = parseStatement(reader, depth + 1);
  return one === undefined ? [] : withFollowers(reader, one);
};

/** Lines that begin with `&` belong to the filter of the line before. */
const withFollowers = (reader: Reader, first: Statement): readonly Statement[] => {
  const out = [first];
  for (;;) {
    const before = reader.at;
    reader.skip();
    if (reader.text.charAt(reader.at) !== '&' || out.length > 200) {
      reader.at = before;
      return out;
    }
    reader.at += 1;
    const next = parseAction(reader);
    if (next !== undefined) out.push(next);
  }
};

/** What stands where an action is wanted: an object, `stop`, or the old words up to the line's end. */
const parseAction = (reader: Reader): Statement | undefined => {
  while (/[ \t]/.test(reader.text.charAt(reader.at))) reader.at += 1;
  const because = reader.place(reader.at);
  if (reader.looking(/^action\s*\(/i) !== undefined) {
    return { is: 'action', parameters: reader.parameters(), because };
  }
  if (reader.looking(/^stop\b/i) !== undefined) {
    reader.at += 4;
    return { is: 'stop', because };
  }
  if (reader.looking(/^call\s/i) !== undefined) {
    reader.at += 4;
    reader.skip();
    const ruleset = reader.looking(/^["\w.-]{1,100}/) ?? '';
    reader.at += ruleset.length;
    return { is: 'call', ruleset: ruleset.replaceAll('"', ''), because };
  }
  const text = reader.legacyLine();
  return text === '' ? undefined : { is: 'legacy', text, because };
};

const property =
  /^:\s*(!?[\w$!.-]{1,100}|![\w!.-]{1,100})\s*,\s*(!?\s?[\w-]{1,40})\s*(?:,\s*"((?:[^"\\]|\\.){0,2000})")?/;

const filtered = (reader: Reader, filter: Filter, depth: number, because: Place): Statement => {
  while (/[ \t]/.test(reader.text.charAt(reader.at))) reader.at += 1;
  if (reader.text.charAt(reader.at) === '{') {
    return { is: 'if', filter, within: parseBlock(reader, depth), otherwise: [], because };
  }
  const first = parseAction(reader);
  const within = first === undefined ? [] : withFollowers(reader, first);
  return { is: 'if', filter, within, otherwise: [], because };
};

const parseStatement = (reader: Reader, depth: number): Statement | undefined => {
  reader.skip();
  reader.count += 1;
  const because = reader.place(reader.at);
  const c = reader.text.charAt(reader.at);
  if (c === '' || c === '}') return undefined;
  if (depth > depthMax || reader.count > statementsMax) {
    reader.fault('it is nested too deep or too long; the rest was not read');
    reader.at = reader.text.length;
    return undefined;
  }
  if (reader.looking(words) !== undefined) {
    const name = (reader.looking(/^\w+/) ?? '').toLowerCase();
    const parameters = reader.parameters();
    if (name === 'action') return { is: 'action', parameters, because };
    const before = reader.at;
    reader.skip();
    if (name !== 'include' && reader.text.charAt(reader.at) === '{') {
      return { is: 'object', name, parameters, body: parseBlock(reader, depth), because };
    }
    reader.at = before;
    return { is: 'object', name, parameters, because };
  }
  if (reader.looking(/^if\b/i) !== undefined) {
    reader.at += 2;
    const text = parseCondition(reader);
    const within = body(reader, depth);
    const before = reader.at;
    reader.skip();
    const hasElse = reader.looking(/^else\b/i) !== undefined;
    if (hasElse) reader.at += 4;
    else reader.at = before;
    const otherwise = hasElse ? body(reader, depth) : [];
    return { is: 'if', filter: { by: 'expression', text }, within, otherwise, because };
  }
  if (reader.looking(/^(?:stop|call)\b/i) !== undefined) return parseAction(reader);
  if (reader.looking(/^(?:set|unset|reset|foreach|continue)\b/i) !== undefined) {
    const end = reader.text.slice(reader.at, reader.at + 4_000).search(/[;{]/);
    const from = reader.at;
    reader.at = end < 0 ? reader.lineEnd() : reader.at + end;
    if (reader.text.charAt(reader.at) === '{') {
      const within = parseBlock(reader, depth);
      return {
        is: 'if',
        filter: { by: 'expression', text: 'foreach' },
        within,
        otherwise: [],
        because,
      };
    }
    reader.at += 1;
    return { is: 'other', text: reader.text.slice(from, reader.at).slice(0, 500), because };
  }
  if (c === '$') {
    const line = reader.legacyLine();
    const [, name = '', value = ''] = /^\$(\w{1,100})\s*(.*)$/s.exec(line) ?? [];
    return { is: 'directive', name: name.toLowerCase(), value: value.trim(), because };
  }
  if (c === ':') {
    const match = property.exec(reader.text.slice(reader.at, reader.at + 3_000));
    if (match !== null) {
      reader.at += match[0].length;
      const [, name = '', operator = '', value = ''] = match;
      const plain = value.replace(/\\(["\\])/g, '$1');
      return filtered(
        reader,
        {
          by: 'property',
          name: name.toLowerCase(),
          operator: operator.replace(/\s/g, ''),
          value: plain,
        },
        depth,
        because,
      );
    }
  }
  const selector = /^[\w*][\w*,.;=!]{0,1000}/.exec(
    reader.text.slice(reader.at, reader.at + 1_100),
  )?.[0];
  if (selector?.includes('.') === true) {
    reader.at += selector.length;
    return filtered(reader, { by: 'selector', text: selector }, depth, because);
  }
  // Within a block or behind `then` an action in the old words may stand alone.
  if (/[/|@~?:^-]/.test(c)) return parseAction(reader);
  const text = reader.legacyLine();
  // No more than its first word: what follows may be a password (`:ommysql:host,db,user,password`).
  const begins = /^[$:]?\w{0,40}/.exec(text)?.[0] ?? '';
  const why = `what begins with "${begins}" was not understood`;
  reader.faults.push({ line: because.line ?? 1, why });
  return { is: 'other', text: text.slice(0, 500), because };
};

const parseStatements = (reader: Reader, depth: number, inBlock: boolean): readonly Statement[] => {
  const out: Statement[] = [];
  for (;;) {
    reader.skip();
    const c = reader.text.charAt(reader.at);
    if (c === '') return out;
    if (c === '}') {
      if (inBlock) return out;
      reader.fault('a brace closes nothing');
      reader.at += 1;
      continue;
    }
    if (c === ';') {
      reader.at += 1;
      continue;
    }
    if (c === '&') {
      // Follows a block: it belongs to the filter before, of which the last statement is one.
      reader.at += 1;
      const follower = parseAction(reader);
      const last = out.at(-1);
      if (follower === undefined) continue;
      if (last?.is === 'if') out[out.length - 1] = { ...last, within: [...last.within, follower] };
      else out.push(follower);
      continue;
    }
    const before = reader.at;
    const statement = parseStatement(reader, depth);
    if (statement !== undefined) out.push(statement);
    if (reader.at <= before) reader.at = before + 1;
  }
};

/** Reads rsyslog.conf(5): selectors, property filters, directives and RainerScript, as they come. */
export const parseRsyslog = (text: string, path: string): RsyslogText => {
  const reader = new Reader(text, path);
  const statements = parseStatements(reader, 0, false);
  return { statements, faults: reader.faults };
};
