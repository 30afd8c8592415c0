import type { Filter } from './rsyslog-syntax.ts';
import {
  always,
  atLeast,
  both,
  either,
  exactly,
  facilities,
  facilityName,
  type Message,
  never,
  not,
  type Passing,
  perhaps,
  type Severities,
  severities,
  severityOf,
} from './severities.ts';

/** `mail.info;mail.!=debug;auth,cron.none` for one facility; undefined when it is not understood. */
export const selectorSet = (text: string, facility: string): Severities | undefined => {
  let set: Severities = 0;
  for (const part of text.split(';')) {
    if (part === '') continue;
    const dot = part.lastIndexOf('.');
    if (dot < 0) return undefined;
    const names = part.slice(0, dot).split(',').map(facilityName);
    const [, inverts, exact, word = ''] = /^(!?)(=?)(.*)$/.exec(part.slice(dot + 1)) ?? [];
    const severity = word === '*' ? 7 : severityOf(word);
    if (word !== 'none' && severity < 0) return undefined;
    if (!names.includes('*') && !names.includes(facility)) continue;
    if (word === 'none') set = inverts === '!' ? set : 0;
    else {
      const bits = exact === '=' && word !== '*' ? 1 << severity : atLeast(severity);
      set = inverts === '!' ? set & ~bits : set | bits;
    }
  }
  return set;
};

