/**
 * A text's lines as mail has them: quoted how deep, blank, a rule that parts a signature off, or a line that says who wrote what
 * follows (`On …, Taro <taro@example.jp> wrote:`, `From: taro@example.jp` of a forwarded message).
 */
export interface MailLine {
  readonly from: number;
  readonly to: number;
  /** Where its words begin, behind the marks of quoting. */
  readonly words: number;
  readonly depth: number;
  readonly kind: 'words' | 'blank' | 'rule' | 'signature' | 'wrote' | 'header';
}

const wrote =
  /(?:\bwrote|schrieb|a écrit|escribió|ha scritto|さんは書きました|は書きました|のメール|さんが書きました|writes)\s?:?\s*$|^\d{4}[年/-].{6,80}<[^<>\s]{3,80}@[^<>\s]{3,80}>\s?:?\s*$/i;
const header =
  /^[*＊]?(?:From|To|Cc|Bcc|Sent|Date|Subject|Reply-To|Sender|Return-Path|Resent-From|Resent-To|Delivered-To|X-Original-To|Mail-Followup-To|差出人|送信者|宛先|送信日時|日時|件名|CC|送信元|Von|An|De|À|Para)[*＊]?\s?:/i;
const rule = /^[-=_*+~#─━═＝－ー～＊☆★◆◇■□●○・.\s]{5,}$/;

export const mailLines = (text: string): readonly MailLine[] => {
  const lines: MailLine[] = [];
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    lines.push(lineOf(text, from, to));
    from = to + 1;
  }
  return lines;
};

const lineOf = (text: string, from: number, to: number): MailLine => {
  let depth = 0;
  let words = from;
  for (let at = from; at < to && depth < 20; at += 1) {
    const character = text[at];
    if (character === '>' || (character === '|' && text[at + 1] === ' ')) depth += 1;
    else if (character !== ' ' && character !== '\t') break;
    words = at + 1;
  }
  return { from, to, words, depth, kind: kindOf(text, words, to) };
};

/** Most lines are words: what they begin or end with tells that without a pattern. */
const kindOf = (text: string, from: number, to: number): MailLine['kind'] => {
  const length = to - from;
  if (length === 0 || text.slice(from, Math.min(to, from + 80)).trim() === '')
    return length < 80 ? 'blank' : 'words';
  if (length > 400) return 'words';
  const written = text.slice(from, to);
  const first = written.charCodeAt(0);
  if (first === 0x2d && /^-- ?\r?$/.test(written)) return 'signature';
  if (!isLetterOrDigit(first) && rule.test(written)) return 'rule';
  if (mayBeWrote(written) && wrote.test(written)) return 'wrote';
  return mayBeHeader(first) && header.test(written) ? 'header' : 'words';
};

const isLetterOrDigit = (unit: number): boolean => (unit >= 0x30 && unit <= 0x39) || isLetter(unit);

const isLetter = (unit: number): boolean => {
  const small = unit | 0x20;
  return small >= 0x61 && small <= 0x7a;
};

/** What is behind the last word is blanks and a colon; of words the last letter, of an address its bracket. */
const mayBeWrote = (written: string): boolean => {
  let at = written.length - 1;
  while (at >= 0 && (written.charCodeAt(at) <= 0x20 || written.charCodeAt(at) === 0x3a)) at -= 1;
  const last = written.charCodeAt(at);
  return last >= 0x80 || last === 0x3e || 'eotsbEOTSB'.includes(written.charAt(at));
};

/** First letters of the names of headers, capitals or not, or what is no ASCII. */
const mayBeHeader = (first: number): boolean =>
  first >= 0x80 || first === 0x2a || headerLetters.has(first | 0x20);

const headerLetters = new Set(Array.from('ftcbsdrxmvap', letter => letter.charCodeAt(0)));

/** The line in which `place` stands. */
export const lineAt = (lines: readonly MailLine[], place: number): number => {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.from ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
