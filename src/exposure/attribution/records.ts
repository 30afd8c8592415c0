import type { Found, SearchedText } from '../data-type.ts';
import { type TableLines, tableLines } from '../search/columns.ts';
import { lineAt, type MailLine, mailLines } from './lines.ts';
import { others, rowsOf } from './rows.ts';

/** Findings that stand together, so that they are of one person if they are of anybody. */
export interface FoundRecord {
  readonly found: readonly Found[];
  /** It is the signature of whoever wrote this part: of this address, or of the sender (''). */
  readonly signatureOf?: string;
  /** It stands in a line that says who wrote to whom, not in what he wrote. */
  readonly isHeader?: boolean;
  /** How to reach somebody or some office, and nothing else: whom the rest is about it does not say. */
  readonly isContact?: boolean;
  /** A sentence, not a row or a form. */
  readonly isSpoken?: boolean;
  /** Several addresses in it are one person's. */
  readonly isOnePerson?: boolean;
}

/**
 * Findings of a text, in records: rows of tables, blocks of labelled lines, signatures, sentences.
 *
 * @param author who wrote it, as far as it does not quote others: an address, '' for the sender, `unknownAuthor`
 */
export const recordsOf = (
  text: SearchedText,
  found: readonly Found[],
  author = '',
): readonly FoundRecord[] => {
  if (found.length === 0) return [];
  if (found.length === 1 && text.kind === 'subject') return [{ found }];
  const lines = mailLines(text.text);
  const table = tableLines(text.text, text.kind);
  const records: FoundRecord[] = [];
  const authors = new Authors(author);
  let next = 0;
  for (let first = 0; first < lines.length; ) {
    const past = endOfBlock(text.text, lines, table, first);
    const to = lines[past - 1]?.to ?? 0;
    const inside: Found[] = [];
    for (let one = found[next]; one !== undefined && one.from <= to; one = found[next]) {
      inside.push(one);
      next += 1;
    }
    authors.read(text.text, lines, first, past, inside);
    if (inside.length > 0) {
      const block = { text: text.text, lines, first, past, found: inside };
      if (isTable(text.text, table, first, past))
        records.push(...rowsOf(text.text, table, first, past, inside));
      else records.push(...blockRecords(block, authors.signature(lines, first)));
      if (next === found.length) break;
    }
    first = past;
  }
  return records;
};

/** Somebody wrote it who is not named. */
export const unknownAuthor = '?';

/** Of a text that is an attached message's address headers: who wrote that message. */
export const attachedAuthor = (text: string, found: readonly Found[]): string | undefined => {
  if (text.length > 20_000) return undefined;
  const lines = mailLines(text);
  if (lines.length === 0 || lines.some(({ kind }) => kind !== 'header')) return undefined;
  const from = lines.find(({ words }) => /^from:/i.test(text.slice(words, words + 5)));
  if (from === undefined) return undefined;
  return found.find(one => one.type === 'email' && one.from >= from.from && one.to <= from.to)
    ?.value;
};

/** The line behind the block that begins with line `first`: a table, or lines of one depth without a blank or a rule between. */
const endOfBlock = (
  text: string,
  lines: readonly MailLine[],
  table: TableLines,
  first: number,
): number => {
  const head = lines[first];
  if (head === undefined) return first + 1;
  let past = first + 1;
  while (table.heads[past] === first) past += 1;
  if (past > first + 1 && isTable(text, table, first, past)) return past;
  if (head.kind !== 'words') return first + 1;
  past = first + 1;
  for (let line = lines[past]; line !== undefined; line = lines[past]) {
    if (line.kind !== 'words' || line.depth !== head.depth || startsTable(text, table, past)) break;
    past += 1;
  }
  return past;
};

const startsTable = (text: string, table: TableLines, line: number): boolean =>
  table.heads[line + 1] === line && isTable(text, table, line, line + 2);

/** At least two lines of at least three cells; a table of two columns is a form or a list, whose lines tell enough. */
const isTable = (text: string, table: TableLines, first: number, past: number): boolean => {
  if (past <= first + 1 || table.heads[first + 1] !== first) return false;
  const delimiter = String.fromCharCode(table.delimiters[first] ?? 0);
  const second = text.indexOf(delimiter, text.indexOf(delimiter, table.starts[first] ?? 0) + 1);
  return second >= 0 && second < (table.starts[first + 1] ?? 0);
};

/** Who wrote what: by depth of quoting, of the lines that say so. */
class Authors {
  private readonly byDepth: (string | undefined)[];
  private inSignature = -1;
  private rules = 0;

  constructor(author: string) {
    this.byDepth = [author];
  }

  read(
    text: string,
    lines: readonly MailLine[],
    first: number,
    past: number,
    found: readonly Found[],
  ): void {
    const line = lines[first];
    if (line === undefined || past !== first + 1) return;
    const email = found.find(({ type }) => type === 'email')?.value;
    switch (line.kind) {
      case 'wrote':
        this.byDepth[line.depth + 1] = email ?? unknownAuthor;
        this.inSignature = -1;
        break;
      case 'header':
        if (
          /^[*＊]?(?:From|差出人|送信者|送信元|Von|De)/i.test(
            text.slice(line.words, line.words + 12),
          )
        ) {
          this.byDepth[line.depth] = email ?? unknownAuthor;
          this.inSignature = -1;
        }
        break;
      case 'signature':
        this.inSignature = line.depth;
        break;
      case 'rule':
        this.rules = first;
        break;
      case 'blank':
      case 'words':
        break;
    }
  }

