import { decodeText } from '../charsets/decode.ts';

/** Groups whose content is not the document's text. */
const hidden = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'listtable',
  'listoverridetable',
  'rsidtbl',
  'generator',
  'pict',
  'objdata',
  'themedata',
  'colorschememapping',
  'datastore',
  'latentstyles',
  'xmlnstbl',
  'filetbl',
  'revtbl',
  'blipuid',
  'bkmkstart',
  'bkmkend',
  'htmltag',
  'mhtmltag',
  'pntext',
  'fldinst',
]);

const marks: ReadonlyMap<string, string> = new Map(
  Object.entries({
    par: '\n',
    line: '\n',
    row: '\n',
    page: '\n',
    sect: '\n',
    nestrow: '\n',
    tab: '\t',
    cell: '\t',
    nestcell: '\t',
    emdash: '—',
    endash: '–',
    lquote: '‘',
    rquote: '’',
    ldblquote: '“',
    rdblquote: '”',
    bullet: '•',
    emspace: ' ',
    enspace: ' ',
  }),
);

/** Charsets of fonts (`\fcharset`), as code pages. */
const fontPages: Readonly<Record<number, string>> = {
  0: 'windows-1252',
  77: 'macintosh',
  128: 'shift_jis',
  129: 'euc-kr',
  134: 'gbk',
  136: 'big5',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
};

interface Group {
  isHidden: boolean;
  /** Characters that stand for `\u` in programs that do not know it. */
  skip: number;
  font: number;
}

const groupsMax = 10_000;
const wordMax = 40;

class RtfReader {
  private readonly rtf: string;
  private readonly out: string[] = [];
  private readonly fonts = new Map<number, string>();
  private readonly groups: Group[] = [];
  private group: Group = { isHidden: false, skip: 1, font: -1 };
  private bytes: number[] = [];
  private page = 'windows-1252';
  private at = 0;
  private toSkip = 0;
  private inFonts = -1;
  private inInfo = -1;
  private fontNumber = 0;
  private htmlRtf = false;

  constructor(rtf: string) {
    this.rtf = rtf;
  }

  read(): string {
    const { rtf } = this;
    while (this.at < rtf.length) {
      const code = rtf.charCodeAt(this.at);
      if (code === 123) this.open();
      else if (code === 125) this.close();
      else if (code === 92) this.control();
      else {
        if (code !== 10 && code !== 13) this.byte(code);
        this.at++;
      }
    }
    this.flush();
    return this.out.join('');
  }

  private open(): void {
    this.flush();
    this.at++;
    // Deeper than anybody writes: the level is the same, so that memory stays bounded.
    if (this.groups.length < groupsMax) this.groups.push(this.group);
    this.group = { ...this.group };
  }

  private close(): void {
    this.flush();
    this.at++;
    this.group = this.groups.pop() ?? this.group;
    if (this.groups.length <= this.inFonts) this.inFonts = -1;
    if (this.groups.length <= this.inInfo) this.inInfo = -1;
    // Title, author and so on: each a group, without anything between them.
    else if (this.inInfo >= 0) this.put('\n');
  }

  private byte(code: number): void {
    if (this.toSkip > 0) {
      this.toSkip--;
      return;
    }
    if (!this.group.isHidden && !this.htmlRtf) this.bytes.push(code & 0xff);
  }

  private flush(): void {
    if (this.bytes.length === 0) return;
    const bytes = Buffer.from(this.bytes);
    this.bytes = [];
    this.out.push(decodeText(bytes, this.fonts.get(this.group.font) ?? this.page).text);
  }

  private put(text: string): void {
    this.flush();
    if (!this.group.isHidden && !this.htmlRtf) this.out.push(text);
  }

  private control(): void {
    const { rtf } = this;
    const next = rtf.charCodeAt(this.at + 1);
    const isLetter = (next | 32) >= 97 && (next | 32) <= 122;
    if (isLetter) {
      this.word();
      return;
    }
    this.at += 2;
    if (next === 39) {
      const byte = Number.parseInt(rtf.slice(this.at, this.at + 2), 16);
      this.at += 2;
      if (!Number.isNaN(byte)) this.byte(byte);
    } else if (next === 42) this.group.isHidden = true;
    else if (next === 126) this.put(' ');
    else if (next === 95) this.put('-');
    else if (next === 10 || next === 13) this.put('\n');
    else if (next === 92 || next === 123 || next === 125) this.byte(next);
  }

  private word(): void {
    const { rtf } = this;
    const from = this.at + 1;
    let to = from;
    while (
      to - from < wordMax &&
      (rtf.charCodeAt(to) | 32) >= 97 &&
      (rtf.charCodeAt(to) | 32) <= 122
    )
      to++;
    const name = rtf.slice(from, to);
    let end = to;
    if (rtf.charAt(end) === '-') end++;
    while (end - to < 12 && rtf.charCodeAt(end) >= 48 && rtf.charCodeAt(end) <= 57) end++;
    const number = end > to ? Number.parseInt(rtf.slice(to, end), 10) : undefined;
    this.at = rtf.charAt(end) === ' ' ? end + 1 : end;
    this.apply(name, Number.isNaN(number) ? undefined : number);
  }

  private apply(name: string, number: number | undefined): void {
    const mark = marks.get(name);
    if (mark !== undefined) this.put(mark);
    else if (hidden.has(name)) {
      this.flush();
      this.group.isHidden = true;
      if (name === 'fonttbl') this.inFonts = this.groups.length - 1;
    } else if (name === 'info') this.inInfo = this.groups.length - 1;
    else this.setting(name, number);
  }

  private setting(name: string, number: number | undefined): void {
    switch (name) {
      case 'u':
        this.put(String.fromCharCode((number ?? 0xfffd) & 0xffff));
        this.toSkip = this.group.skip;
        break;
      case 'uc':
        this.group.skip = Math.max(0, Math.min(20, number ?? 1));
        break;
      case 'ansicpg':
        this.page =
          number === 932 ? 'shift_jis' : number === 65001 ? 'utf-8' : `cp${number ?? 1252}`;
        break;
      case 'f':
        this.flush();
        if (this.inFonts >= 0) this.fontNumber = number ?? 0;
        else this.group.font = number ?? -1;
        break;
      case 'fcharset': {
        const page = fontPages[number ?? 0];
        if (this.inFonts >= 0 && page !== undefined && number !== 0)
          this.fonts.set(this.fontNumber, page);
        break;
      }
      case 'bin':
        this.at += Math.max(0, number ?? 0);
        break;
      case 'htmlrtf':
        this.flush();
        this.htmlRtf = number !== 0;
        break;
      default:
    }
  }
}

/** Text of an RTF document; of a document that HTML was made into, the text of that. Linear, and never throws. */
export const rtfToText = (bytes: Buffer): string => new RtfReader(bytes.toString('latin1')).read();
