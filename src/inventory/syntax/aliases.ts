import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';

/** Where an alias sends mail (aliases(5) of Postfix, Sendmail and Exim). */
export interface AliasTarget {
  /**
   * `program`: `|command`; `file`: a mailbox file or folder; `include`: `:include:/path`, kept beside
   * what the file holds; `special`: `:fail:`, `:blackhole:`, `error:…`; `address`: anything else.
   */
  readonly to: 'program' | 'file' | 'include' | 'special' | 'address';
  /** The command without `|`, the path, or the address. */
  readonly text: string;
  /** Of the line it stands in, which for a continued entry is not that of the name. */
  readonly because: Place;
}

export interface AliasEntry {
  readonly name: string;
  readonly targets: readonly AliasTarget[];
  readonly because: Place;
}

const entriesMax = 200_000;
const targetsMax = 400_000;
const includesMax = 500;
const includeDepthMax = 5;

interface Piece {
  readonly text: string;
  readonly line: number;
}

/** Takes a value apart at commas outside of quotes; quotes go, `\` keeps the next character. */
const pieces = (lines: readonly Piece[]): readonly Piece[] => {
  const out: Piece[] = [];
  let word = '';
  let from = lines[0]?.line ?? 1;
  let quoted = false;
  const end = (next: number): void => {
    if (word.trim() !== '') out.push({ text: word.trim(), line: from });
    word = '';
    from = next;
  };
  for (const { text, line } of lines) {
    if (word.trim() === '') from = line;
    for (let i = 0; i < text.length; i++) {
      const c = text.charAt(i);
      if (c === '"') quoted = !quoted;
      else if (c === '\\' && i + 1 < text.length) {
        i += 1;
        word += text.charAt(i);
      } else if (c === ',' && !quoted) end(line);
      else word += c;
    }
    if (!quoted) end(line);
    else word += ' ';
  }
  end(from);
  return out;
};

const targetOf = ({ text, line }: Piece, path: string): AliasTarget => {
  const because = { path, line };
  if (text.startsWith('|')) return { to: 'program', text: text.slice(1).trim(), because };
  const include = /^:include:\s*(.*)$/is.exec(text);
  if (include !== null) return { to: 'include', text: include[1] ?? '', because };
  if (/^:[a-z]+:|^error:/i.test(text)) return { to: 'special', text, because };
  return { to: text.startsWith('/') ? 'file' : 'address', text, because };
};

interface Budget {
  targets: number;
  includes: number;
}

const followed = (
  files: FileView,
  targets: readonly AliasTarget[],
  depth: number,
  budget: Budget,
): readonly AliasTarget[] =>
  targets.flatMap((target): readonly AliasTarget[] => {
    budget.targets += 1;
    if (budget.targets > targetsMax) return [];
    if (target.to !== 'include') return [target];
    budget.includes += 1;
    if (depth >= includeDepthMax || budget.includes > includesMax) {
      files.note({
        what: `${target.because.path}:${target.because.line ?? 1}`,
        why: `includes lists more than ${depth >= includeDepthMax ? `${includeDepthMax} deep` : `${includesMax} times`}; the rest was not followed`,
        how: 'Check the lists by hand.',
      });
      return [target];
    }
    const text = files.text(target.text);
    if (text === undefined) {
      files.note({
        what: `${target.because.path}:${target.because.line ?? 1}`,
        why: `includes ${target.text}, which cannot be read`,
        how: 'Restore the file or remove the line.',
      });
      return [target];
    }
    const lines = text
      .split('\n')
      .map((line, i) => ({ text: line, line: i + 1 }))
      .filter(line => !line.text.trimStart().startsWith('#'));
    const own = pieces(lines).map(piece => targetOf(piece, target.text));
    return [target, ...followed(files, own, depth + 1, budget)];
  });

/** Where the name ends: at a colon outside of quotes. Exim's lsearch takes white space too. */
const split = (
  text: string,
  blanksEndName: boolean,
): { readonly name: string; readonly rest: string } | undefined => {
  let name = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"') quoted = !quoted;
    else if (c === '\\' && quoted) {
      i += 1;
      name += text.charAt(i);
    } else if (!quoted && (c === ':' || (blanksEndName && /\s/.test(c)))) {
      const rest = text.slice(i).replace(/^\s*:?/, '');
      return { name: name.trim(), rest };
    } else name += c;
  }
  return blanksEndName && !quoted ? { name, rest: '' } : undefined;
};

const entriesOf = (
  text: string,
  blanksEndName: boolean,
): readonly { readonly name: string; readonly line: number; readonly value: Piece[] }[] => {
  const out: { name: string; line: number; value: Piece[] }[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    if (/^\s/.test(line)) {
      out.at(-1)?.value.push({ text: line, line: i + 1 });
      continue;
    }
    const parts = split(line, blanksEndName);
    if (parts === undefined || out.length >= entriesMax) continue;
    out.push({ name: parts.name, line: i + 1, value: [{ text: parts.rest, line: i + 1 }] });
  }
  return out;
};

/**
 * Reads an alias file, and every list that it includes. An absent file has no entries.
 *
 * @param blanksEndName as in Exim's `lsearch`, where `name value` needs no colon.
 */
export const readAliases = (
  files: FileView,
  path: string,
  { blanksEndName = false }: { readonly blanksEndName?: boolean } = {},
): readonly AliasEntry[] => {
  if (files.stat(path)?.kind !== 'file') return [];
  const text = files.text(path);
  if (text === undefined) return [];
  const budget: Budget = { targets: 0, includes: 0 };
  return entriesOf(text, blanksEndName).map(({ name, line, value }) => ({
    name,
    targets: followed(
      files,
      pieces(value).map(piece => targetOf(piece, path)),
      0,
      budget,
    ),
    because: { path, line },
  }));
};

/** Reads a user's `.forward`: the value of an alias, without a name. Exim filters are no lists. */
export const readForward = (files: FileView, path: string): readonly AliasTarget[] => {
  const text = files.stat(path)?.kind === 'file' ? files.text(path) : undefined;
  if (text === undefined || /^#\s*(?:exim|sieve)\s+filter/i.test(text)) return [];
  const lines = text
    .split('\n')
    .map((line, i) => ({ text: line, line: i + 1 }))
    .filter(line => !line.text.trimStart().startsWith('#'));
  const own = pieces(lines).map(piece => targetOf(piece, path));
  return followed(files, own, 0, { targets: 0, includes: 0 });
};
