import { resolveReferences } from './references.ts';

const words = (list: string): readonly string[] => list.split(' ');

/** What an element is to the text: `block` ends a line before and behind it, `dropped` holds no text. */
type ElementKind = 'inline' | 'block' | 'dropped' | 'cell' | 'row' | 'table' | 'pre';

const kinds = new Map<string, ElementKind>([
  ...words(
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol option p section select summary tbody tfoot thead title ul br',
  ).map(name => [name, 'block'] as const),
  ...words('script style noembed noframes template').map(name => [name, 'dropped'] as const),
  ['td', 'cell'],
  ['th', 'cell'],
  ['tr', 'row'],
  ['table', 'table'],
  ['pre', 'pre'],
]);

/** Names as documents write them, so that most need no other letter case; bounded, since the sender invents names. */
const written = new Map<string, ElementKind>();
const writtenMax = 2_000;

const kindOf = (name: string): ElementKind => {
  const known = written.get(name);
  if (known !== undefined) return known;
  const kind = kinds.get(name.toLowerCase()) ?? 'inline';
  if (written.size >= writtenMax) written.clear();
  if (name.length <= 12) written.set(name, kind);
  return kind;
};

/** Attributes whose values are text; of links, whom they write to or call. */
const attributes = new Set([
  'alt',
  'title',
  'href',
  'value',
  'placeholder',
  'content',
  'aria-label',
]);

/** First letters of these: most attributes are none of them. */
const mayHold = (code: number): boolean => {
  const lower = code | 32;
  return (
    lower === 97 || lower === 99 || lower === 104 || lower === 112 || lower === 116 || lower === 118
  );
};

const isNameCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 58) ||
  code === 45;

const isSpaceCode = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

const calls = /^\s*(?:mailto|tel|sms|callto):/i;

/** First letters of `mailto:` and the others, or white space before them. */
const mayCall = (code: number): boolean =>
  code <= 32 || 'mtscMTSC'.includes(String.fromCharCode(code));

/** The rest of a mailto: link may name others, and a whole letter: `?cc=…&body=…`. */
const linkText = (value: string): string => {
  const target = value.slice(value.indexOf(':') + 1).replace(/[?&]/g, ' ');
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
};

class HtmlReader {
  private readonly html: string;
  private readonly out: string[] = [];
  /** What the last piece ended with: several block elements give one line end. */
  private last = '\n';
  private wantsSpace = false;
  private wantsTab = false;
  private pre = 0;
  private cells = 0;

  constructor(html: string) {
    this.html = html;
  }

  read(): string {
    const { html } = this;
    let at = 0;
    while (at < html.length) {
      const open = html.indexOf('<', at);
      if (open < 0) {
        this.text(at, html.length);
        break;
      }
      if (open > at) this.text(at, open);
      at = this.markup(open);
    }
    return this.out.join('').trimEnd();
  }

  private markup(open: number): number {
    const { html } = this;
    const next = html.charCodeAt(open + 1);
    if (next === 33) return this.declaration(open);
    // `<?xml …>`
    if (next === 63) return this.behind('>', open + 2, 1);
    const isEnd = next === 47;
    const from = open + (isEnd ? 2 : 1);
    const first = html.charCodeAt(from);
    if (!((first >= 97 && first <= 122) || (first >= 65 && first <= 90))) {
      if (isEnd) return this.behind('>', from, 1);
      // `a < b`, `<3`: text.
      this.piece('<');
      return open + 1;
    }
    let to = from;
    while (to < html.length && isNameCode(html.charCodeAt(to))) to++;
    return this.tag(open, html.slice(from, to), isEnd, to);
  }

  private declaration(open: number): number {
    const { html } = this;
    if (html.startsWith('<!--', open)) {
      // Conditional comments of Office hold markup for other programs; what others show lies outside of them.
      if (html.startsWith('>', open + 4)) return open + 5;
      return this.behind('-->', open + 4, 3);
    }
    if (html.startsWith('<![CDATA[', open)) {
      const end = html.indexOf(']]>', open);
      this.text(open + 9, end < 0 ? html.length : end);
      return end < 0 ? html.length : end + 3;
    }
    return this.behind('>', open + 2, 1);
  }