/** rsyslog's programname ends at the first character that a name cannot have, a slash too. */
const programName = (program: string): string => /^[^\s[/:]*/.exec(program)?.[0] ?? '';

/** Value of a property where it is the same for every line; undefined when it is not known. */
const valueOf = (name: string, { facility, program }: Message): string | undefined => {
  switch (name.replace(/^\$/, '')) {
    // In the traditional format both are the tag up to the first character that no name has.
    case 'programname':
    case 'app-name':
      return program === undefined ? undefined : programName(program);
    case 'syslogfacility-text':
      return facility;
    case 'syslogfacility': {
      const number = (facilities as readonly string[]).indexOf(facility);
      return number < 0 ? undefined : String(number);
    }
    case 'fromhost-ip':
      return '127.0.0.1';
  }
  return undefined;
};

/** The tag is the program's name with its process number: what begins it is known. */
const tagCompare = (operator: string, value: string, program: string): Passing => {
  const stem = program.replace(/[[:].*$/s, '');
  if (operator === 'startswith') {
    if (stem.startsWith(value)) return always;
    return value.startsWith(stem) ? perhaps : never;
  }
  if (operator === 'contains') return stem.includes(value) ? always : perhaps;
  if (operator === 'isequal') return value.startsWith(stem) ? perhaps : never;
  return perhaps;
};

const compare = (operator: string, have: string, value: string): Passing => {
  switch (operator) {
    case 'isequal':
    case '==':
      return have === value ? always : never;
    case '!=':
    case '<>':
      return have === value ? never : always;
    case 'contains':
      return have.includes(value) ? always : never;
    case 'contains_i':
      return have.toLowerCase().includes(value.toLowerCase()) ? always : never;
    case 'startswith':
      return have.startsWith(value) ? always : never;
    case 'startswith_i':
      return have.toLowerCase().startsWith(value.toLowerCase()) ? always : never;
    case 'isempty':
      return have === '' ? always : never;
    case 'regex':
      // A basic expression: there `|` and parentheses stand for themselves.
      return /[|()]/.test(value) ? perhaps : regexCompare(have, value);
    case 'ereregex':
      return regexCompare(have, value);
  }
  return perhaps;
};

/** Only what is plainly literal, an alternation of literals or anchored is judged. */
const regexCompare = (have: string, pattern: string): Passing => {
  const from = pattern.startsWith('^');
  const to = pattern.endsWith('$');
  const inner = pattern.slice(from ? 1 : 0, to ? -1 : undefined).replace(/^\((.*)\)$/, '$1');
  if (!/^[\w|-]{1,500}$/.test(inner)) return perhaps;
  // Without the brackets an anchor binds to one branch only.
  if (inner.includes('|') && (from || to) && !/^\^?\(/.test(pattern)) return perhaps;
  const hit = inner
    .split('|')
    .some(word =>
      from && to
        ? have === word
        : from
          ? have.startsWith(word)
          : to
            ? have.endsWith(word)
            : have.includes(word),
    );
  return hit ? always : never;
};

/** Comparison with a severity, which differs from line to line. */
const severityCompare = (operator: string, value: number): Passing | undefined => {
  const meets: ((n: number) => boolean) | undefined =
    operator === '==' || operator === 'isequal'
      ? n => n === value
      : operator === '!=' || operator === '<>'
        ? n => n !== value
        : operator === '<'
          ? n => n < value
          : operator === '<='
            ? n => n <= value
            : operator === '>'
              ? n => n > value
              : operator === '>='
                ? n => n >= value
                : undefined;
  if (meets === undefined) return undefined;
  return exactly(severities.reduce((set, _, n) => (meets(n) ? set | (1 << n) : set), 0));
};

const oneCompare = (name: string, operator: string, value: string, message: Message): Passing => {
  const bare = name.replace(/^\$/, '').toLowerCase();
  if (bare === 'syslogseverity' || bare === 'syslogpriority') {
    return /^[0-7]$/.test(value) ? (severityCompare(operator, Number(value)) ?? perhaps) : perhaps;
  }
  if (bare === 'syslogseverity-text' || bare === 'syslogpriority-text') {
    const severity = severityOf(value);
    return severity < 0 || !/^(?:==|!=|<>|isequal)$/.test(operator)
      ? perhaps
      : (severityCompare(operator, severity) ?? perhaps);
  }
  if (bare === 'syslogtag' && message.program !== undefined) {
    return tagCompare(operator === '==' ? 'isequal' : operator, value, message.program);
  }
  const have = valueOf(bare, message);
  if (have === undefined) return perhaps;
  if (/^[<>]=?$/.test(operator) && operator !== '<>' && /^\d+$/.test(have) && /^\d+$/.test(value)) {
    const [a, b] = [Number(have), Number(value)];
    const holds = { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[operator];
    return holds === true ? always : never;
  }
  return compare(operator, have, value);
};

type Token =
  | { readonly is: 'name' | 'text' | 'sign'; readonly text: string }
  | { readonly is: 'list'; readonly items: readonly string[] };

/** Blanks, comments and the backslash that continues a line stand between words. */
const tokenShape =
  /\s+|\\(?=\s|$)|#[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\/|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\$[!.\w-]+)|(\[[^\]]*\])|(==|!=|<>|<=|>=|[<>()!,&+])|([\w.-]+)/gy;

const tokensOf = (text: string): readonly Token[] | undefined => {
  const out: Token[] = [];
  tokenShape.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    tokenShape.lastIndex = at;
    const match = tokenShape.exec(text);
    if (match === null || out.length > 5_000) return undefined;
    at = tokenShape.lastIndex;
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) out.push({ is: 'text', text: quoted.replace(/\\(.)/g, '$1') });
    else if (match[3] !== undefined) out.push({ is: 'name', text: match[3] });
    else if (match[4] !== undefined) {
      const items = [...match[4].matchAll(/"([^"]*)"|'([^']*)'/g)].map(m => m[1] ?? m[2] ?? '');
      out.push({ is: 'list', items });
    } else if (match[5] !== undefined) out.push({ is: 'sign', text: match[5] });
    else if (match[6] !== undefined) {
      const word = match[6];
      const isSign = /^(?:and|or|not|contains|contains_i|startswith|startswith_i)$/i.test(word);
      out.push({ is: isSign ? 'sign' : 'text', text: isSign ? word.toLowerCase() : word });
    }
  }
  return out;
};

const depthMax = 50;

/** Precedence of RainerScript: `not` binds closest, then comparisons, `and`, `or`. */
class Expression {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly message: Message;
  constructor(tokens: readonly Token[], message: Message) {
    this.tokens = tokens;
    this.message = message;
  }

  read(): Passing {
    const out = this.or(0);
    return this.at < this.tokens.length ? perhaps : out;
  }

  private sign(text: string): boolean {
    const token = this.tokens[this.at];
    if (token?.is !== 'sign' || token.text !== text) return false;
    this.at += 1;
    return true;
  }

  private or(depth: number): Passing {
    let left = this.and(depth);
    while (this.sign('or')) left = either(left, this.and(depth));
    return left;
  }

  private and(depth: number): Passing {
    let left = this.one(depth);
    while (this.sign('and')) left = both(left, this.one(depth));
    return left;
  }

  private one(depth: number): Passing {
    if (depth > depthMax) {
      this.at = this.tokens.length;
      return perhaps;
    }
    if (this.sign('not') || this.sign('!')) return not(this.one(depth + 1));
    if (this.sign('(')) {
      const inner = this.or(depth + 1);
      if (!this.sign(')')) this.at = this.tokens.length;
      return inner;
    }
    const left = this.tokens[this.at++];
    if (left === undefined) return perhaps;
    if (left.is === 'text' && this.sign('(')) return this.call(left.text);
    const operator = this.tokens[this.at];
    if (
      operator?.is !== 'sign' ||
      !/^(?:[=!<>]+|contains(?:_i)?|startswith(?:_i)?)$/.test(operator.text)
    ) {
      return perhaps;
    }
    this.at += 1;
    const right = this.tokens[this.at++];
    if (left.is !== 'name' || right === undefined) return perhaps;
    if (right.is === 'list') {
      const each = right.items.map(item =>
        oneCompare(left.text, operator.text, item, this.message),
      );
      return operator.text === '!=' ? each.reduce(both, always) : each.reduce(either, never);
    }
    if (right.is !== 'text') return perhaps;
    return oneCompare(left.text, operator.text, right.text, this.message);
  }

  private call(name: string): Passing {
    const args: Token[] = [];
    let open = 1;
    while (open > 0 && this.at < this.tokens.length) {
      const token = this.tokens[this.at++];
      if (token?.is === 'sign' && token.text === '(') open += 1;
      else if (token?.is === 'sign' && token.text === ')') open -= 1;
      else if (token !== undefined && !(token.is === 'sign' && token.text === ','))
        args.push(token);
    }
    const [first, second] = args;
    if (name.toLowerCase() === 'prifilt' && first?.is === 'text') {
      const set = selectorSet(first.text, this.message.facility);
      return set === undefined ? perhaps : exactly(set);
    }
    if (/^re_match$/i.test(name) && first?.is === 'name' && second?.is === 'text') {
      const have = valueOf(first.text.toLowerCase(), this.message);
      return have === undefined ? perhaps : regexCompare(have, second.text);
    }
    return perhaps;
  }
}

/** For which severities a line with this facility and program passes the filter. */
export const passes = (filter: Filter, message: Message): Passing => {
  switch (filter.by) {
    case 'selector': {
      const set = selectorSet(filter.text, message.facility);
      return set === undefined ? perhaps : exactly(set);
    }
    case 'property': {
      const inverts = filter.operator.startsWith('!');
      const operator = filter.operator.replace('!', '').toLowerCase();
      const plain = oneCompare(filter.name, operator, filter.value, message);
      return inverts ? not(plain) : plain;
    }
    case 'expression': {
      const tokens = tokensOf(filter.text);
      return tokens === undefined ? perhaps : new Expression(tokens, message).read();
    }
  }
};
