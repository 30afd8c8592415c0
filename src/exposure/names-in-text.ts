import type { Judged } from './data-type.ts';
import { isFullName, nameLikeness, withoutTitle } from './japan/names.ts';
import { lastBefore } from './nearby-text.ts';

const letters = '\u3400-\u9fff々ヶ\uf900-\ufaff';
const before = new RegExp(
  `(?:^|[^${letters}\u3041-\u3096ァ-ヴー])([${letters}]{1,4}(?: [${letters}\u3041-\u3096ァ-ヴー]{1,4})?|[${letters}]{2,6}|[ァ-ヴー]{2,8}(?: [ァ-ヴー]{2,8})?) ?$`,
  'u',
);
/** Words that end in 様 without anybody being meant, and people who are meant without a name. */
const nobody =
  /^(?:皆|客|奥|嬢|坊|王|神|仏|殿|姫|子|仕|多|同|模|一|異|有|各|貴|上|両|何|人|親|父|母|兄|姉|弟|妹|旦那|患者|株主|読者|博士)$|(?:お客|担当者|担当|関係者|利用者|会員|部長|課長|係長|社長|店長|院長|先生|事務局|御中|保護者|契約者|購入者|申込者|参加者|患者|女王|生徒|学生|先輩|後輩|隊長|校長|教頭|教授|看護婦|看護師|医師|各位|一同|皆|業者|会社|支店|部署)$/;

/** The name before an honorific: `山田 太郎 様`, `田中さん`. Of the honorific itself nothing is taken. */
export const honoured = (text: string, from: number, to: number): Judged | undefined => {
  const written = text.slice(from, to);
  // `仕様書`, `氏名`, `さんざん`: the honorific ends a word, and stands behind one.
  if (isWordAfter(text, to, written) || !mayEndName(text.charCodeAt(from - 1))) return undefined;
  const match = before.exec(text.slice(Math.max(0, from - 14), from));
  const name = withoutTitle(match?.[1] ?? '');
  if (match === null || name === '' || nobody.test(name)) return undefined;
  const blank = from - (match[0].endsWith(' ') ? 1 : 0);
  const found = { from: blank - name.length, to: blank, value: name };
  const likeness = nameLikeness(name);
  if (likeness === 'listed') return { ...found, confidence: isFullName(name) ? 'high' : 'medium' };
  if (likeness === 'none' || written !== '様' || !isGreeting(text, found.from, to))
    return undefined;
  return { ...found, confidence: name.includes(' ') ? 'medium' : 'low' };
};

const introducing = new RegExp(
  `(?:^|[^${letters}ァ-ヴー])([${letters}]{1,4}(?: [${letters}]{1,4})?|[${letters}]{2,6})$`,
  'u',
);

/** `あおぞら商事の田中と申します`: a surname of the list before it. */
export const introduced = (text: string, from: number, written: string): Judged | undefined => {
  // Most sentences end so; few with somebody's name.
  if (
    !mayEndName(text.charCodeAt(from - 1)) ||
    (written === 'です' && !/[。、\n\r!]/.test(text[from + 2] ?? '\n'))
  )
    return undefined;
  const name = introducing.exec(text.slice(Math.max(0, from - 12), from))?.[1];
  if (name === undefined || nameLikeness(name) !== 'listed') return undefined;
  if (written === 'です' && !isSelf(text, from - name.length, from + 2, name)) return undefined;
  return { from: from - name.length, to: from, value: name, confidence: 'medium' };
};

/** `佐野です。` begins a line, or follows where he is of: `あおぞら商事の佐野です。` Places and directions are said otherwise. */
const isSelf = (text: string, from: number, to: number, name: string): boolean =>
  name.length > 1 &&
  /^[。、\n\r!]/.test(text.slice(to, to + 1)) &&
  (from === 0 || /[\nの 、。]/.test(text[from - 1] ?? '')) &&
  !/(?:[はがもを]|場所|出身|担当)の?$/.test(text.slice(Math.max(0, from - 4), from));

