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
  const line = { from, to, words, depth };
  const length = to - words;
  if (length === 0 || text.slice(words, Math.min(to, words + 80)).trim() === '') {
    return length < 80 ? { ...line, kind: 'blank' } : { ...line, kind: 'words' };
  }
  if (length > 400) return { ...line, kind: 'words' };
  const written = text.slice(words, to);
  if (/^-- ?\r?$/.test(written)) return { ...line, kind: 'signature' };
  if (rule.test(written)) return { ...line, kind: 'rule' };
  if (wrote.test(written)) return { ...line, kind: 'wrote' };
  return { ...line, kind: header.test(written) ? 'header' : 'words' };
};

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
