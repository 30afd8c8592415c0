import type { FileView } from '../../core/files.ts';
import { hasWildcard } from '../../core/glob.ts';
import { dirOf, resolveFrom } from '../../core/paths.ts';

/** One directive of an nginx configuration; `block` where it opens one. */
export interface NginxDirective {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly NginxDirective[];
  /** The file that it stands in, which for an included one is not the main file. */
  readonly path: string;
  readonly line: number;
}

interface Token {
  readonly kind: 'word' | ';' | '{' | '}';
  readonly text: string;
  readonly line: number;
  /** Offset and line behind the token. */
  readonly end: number;
  readonly endLine: number;
}

const escapes: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

/** A quoted word: a backslash takes the sense from a quote and from itself (`ngx_conf_read_token`). */
const unescape = (text: string): string =>
  text.replace(/\\(["'\\trn])/g, (_, c: string) => escapes[c] ?? c);

const newlines = (text: string): number => text.split('\n').length - 1;

/** The next token at or behind `from`; `undefined` at the end of the text. */
const nextToken = (text: string, from: number, startLine: number): Token | undefined => {
  let i = from;
  let line = startLine;
  for (; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\n') line += 1;
    else if (c === '#') {
      const end = text.indexOf('\n', i);
      i = (end < 0 ? text.length : end) - 1;
    } else if (c !== ' ' && c !== '\t' && c !== '\r') break;
  }
  const c = text.charAt(i);
  if (c === '') return undefined;
  if (c === ';' || c === '{' || c === '}')
    return { kind: c, text: c, line, end: i + 1, endLine: line };
  const quote = c === '"' || c === "'" ? c : '';
  let end = quote === '' ? i : i + 1;
  for (; end < text.length; end++) {
    const at = text.charAt(end);
    if (at === '\\') end += 1;
    else if (quote !== '') {
      if (at === quote) break;
    } else if (at === '$' && text.charAt(end + 1) === '{') end += 1;
    else if (/[ \t\r\n;{]/.test(at)) break;
  }
  const word = text.slice(quote === '' ? i : i + 1, end);
  return {
    kind: 'word',
    text: unescape(word),
    line,
    end: quote === '' ? end : end + 1,
    endLine: line + newlines(word),
  };
};

/** The offset behind the brace that closes a block of Lua: nginx does not read its inside. */
const endOfForeignBlock = (text: string, from: number): number => {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '{') depth += 1;
    else if (c === '}') depth -= 1;
    if (depth === 0) return i + 1;
  }
  return text.length;
};

interface Open {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block: NginxDirective[];
}

export interface NginxText {
  readonly directives: readonly NginxDirective[];
  /** What nginx would refuse, with its line. */
  readonly faults: readonly { readonly why: string; readonly line: number }[];
}

const depthMax = 40;
const directivesMax = 200_000;

/** Reads one file's text; `include` stands in the result as any other directive. */
export const parseNginx = (text: string, path: string): NginxText => {
  const root: NginxDirective[] = [];
  const open: Open[] = [];
  const faults: { why: string; line: number }[] = [];
  let words: Token[] = [];
  let offset = 0;
  let line = 1;
  let count = 0;
  const here = (): NginxDirective[] => open.at(-1)?.block ?? root;
  for (;;) {
    const token = nextToken(text, offset, line);
    if (token === undefined) break;
    line = token.endLine;
    offset = token.end;
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    const [first, ...rest] = words;
    words = [];
    count += 1;
    if (count > directivesMax) {
      faults.push({ why: `holds more than ${directivesMax} directives`, line });
      break;
    }
    if (token.kind === '}') {
      if (first !== undefined)
        faults.push({ why: `"${first.text.slice(0, 40)}" is not ended by ";"`, line: first.line });
      const closed = open.pop();
      if (closed === undefined) faults.push({ why: 'has a "}" too many', line: token.line });
      else
        here().push({
          name: closed.name,
          args: closed.args,
          block: closed.block,
          path,
          line: closed.line,
        });
      continue;
    }
    if (first === undefined) {
      faults.push({ why: `has a "${token.kind}" without a directive`, line: token.line });
      if (token.kind === '{') open.push({ name: '', args: [], line: token.line, block: [] });
      continue;
    }
    const args = rest.map(each => each.text);
    if (token.kind === ';') here().push({ name: first.text, args, path, line: first.line });
    else if (first.text.endsWith('_by_lua_block')) {
      const end = endOfForeignBlock(text, offset);
      line += newlines(text.slice(offset, end));
      offset = end;
    } else if (open.length >= depthMax) {
      faults.push({ why: `is nested deeper than ${depthMax} blocks`, line: token.line });
      break;
    } else open.push({ name: first.text, args, line: first.line, block: [] });
  }
  if (open.length > 0) faults.push({ why: 'ends within a block', line: open.at(-1)?.line ?? line });
  else if (words.length > 0)
    faults.push({ why: 'ends within a directive', line: words[0]?.line ?? line });
  // What was open at the end is kept: half a server is worth more than none.
  for (let closed = open.pop(); closed !== undefined; closed = open.pop()) {
    here().push({
      name: closed.name,
      args: closed.args,
      block: closed.block,
      path,
      line: closed.line,
    });
  }
  return { directives: root, faults };
};

const includeDepthMax = 12;
const includedFilesMax = 5_000;
/** Of all files together, those that are included again counted again. */
const expandedMax = 400_000;

/**
 * Reads a configuration with everything it includes. Names are relative to the main file's folder
 * (`conf_prefix`), not to the file that includes them.
 */
export const readNginx = (files: FileView, mainPath: string): readonly NginxDirective[] => {
  const base = dirOf(mainPath);
  // A file that is included a thousand times is taken apart once.
  const parsed = new Map<string, NginxText>();
  let filesRead = 0;
  let expanded = 0;

  const readFile = (path: string, stack: readonly string[]): readonly NginxDirective[] => {
    filesRead += 1;
    if (stack.length > includeDepthMax || stack.includes(path) || filesRead > includedFilesMax) {
      files.note({
        what: path,
        why: stack.includes(path)
          ? 'includes itself, which nginx refuses'
          : `was not read: more than ${includedFilesMax} included files or ${includeDepthMax} levels of them`,
        how: 'Mend the include directives.',
      });
      return [];
    }
    const text = files.text(path);
    if (text === undefined) return [];
    const known = parsed.get(path);
    const { directives, faults } = known ?? parseNginx(text, path);
    if (known === undefined) parsed.set(path, { directives, faults });
    for (const fault of faults.slice(0, 5)) {
      files.note({
        what: `${path}:${fault.line}`,
        why: `${fault.why}; nginx would refuse it, and what was read of it may be wrong`,
        how: 'Run nginx -t and mend what it names.',
      });
    }
    if (expanded > expandedMax) {
      files.note({
        what: path,
        why: `was not read where it is included again: there were ${expandedMax} directives before it`,
        how: 'Mend the include directives.',
      });
      return [];
    }
    return expand(directives, [...stack, path]);
  };

  const included = (
    directive: NginxDirective,
    stack: readonly string[],
  ): readonly NginxDirective[] => {
    const pattern = resolveFrom(base, directive.args[0] ?? '');
    if (directive.args[0] === undefined) return [];
    if (hasWildcard(pattern)) {
      return files
        .glob(pattern)
        .flatMap(path => (files.stat(path)?.kind === 'file' ? readFile(path, stack) : []));
    }
    if (files.stat(pattern) === undefined) {
      files.note({
        what: pattern,
        why: `is included at ${directive.path}:${directive.line} and is not there`,
        how: 'Run nginx -t and mend what it names.',
      });
      return [];
    }
    return readFile(pattern, stack);
  };

  const expand = (
    directives: readonly NginxDirective[],
    stack: readonly string[],
  ): readonly NginxDirective[] => {
    expanded += directives.length;
    return directives.flatMap((directive): readonly NginxDirective[] => {
      if (directive.name === 'include' && directive.block === undefined)
        return included(directive, stack);
      return directive.block === undefined
        ? [directive]
        : [{ ...directive, block: expand(directive.block, stack) }];
    });
  };

  return readFile(mainPath, []);
};

/** The last directive of that name in a block; nginx refuses most of them twice. */
export const nginxLast = (
  block: readonly NginxDirective[],
  name: string,
): NginxDirective | undefined => block.findLast(each => each.name === name);

export const nginxAll = (
  block: readonly NginxDirective[],
  name: string,
): readonly NginxDirective[] => block.filter(each => each.name === name);