const holder = new RegExp(
  `^[^\\d\\n]{0,12}(?:\\d{5}[- ]?)?\\d{6,8}[ \\t,、/]{1,4}(?:名義(?:人)?[:： ]{0,2})?([ァ-ヴー]{2,8} [ァ-ヴー]{2,8}|[${letters}]{1,4} [${letters}]{1,4})(?![${letters}ァ-ヴー])`,
  'u',
);

/** Whom an account is of, behind its number: `普通 1234567 ヤマダ タロウ`. */
export const accountHolder = (text: string, to: number): Judged | undefined => {
  const match = holder.exec(text.slice(to, to + 60));
  const name = match?.[1];
  if (match === null || name === undefined || nameLikeness(name) === 'none') return undefined;
  const end = to + match[0].length;
  return { from: end - name.length, to: end, value: name, confidence: 'medium' };
};

/** Kanji, katakana, hiragana of names, or a blank. */
const mayEndName = (unit: number): boolean =>
  unit === 0x20 ||
  (unit >= 0x3041 && unit <= 0x30fc) ||
  (unit >= 0x3400 && unit <= 0x9fff) ||
  (unit >= 0xf900 && unit <= 0xfaff);

const isWordAfter = (text: string, to: number, written: string): boolean => {
  const next = text[to] ?? '';
  if (written === '氏' || written === '殿') return /[\u3400-\u9fff々]/.test(next);
  if (written === '様')
    return /[式子相々書\u3400-\u9fff]/.test(next) && !/[宛分用方向本共各]/.test(next);
  return written === 'さん' && /[ざごば]/.test(next);
};

/** The honorific ends the line or the clause. */
const isGreeting = (text: string, from: number, to: number): boolean =>
  /^(?:[ \t]*(?:$|\n|\r|、|,|へ|宛))/.test(text.slice(to, to + 3)) &&
  (from === 0 || /[\n\r\t ,:>]/.test(text[from - 1] ?? ''));

const capitalised = "[A-Z][a-zA-Z'’-]{1,20}";
const greetedName = new RegExp(
  `^[ ]((?:(?:Mr|Mrs|Ms|Miss|Dr|Prof)\\.? )?)(${capitalised}(?: ${capitalised})?)`,
);
const titledName = new RegExp(`^\\.? (${capitalised}(?: ${capitalised})?)`);
const anybody = new Set(
  'all sir madam sirs customer customers team colleague colleagues friend friends user users member members valued hiring subscriber everyone everybody folks guys there supplier partner partners client clients guest student students parents editor reader readers sales support admin administrator applicant candidate list world kitty western homeowner beneficiary resident shareholder investor winner buyer seller webmaster postmaster dear how my future grant business office access'.split(
    ' ',
  ),
);

/** `Dear Ms. Tanaka`, `Mr. Smith`; a title makes a name of what a greeting alone leaves open. */
export const greeted = (
  text: string,
  from: number,
  to: number,
  isTitle: boolean,
): Judged | undefined => {
  const said = text.slice(from, to);
  // `MS Office`, `HI Hawaii`, `DO NOT MISS OUT`.
  if (!/^[A-Z]/.test(said) || /^(?:MS|HI|MISS|HELLO|SIR)$/.test(said)) return undefined;
  const rest = text.slice(to, to + 60);
  if (isTitle) {
    const name = titledName.exec(rest)?.[1];
    if (name === undefined || anybody.has(name.toLowerCase())) return undefined;
    const begin = to + rest.indexOf(name);
    return { from: begin, to: begin + name.length, value: name, confidence: 'medium' };
  }
  const [, title = '', name = ''] = greetedName.exec(rest) ?? [];
  if (name === '' || anybody.has((name.split(' ')[0] ?? '').toLowerCase())) return undefined;
  const begin = to + 1 + title.length;
  const isSure = title !== '' || name.includes(' ');
  return {
    from: begin,
    to: begin + name.length,
    value: name,
    confidence: isSure ? 'medium' : 'low',
  };
};