  /** Position behind a mark; where it never comes, markup is taken to end with its line, so that text is not lost. */
  private behind(mark: string, from: number, length: number): number {
    const at = this.find(mark, from);
    if (at >= 0) return at + length;
    const line = this.html.indexOf('\n', from);
    return line < 0 ? this.html.length : line + 1;
  }

  private readonly gone = new Set<string>();

  /** `indexOf` that remembers that a mark does not come again, so that hostile input costs no search each time. */
  private find(mark: string, from: number): number {
    if (this.gone.has(mark)) return -1;
    const at = this.html.indexOf(mark, from);
    if (at < 0) this.gone.add(mark);
    return at;
  }

  private tag(open: number, name: string, isEnd: boolean, from: number): number {
    let to = from;
    if (this.html.charCodeAt(from) === 62) to = from + 1;
    else {
      const tag = this.endless ? this.find('>', from) + 1 : this.attributes(from);
      if (tag <= 0) {
        // A tag without an end: text, as a browser would not show it but a person wrote it. One such
        // search went to the end of the document; no other may.
        this.endless = true;
        this.held.length = 0;
        this.piece('<');
        return open + 1;
      }
      to = tag;
    }
    const kind = kindOf(name);
    if (kind === 'dropped' && !isEnd) return this.behindElement(name.toLowerCase(), to);
    if (kind !== 'inline') this.element(kind, isEnd);
    if (this.held.length > 0) {
      for (const text of this.held) this.attribute(text);
      this.held.length = 0;
    }
    return to;
  }

  private readonly held: string[] = [];
  private endless = false;

  private attribute(text: string): void {
    if (text.trim() === '') return;
    this.wantsSpace = true;
    this.plain(resolveReferences(text));
    this.wantsSpace = true;
  }

  /** Reads attributes up to `>`; answers where the tag ends, -1 where it does not. */
  private attributes(from: number): number {
    const { html } = this;
    let at = from;
    while (at < html.length) {
      const code = html.charCodeAt(at);
      if (code === 62) return at + 1;
      if (isSpaceCode(code) || code === 47 || code === 34 || code === 39 || code === 61) {
        at++;
        continue;
      }
      // Another tag begins: this one's end was forgotten.
      if (code === 60) return at;
      const nameFrom = at;
      while (at < html.length && !this.endsName(html.charCodeAt(at))) at++;
      const nameTo = at;
      while (isSpaceCode(html.charCodeAt(at))) at++;
      if (html.charCodeAt(at) !== 61) continue;
      at++;
      while (isSpaceCode(html.charCodeAt(at))) at++;
      const next = this.attributeValue(at);
      if (next < 0) return -1;
      const length = nameTo - nameFrom;
      if (length >= 3 && length <= 11 && mayHold(html.charCodeAt(nameFrom))) {
        this.hold(html.slice(nameFrom, nameTo).toLowerCase());
      }
      at = next;
    }
    return -1;
  }

  private hold(name: string): void {
    const { html, valueFrom, valueTo } = this;
    if (valueTo <= valueFrom || !attributes.has(name)) return;
    if (name !== 'href') this.held.push(html.slice(valueFrom, valueTo));
    else if (mayCall(html.charCodeAt(valueFrom))) {
      const value = html.slice(valueFrom, valueTo);
      if (calls.test(value)) this.held.push(linkText(value));
    }
  }

  private valueFrom = 0;
  private valueTo = 0;

  private endsName(code: number): boolean {
    return isSpaceCode(code) || code === 61 || code === 62 || code === 47 || code === 60;
  }