  /** Whose signature the block is that begins with line `first`; `undefined` where it is none. */
  signature(lines: readonly MailLine[], first: number): string | undefined {
    const line = lines[first];
    if (line === undefined || line.kind !== 'words') return undefined;
    const isBehindMark = this.inSignature === line.depth;
    const isBetweenRules =
      first > 0 && this.rules === first - 1 && lines[first - 1]?.kind === 'rule';
    if (!isBehindMark && !isBetweenRules) return undefined;
    return this.byDepth[line.depth] ?? unknownAuthor;
  }
}

interface Block {
  readonly text: string;
  readonly lines: readonly MailLine[];
  readonly first: number;
  readonly past: number;
  readonly found: readonly Found[];
}

const blockRecords = (block: Block, signatureOf: string | undefined): readonly FoundRecord[] => {
  const { lines, first, found } = block;
  const kind = lines[first]?.kind;
  if (kind === 'header' || kind === 'wrote')
    return sentences(block).map(record => ({ ...record, isHeader: true }));
  if (kind !== 'words' || !isForm(block)) return sentences(block);
  if (!isContact(block)) return parted(block);
  if (signatureOf === undefined || signatureOf === unknownAuthor)
    return [{ found, isContact: true }];
  return [{ found, isContact: true, signatureOf }];
};

const contactTypes = new Set([
  'person-name',
  'email',
  'telephone',
  'postal-address',
  'postcode',
  'corporate-number',
]);
const aboutSomebody =
  /氏名|名前|フリガナ|ふりがな|お客様|会員|様|さん|(?:^|\n)[ \t>]*(?:full |first |last |customer )?name *:/i;

/** A signature, or whom to ask: at least two ways to reach somebody whom no label makes the subject. */
const isContact = ({ text, lines, first, past, found }: Block): boolean => {
  if (found.some(({ type }) => !contactTypes.has(type))) return false;
  if (new Set(found.map(({ type }) => type)).size < 2) return false;
  const from = lines[first]?.from ?? 0;
  return !aboutSomebody.test(text.slice(from, Math.min(lines[past - 1]?.to ?? from, from + 2_000)));
};

/** What stands beside the values in a line of a form is a label or two. */
const labelMax = 28;

/** Each line with findings is little more than these: labels and values, as in a form or a signature. */
const isForm = ({ text, lines, found }: Block): boolean => {
  let line = -1;
  let covered = 0;
  let until = 0;
  let linesSeen = 0;
  const isShort = (): boolean => {
    const of = lines[line];
    return of === undefined || text.slice(of.words, of.to).trim().length - covered <= labelMax;
  };
  for (const { from, to } of found) {
    const at = lineAt(lines, from);
    if (at !== line) {
      if (!isShort()) return false;
      linesSeen += 1;
      line = at;
      covered = 0;
      until = 0;
    }
    // Two sentences in one line are not a form's.
    if (until > 0 && until < from && /[。！？]/.test(text.slice(until, Math.min(from, until + 80))))
      return false;
    const begin = Math.max(from, until);
    covered += Math.max(0, to - begin);
    until = Math.max(until, to);
  }
  return isShort() && linesSeen > 0;
};

/** A form of several people is parted where what began it comes again, as something else: `氏名`, `氏名`. */
const parted = (block: Block): readonly FoundRecord[] => {
  const { text, lines, found: all } = block;
  const isOther = (one: Found): boolean => {
    const begin = Math.max(lines[lineAt(lines, one.from)]?.words ?? 0, one.from - labelMax);
    return one.identifier !== undefined && others.test(text.slice(begin, one.from));
  };
  const apart = all.filter(isOther).map(one => ({ found: [one], isContact: true }));
  const found = apart.length === 0 ? all : all.filter(one => !isOther(one));
  const [start] = found;
  if (start === undefined) return apart;
  const records: Found[][] = [];
  let line = -1;
  for (const one of found) {
    const at = lineAt(lines, one.from);
    const begins = one.type === start.type && (records.length === 0 || at !== line);
    const last = records.at(-1);
    if (last === undefined || (begins && last[0]?.value !== one.value)) records.push([one]);
    else last.push(one);
    line = at;
  }
  return [...records.map(each => ({ found: each })), ...apart];
};

const sentenceEnd = /[。！？!?]|\.(?=\s)/g;
/** A line this long was wrapped: its sentence may go on in the next. */
const wrapped = 30;

const sentences = ({ text, lines, found }: Block): readonly FoundRecord[] => {
  const records: Found[][] = [];
  let until = -1;
  let line = -1;
  for (const one of found) {
    const last = records.at(-1);
    const at = lineAt(lines, one.from);
    const goesOn =
      at === line ||
      (at === line + 1 && (lines[line]?.to ?? 0) - (lines[line]?.words ?? 0) >= wrapped);
    if (
      last !== undefined &&
      (one.from < until || (goesOn && !isParted(text, last.at(-1)?.to ?? 0, one.from)))
    )
      last.push(one);
    else records.push([one]);
    until = Math.max(until, one.to);
    line = lineAt(lines, one.to - 1);
  }
  return records.map(each => ({ found: each, isSpoken: true }));
};

const gapMax = 400;

const isParted = (text: string, from: number, to: number): boolean => {
  if (to - from > gapMax) return true;
  sentenceEnd.lastIndex = 0;
  return sentenceEnd.test(text.slice(from, Math.max(from, to)));
};