const linesBack = 6;
const signatureReach = 320;
const reading =
  /[ ]?\(([\u3041-\u3096ァ-ヴー]{2,8} ?[\u3041-\u3096ァ-ヴー]{1,8}|[A-Za-z .-]{4,30})\)$/;

/**
 * The name in a signature: a line of its own, a surname of the list with a given name, above a line that gives a telephone. In
 * Latin letters only behind the mark `-- ` of a signature.
 */
export const signed = (text: string, from: number): readonly Judged[] | undefined => {
  // The label stands at the beginning of its line: a signature is a list of such lines.
  const start = lastBefore(text, '\n', from, 40) + 1;
  if (start === 0) return undefined;
  const low = Math.max(0, start - signatureReach);
  const lines = text.slice(low, start - 1).split('\n');
  let end = start - 1;
  for (let back = lines.length - 1; back >= 0 && back >= lines.length - linesBack; back -= 1) {
    const line = lines[back] ?? '';
    const lineFrom = end - line.length;
    if (lineFrom < low || (back === 0 && low > 0)) break;
    const found = signedLine(line, lineFrom, lines[back - 1]);
    if (found !== undefined) return found;
    end = lineFrom - 1;
  }
  return undefined;
};

const signedLine = (
  line: string,
  lineFrom: number,
  lineBefore: string | undefined,
): readonly Judged[] | undefined => {
  if (line.length > 60) return undefined;
  const said = reading.exec(line);
  const bare = said === null ? line : line.slice(0, said.index);
  const name = bare.replace(/^[ \t>|]+/, '').trimEnd();
  const words = name.split(/ {1,4}/);
  const last = words.slice(-2).join(' ');
  const isLatin =
    lineBefore !== undefined &&
    /^--\s*$/.test(lineBefore) &&
    /^[A-Z][a-z'-]+(?: [A-Z][a-z'.-]*){1,2}$/.test(name);
  const full =
    [name, last].find(candidate => /[\u3400-\u9fff]/.test(candidate) && isFullName(candidate)) ??
    (isLatin ? name : undefined);
  if (full === undefined) return undefined;
  const from = lineFrom + bare.lastIndexOf(full);
  const found: Judged[] = [{ from, to: from + full.length, value: full, confidence: 'medium' }];
  const reads = said?.[1];
  if (said !== null && reads !== undefined) {
    const begin = lineFrom + said.index + said[0].indexOf(reads);
    found.push({ from: begin, to: begin + reads.length, value: reads, confidence: 'medium' });
  }
  return found;
};

/** The display name before an address in angle brackets: `木村 拓 <kimura@example.jp>`. */
export const withAddress = (text: string, at: number): Judged | undefined => {
  const bracket = lastBefore(text, '<', at, 65);
  if (bracket < 0 || /\s/.test(text.slice(bracket, at))) return undefined;
  const match = /(?:^|[\n\r\t,;:>"'(])[ "']{0,2}([^\n\r\t,;:<>"'()@]{2,40}?)["']? ?$/.exec(
    text.slice(Math.max(0, bracket - 48), bracket),
  );
  const written = match?.[1]?.trim();
  if (written === undefined) return undefined;
  const japanese = /([\u3400-\u9fff々ヶ]{1,4} ?[\u3400-\u9fff々ヶ\u3041-\u3096ァ-ヴー]{1,5})$/.exec(
    written,
  )?.[1];
  const name = japanese ?? written;
  const likeness = nameLikeness(name);
  if (likeness === 'none' || (likeness === 'shaped' && japanese !== undefined)) return undefined;
  const from = bracket - (match?.[0].length ?? 0) + (match?.[0].lastIndexOf(name) ?? 0);
  return { from, to: from + name.length, value: name, confidence: 'medium' };
};
