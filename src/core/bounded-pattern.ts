/** Characters that a match may have at most, and ways in which one place of a text may be tried. */
const lengthMax = 100;
const waysMax = 1_000;

interface Cost {
  readonly length: number;
  /** How often the parts that may be shorter or longer, or one or another, can be combined. */
  readonly ways: number;
}

class PatternReader {
  private readonly pattern: string;
  private at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  read(): Cost {
    const cost = this.alternatives();
    if (this.at < this.pattern.length) throw new RangeError('a ")" too many');
    return cost;
  }

  private alternatives(): Cost {
    let length = 0;
    let ways = 0;
    do {
      const one = this.sequence();
      length = Math.max(length, one.length);
      ways += one.ways;
    } while (this.take('|'));
    return { length, ways };
  }

  private sequence(): Cost {
    let length = 0;
    let ways = 1;
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern.charAt(this.at))) {
      const atom = this.atom();
      const [least, most] = this.times();
      length += atom.length * most;
      // Each time round, the group may go another way.
      ways *= (most - least + 1) * (atom.ways === 1 ? 1 : atom.ways ** most);
      if (length > lengthMax)
        throw new RangeError(`it may match more than ${lengthMax} characters`);
      if (ways > waysMax) throw new RangeError('it can match one text in too many ways');
    }
    return { length, ways };
  }

  private atom(): Cost {
    if (this.take('(')) {
      if (this.take('?') && !this.take(':'))
        throw new RangeError('"(?" of a kind that is not taken');
      const inner = this.alternatives();
      if (!this.take(')')) throw new RangeError('a ")" is missing');
      return inner;
    }
    if (this.take('[')) {
      this.at += this.pattern[this.at] === '^' ? 2 : 1;
      while (this.at < this.pattern.length && this.pattern[this.at] !== ']') {
        this.at += this.pattern[this.at] === '\\' ? 2 : 1;
      }
      if (!this.take(']')) throw new RangeError('a "]" is missing');
      return { length: 1, ways: 1 };
    }
    if (this.take('\\')) {
      const escaped = this.pattern.charAt(this.at);
      if (/[bB]/.test(escaped)) throw new RangeError('"\\b" knows no Japanese: leave it away');
      if (/[1-9k]/.test(escaped)) throw new RangeError('references to groups are not taken');
      if (/[a-zA-Z]/.test(escaped) && !/[dDwWsSpPux]/.test(escaped)) {
        throw new RangeError(`"\\${escaped}" is not taken`);
      }
      this.at += 1;
      const braces = /^\{[^}]*\}/.exec(this.pattern.slice(this.at))?.[0] ?? '';
      const hex = escaped === 'x' ? 2 : escaped === 'u' && braces === '' ? 4 : 0;
      this.at += 'pPu'.includes(escaped) && braces !== '' ? braces.length : hex;
      return { length: 1, ways: 1 };
    }
    const character = this.pattern.charAt(this.at);
    if ('^$'.includes(character))
      throw new RangeError(`"${character}" stands for no character of a number`);
    if ('*+?{'.includes(character)) throw new RangeError(`nothing stands before "${character}"`);
    this.at += 1;
    return { length: 1, ways: 1 };
  }

  private times(): readonly [least: number, most: number] {
    const character = this.pattern.charAt(this.at);
    if ('*+'.includes(character) && character !== '') {
      throw new RangeError(`"${character}" has no upper end: write {1,20} or the like`);
    }
    if (this.take('?')) return [0, 1];
    const counted = /^\{(\d{1,3})(?:(,)(\d{0,3}))?\}/.exec(this.pattern.slice(this.at));
    if (counted === null) return [1, 1];
    this.at += counted[0].length;
    this.take('?');
    const least = Number(counted[1]);
    if (counted[2] === undefined) return [least, least];
    if (counted[3] === '') throw new RangeError(`"${counted[0]}" has no upper end`);
    const most = Number(counted[3]);
    if (most < least) throw new RangeError(`"${counted[0]}" ends before it begins`);
    return [least, most];
  }

  private take(character: string): boolean {
    if (this.pattern[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}

/**
 * Why a pattern that somebody wrote may not be run over mail; `undefined` where it may: it matches a bounded
 * number of characters, at least one, and no place of a text takes more than a thousand tries.
 */
export const unboundedPattern = (pattern: string): string | undefined => {
  try {
    const { length } = new PatternReader(pattern).read();
    const compiled = new RegExp(pattern, 'u');
    return length === 0 || compiled.test('') ? 'it matches nothing at all' : undefined;
  } catch (thrown) {
    if (thrown instanceof RangeError) return thrown.message;
    return thrown instanceof SyntaxError ? 'not a regular expression' : String(thrown);
  }
};