  /** Finds a value's ends; answers where the tag goes on behind it, -1 where the document ends before. */
  private attributeValue(at: number): number {
    const { html } = this;
    const code = html.charCodeAt(at);
    if (code === 34 || code === 39) {
      const end = this.find(code === 34 ? '"' : "'", at + 1);
      if (end < 0) return -1;
      const value = html.slice(at + 1, end);
      this.valueFrom = at + 1;
      // A quote that was forgotten would hide text up to the next one: it ends with its tag.
      const isOpen = value.includes('<') && value.includes('>');
      this.valueTo = isOpen ? at + 1 + value.indexOf('>') : end;
      return isOpen ? this.valueTo : end + 1;
    }
    let to = at;
    while (to < html.length && !isSpaceCode(html.charCodeAt(to)) && html.charCodeAt(to) !== 62) {
      to++;
    }
    this.valueFrom = at;
    this.valueTo = to;
    return to >= html.length ? -1 : to;
  }

  private behindElement(name: string, from: number): number {
    const mark = `</${name}`;
    const { html } = this;
    let at = from;
    while (!this.gone.has(mark)) {
      const end = html.indexOf('</', at);
      if (end < 0) break;
      if (html.slice(end, end + mark.length).toLowerCase() === mark)
        return this.behind('>', end, 1);
      at = end + 2;
    }
    this.gone.add(mark);
    // Without an end the rest of the document would be lost: it is read as text.
    return from;
  }

  private element(kind: ElementKind, isEnd: boolean): void {
    if (kind === 'cell') {
      if (isEnd) return;
      if (this.cells > 0) this.wantsTab = true;
      this.cells++;
    } else if (kind === 'row') {
      this.cells = 0;
      this.wantsTab = false;
      this.line();
    } else if (this.cells > 0 && kind !== 'table') {
      // Blocks inside of a cell: the row stays one line.
      this.wantsSpace = true;
    } else {
      if (kind === 'table') this.cells = 0;
      else if (kind === 'pre') this.pre = Math.max(0, this.pre + (isEnd ? -1 : 1));
      this.line();
    }
  }

  private line(): void {
    this.wantsSpace = false;
    if (this.last !== '\n') {
      this.out.push('\n');
      this.last = '\n';
    }
  }

  private text(from: number, to: number): void {
    const raw = this.html.slice(from, to);
    this.plain(raw.includes('&') ? resolveReferences(raw) : raw);
  }

  /** A piece that is set as it is. */
  private piece(text: string): void {
    this.lead();
    this.out.push(text);
    this.last = text.slice(-1);
  }

  private lead(): void {
    if (this.wantsTab) this.out.push('\t');
    else if (this.wantsSpace && this.last !== '\n' && this.last !== ' ' && this.last !== '\t') {
      this.out.push(' ');
    }
    this.wantsTab = false;
    this.wantsSpace = false;
  }

  /** White space of any kind and length between words becomes one space. */
  private plain(text: string): void {
    if (this.pre > 0) {
      this.piece(text);
      return;
    }
    const { length } = text;
    let at = 0;
    while (at < length) {
      const from = at;
      while (at < length && isSpaceCode(text.charCodeAt(at))) at++;
      if (at > from) this.wantsSpace = true;
      if (at >= length) return;
      const start = at;
      for (; at < length; at++) {
        const code = text.charCodeAt(at);
        if (code > 32 || !isSpaceCode(code)) continue;
        // One space between words is what most white space is: it stays, and the run goes on.
        if (code !== 32 || at + 1 >= length || isSpaceCode(text.charCodeAt(at + 1))) break;
      }
      this.piece(text.slice(start, at));
    }
  }
}

/**
 * HTML as text: tags, comments, scripts and styles gone, references resolved, block elements as line
 * ends, a table's row one line with tabs between its cells. Text that a browser hides stays, and so do
 * alternative texts, titles, values of fields, and the targets of mailto: and tel: links.
 */
export const htmlToText = (html: string): string => new HtmlReader(html).read();
