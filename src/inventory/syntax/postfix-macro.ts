import { isBlank } from './postfix-lines.ts';

/** A value with every `$name` replaced, which still knows where its parts came from. */
interface Expansion {
  readonly text: string;
  /** The offset in the unexpanded value that the character at `offset` of `text` came from. */
  readonly from: (offset: number) => number;
}

/** Expands one program's parameters. Values are remembered: no pattern costs more than its names. */
export interface Expander {
  expand(value: string): Expansion;
  /** The expanded value of a parameter; undefined when nothing defines it. */
  valueOf(name: string): string | undefined;
  /** What could not be expanded, each said once. */
  readonly problems: ReadonlySet<string>;
}

/** Whoever writes main.cf may make `$a` expand to many `$b` of many `$c`. */
const valueLengthMax = 64 << 10;
const totalLengthMax = 4 << 20;
const freeLengthMax = 2_000;
/** Postfix itself gives up at 100 levels (`mac_expand`); one level of names is two of ours. */
const depthMax = 200;

interface Piece {
  readonly at: number;
  readonly from: number;
  readonly literal: boolean;
}

/**
 * `$name`, `${name}`, `$(name)`, `${name?value}`, `${name:value}`, `${name?{a}:{b}}`,
 * `${{a} == {b} ? {c} : {d}}` with `==`, `!=`, `<`, `<=`, `>=`, `>` and their `level` forms, and
 * `$$`: postconf(5), "GENERAL SYNTAX"; `mac_expand(3)` and `mac_parse(3)`.
 *
 * @param raw a parameter's unexpanded value: from overrides, main.cf or the compiled-in defaults.
 * @param budget how much text may come of it; to be shared by the expanders of one configuration.
 */
export const makeExpander = (
  raw: (name: string) => string | undefined,
  budget: { lengthLeft: number } = { lengthLeft: totalLengthMax },
): Expander => {
  const known = new Map<string, string | undefined>();
  const open = new Set<string>();
  const problems = new Set<string>();

  const clip = (text: string): string => {
    // Short values cost nothing: a bomb in one setting must not blind the reading of the others.
    if (text.length <= freeLengthMax) return text;
    budget.lengthLeft -= text.length;
    if (text.length <= valueLengthMax && budget.lengthLeft >= 0) return text;
    problems.add('expands to more text than is read');
    return budget.lengthLeft < 0 ? '' : text.slice(0, valueLengthMax);
  };

  const valueOf = (name: string, depth = 0): string | undefined => {
    if (known.has(name)) return known.get(name);
    if (open.has(name) || depth > depthMax) {
      problems.add(
        depth > depthMax
          ? 'macros are nested too deeply'
          : `$${name.slice(0, 80)} refers to itself`,
      );
      return '';
    }
    const value = raw(name);
    if (value === undefined) {
      known.set(name, undefined);
      return undefined;
    }
    open.add(name);
    const expanded = plain(value, depth + 1);
    open.delete(name);
    known.set(name, expanded);
    return expanded;
  };

  const plain = (text: string, depth: number): string => {
    if (!text.includes('$')) return text;
    if (depth > depthMax) {
      problems.add('macros are nested too deeply');
      return '';
    }
    let out = '';
    scan(text, problems, {
      literal: part => {
        if (out.length < valueLengthMax) out += part;
      },
      macro: body => {
        if (out.length < valueLengthMax) out += macro(body, depth + 1);
      },
    });
    return clip(out);
  };

  const macro = (body: string, depth: number): string => {
    const parsed = parseMacro(body, problems);
    if (parsed === undefined) return '';
    const { subject, whenSet, whenEmpty } = parsed;
    const value =
      typeof subject === 'string'
        ? (valueOf(subject, depth) ?? '')
        : compare(plain(subject.left, depth), subject.operator, plain(subject.right, depth))
          ? 'true'
          : '';
    if (whenSet === undefined && whenEmpty === undefined) return value;
    const chosen = value === '' ? whenEmpty : whenSet;
    return chosen === undefined ? '' : plain(chosen, depth + 1);
  };

  return {
    problems,
    valueOf: name => valueOf(name),
    expand: value => {
      if (!value.includes('$')) return { text: value, from: offset => offset };
      const pieces: Piece[] = [];
      let text = '';
      scan(value, problems, {
        literal: (part, from) => {
          pieces.push({ at: text.length, from, literal: true });
          text += part;
        },
        macro: (body, from) => {
          if (text.length >= valueLengthMax) return;
          pieces.push({ at: text.length, from, literal: false });
          text += macro(body, 1);
        },
      });
      return {
        text: clip(text),
        from: offset => {
          const piece = pieces.findLast(({ at }) => at <= offset);
          if (piece === undefined) return 0;
          return piece.literal ? piece.from + offset - piece.at : piece.from;
        },
      };
    },
  };
};

interface Visitor {
  readonly literal: (text: string, offset: number) => void;
  readonly macro: (body: string, offset: number) => void;
}

const nameCharacter = /[A-Za-z0-9_]/;

