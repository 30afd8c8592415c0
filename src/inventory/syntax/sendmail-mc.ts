import type { Place } from '../../core/place.ts';

/** One call of an m4 macro with arguments: `INPUT_MAIL_FILTER(`name', `S=…')`. */
export interface McCall {
  readonly name: string;
  /** Quotes taken off; at most six. */
  readonly args: readonly string[];
  readonly at: Place;
}

const callsMax = 2_000;
const argsMax = 6;

class McReader {
  readonly calls: McCall[] = [];
  private i = 0;
  private line = 1;
  /** Until cf.m4 is included `#` begins a comment; it turns that off (`changecom`). */
  private comments = true;
  private readonly path: string;
  private readonly text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  read(): readonly McCall[] {
    while (this.i < this.text.length && this.calls.length < callsMax) this.step();
    return this.calls;
  }

  private next(): string {
    const c = this.text.charAt(this.i);
    this.i += 1;
    if (c === '\n') this.line += 1;
    return c;
  }

  private toLineEnd(): void {
    while (this.i < this.text.length && this.next() !== '\n');
  }

  private step(): void {
    const c = this.text.charAt(this.i);
    if (c === '#' && this.comments) return this.toLineEnd();
    if (c === '`') {
      this.quoted();
      return;
    }
    if (!/[A-Za-z_]/.test(c)) {
      this.next();
      return;
    }
    const { line } = this;
    let name = '';
    while (/\w/.test(this.text.charAt(this.i)) && this.i < this.text.length) name += this.next();
    if (name === 'dnl') return this.toLineEnd();
    if (this.text.charAt(this.i) !== '(') return;
    this.next();
    const args = this.args();
    this.calls.push({ name, args, at: { path: this.path, line } });
    if (/^s?include$/.test(name) && /cf\.m4/.test(args[0] ?? '')) this.comments = false;
  }

  /** Text between a backquote and its apostrophe; quotes within stay. */
  private quoted(): string {
    this.next();
    let out = '';
    let depth = 1;
    while (this.i < this.text.length) {
      const c = this.next();
      if (c === '`') depth += 1;
      else if (c === "'") depth -= 1;
      if (depth === 0) break;
      out += c;
    }
    return out;
  }

  private args(): readonly string[] {
    const out: string[] = [];
    let arg = '';
    let depth = 1;
    while (this.i < this.text.length && depth > 0) {
      const c = this.text.charAt(this.i);
      if (c === '`') {
        arg += this.quoted();
        continue;
      }
      // dnl works among arguments, too: Debian's file hides line ends with it.
      if (/^dnl\b/.test(this.text.slice(this.i, this.i + 4)) && !/\w$/.test(arg)) {
        this.toLineEnd();
        continue;
      }
      this.next();
      if (c === '(') depth += 1;
      else if (c === ')') depth -= 1;
      if (depth === 0) break;
      if (c === ',' && depth === 1) {
        if (out.length < argsMax) out.push(arg.trim());
        arg = '';
      } else arg += c;
    }
    if (out.length < argsMax) out.push(arg.trim());
    return out;
  }
}

/**
 * The macro calls of a sendmail.mc, in order. m4 is not run: conditions, definitions and included
 * files are not followed, so this explains a sendmail.cf and never replaces it.
 */
export const readSendmailMc = (path: string, text: string): readonly McCall[] =>
  new McReader(path, text).read();