/** Cuts a value into literal text and macro bodies (`mac_parse`). */
const scan = (text: string, problems: Set<string>, visit: Visitor): void => {
  let start = 0;
  let i = 0;
  const flush = (): void => {
    if (i > start) visit.literal(text.slice(start, i), start);
  };
  while (i < text.length) {
    if (text.charAt(i) !== '$') {
      i += 1;
      continue;
    }
    flush();
    const opener = text.charAt(i + 1);
    if (opener === '$') {
      visit.literal('$', i);
      i += 2;
    } else if (opener === '{' || opener === '(') {
      const end = closing(text, i + 1, opener, opener === '{' ? '}' : ')');
      if (end < 0) {
        problems.add('holds a macro that is not closed');
        return;
      }
      visit.macro(text.slice(i + 2, end), i);
      i = end + 1;
    } else {
      let end = i + 1;
      while (end < text.length && nameCharacter.test(text.charAt(end))) end += 1;
      if (end === i + 1) {
        problems.add('holds a "$" without a name');
        return;
      }
      visit.macro(text.slice(i + 1, end), i);
      i = end;
    }
    start = i;
  }
  flush();
};

const closing = (text: string, from: number, opener: string, closer: string): number => {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === opener) depth += 1;
    else if (c === closer) {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
};

interface Macro {
  readonly subject:
    | string
    | { readonly left: string; readonly operator: string; readonly right: string };
  readonly whenSet?: string;
  readonly whenEmpty?: string;
}

const skipBlank = (text: string, from: number): number => {
  let i = from;
  while (i < text.length && isBlank(text.charAt(i))) i += 1;
  return i;
};

/** `{text}` at `from`, after white space. White space within the braces belongs to the text. */
const group = (text: string, from: number): { text: string; next: number } | undefined => {
  const start = skipBlank(text, from);
  if (text.charAt(start) !== '{') return undefined;
  const end = closing(text, start, '{', '}');
  if (end < 0) return undefined;
  return { text: text.slice(start + 1, end), next: skipBlank(text, end + 1) };
};

const operatorPattern = /^(==|!=|<=|>=|<|>)(level)?/;

const parseMacro = (body: string, problems: Set<string>): Macro | undefined => {
  const left = group(body, 0);
  let subject: Macro['subject'];
  let next: number;
  if (left === undefined) {
    const start = skipBlank(body, 0);
    let end = start;
    while (end < body.length && nameCharacter.test(body.charAt(end))) end += 1;
    subject = body.slice(start, end);
    next = skipBlank(body, end);
    if (subject === '') {
      problems.add('holds a macro without a name');
      return undefined;
    }
  } else {
    const operator = operatorPattern.exec(body.slice(left.next, left.next + 8))?.[0];
    const right = operator === undefined ? undefined : group(body, left.next + operator.length);
    if (operator === undefined || right === undefined) {
      problems.add('holds a comparison that cannot be read');
      return undefined;
    }
    subject = { left: left.text, operator, right: right.text };
    next = right.next;
  }
  const choices = parseChoices(body, next);
  if (choices === undefined) problems.add('holds a macro that cannot be read');
  return choices === undefined ? undefined : { subject, ...choices };
};

/** `?value`, `:value`, `?{value}`, `:{value}`, `?{value}:{value}` from `from` to the end. */
const parseChoices = (body: string, from: number): Omit<Macro, 'subject'> | undefined => {
  if (from >= body.length) return {};
  const kind = body.charAt(from);
  if (kind !== '?' && kind !== ':') return undefined;
  const first = group(body, from + 1);
  if (first === undefined) {
    const rest = body.slice(from + 1);
    return kind === '?' ? { whenSet: rest } : { whenEmpty: rest };
  }
  if (kind === ':') return first.next >= body.length ? { whenEmpty: first.text } : undefined;
  if (first.next >= body.length) return { whenSet: first.text };
  if (body.charAt(first.next) !== ':') return undefined;
  const second = group(body, first.next + 1);
  if (second === undefined) {
    return { whenSet: first.text, whenEmpty: body.slice(first.next + 1) };
  }
  return second.next >= body.length ? { whenSet: first.text, whenEmpty: second.text } : undefined;
};

/** `3.6` as a number that compares: major, minor, patch (`compat_level_from_string`). */
export const compatibilityLevel = (text: string): number => {
  const match = /^\s*(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?\s*$/.exec(text);
  return (
    Number(match?.[1] ?? 0) * 100_000_000 +
    Number(match?.[2] ?? 0) * 10_000 +
    Number(match?.[3] ?? 0)
  );
};

const compare = (left: string, operator: string, right: string): boolean => {
  const order = operator.endsWith('level')
    ? compatibilityLevel(left) - compatibilityLevel(right)
    : /^\d{1,15}$/.test(left) && /^\d{1,15}$/.test(right)
      ? Number(left) - Number(right)
      : Number(left > right) - Number(left < right);
  const sign = operator.replace('level', '');
  if (sign === '==') return order === 0;
  if (sign === '!=') return order !== 0;
  if (sign === '<') return order < 0;
  if (sign === '<=') return order <= 0;
  return sign === '>' ? order > 0 : order >= 0;
};
