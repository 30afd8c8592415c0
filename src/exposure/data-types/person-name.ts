import { type Cell, cellsBelow } from '../columns.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import {
  isFullName,
  isReadingOfName,
  mayBePart,
  nameLikeness,
  withoutTitle,
} from '../japan/names.ts';
import {
  accountHolder,
  greeted,
  honoured,
  introduced,
  signed,
  withAddress,
} from '../names-in-text.ts';

/** Names of people where something says that one stands there: a label, an honorific, a greeting, a signature, a mail address. */
export const personName: DataType = {
  id: 'person-name',
  title: 'Name of a person',
  sensitivity: 'ordinary',
  rank: -5,
  anchors: {
    words: [
      'person-name',
      'person-name/role',
      'person-name/part',
      'person-name/reading',
      'person-name/title',
      'person-name/greeting',
      'telephone',
      'bank-account',
      'bank-account/kind',
      'yucho-account',
    ],
    literals: ['様', 'さま', 'さん', '殿', '氏', '先生', 'と申します', 'です'],
    at: true,
  },
  judge(candidate, around) {
    if (candidate.kind === 'at') return withAddress(around.text, candidate.from);
    if (candidate.kind === 'literal') return behindName(candidate, around.text);
    switch (candidate.value) {
      case 'bank-account':
      case 'bank-account/kind':
      case 'yucho-account':
        return accountHolder(around.text, candidate.to);
      case 'telephone':
        return signed(around.text, candidate.from);
      case 'person-name/title':
      case 'person-name/greeting':
        return greeted(
          around.text,
          candidate.from,
          candidate.to,
          candidate.value === 'person-name/title',
        );
      default:
        return labelled(candidate, around);
    }
  },
};

const behindName = ({ from, to, value: written }: Candidate, text: string): Judged | undefined =>
  written === 'と申します' || written === 'です'
    ? introduced(text, from, written)
    : honoured(text, from, to);

/** What stands between a label and a name: `:`, a tab, a closing quotation mark, `は`, `is`, a note in brackets, a line end. */
const between =
  /^(?: ?\([^()\n]{1,8}\))? ?[\u3011\u300d\]"']?(?:[ \t]{0,8}[:=|→>][ \t"'\u300c]{0,8}(?:\n[ \t"'\u300c]{0,8})?|[ \t]{1,3}is[ \t]{1,3}|は[、\s]?|[ \t]{1,12}|[ \t]{0,8}\n[ \t]{0,8})/;
const value =
  /^(?:[\u3041-\u3096ァ-ヴー\uff66-\uff9f\u3400-\u9fff々ヶ\uf900-\ufaff]{1,10}(?: [\u3041-\u3096ァ-ヴー\uff66-\uff9f\u3400-\u9fff々ヶ\uf900-\ufaff]{1,8})?|\p{Lu}[\p{L}'’.-]{1,20}, \p{Lu}[\p{L}'’.-]{0,20}(?: \p{Lu}[\p{L}'’.-]{0,20})?(?=$|[^\p{L} ])|\p{Lu}[\p{L}'’.-]{1,20}(?: {1,2}(?:(?:de|da|di|du|dos|van|von|der|den|del|la|le|bin|al|el) )?\p{Lu}[\p{L}'’.-]{0,20}){0,3})/u;
/** `氏名は山田太郎です`: what ends a sentence is not the name's. */
const copula =
  /(?:です|でございます|と申します|となります|になります|(?<=[\u3400-\u9fff])[でとのがをには])$/;
const honorific = / ?(?:様|さま|さん|殿|氏|先生|君|くん|ちゃん)$/;

const labelled = (
  { from, to, value: set }: Candidate,
  around: Around,
): Judged | readonly Judged[] | undefined => {
  const { text } = around;
  const beside = behindLabel(text, from, to, set);
  // In a form of two columns the name stands beside its label; in a list, below.
  if (
    beside !== undefined &&
    nameLikeness(beside.value) === 'listed' &&
    !text.slice(to, beside.from).includes('\n')
  )
    return beside;
  const cells = cellsBelow(text, around.kind, from, to);
  if (cells.length === 0) return beside;
  if (set === 'person-name/part') return halves(text, from, to, cells);
  const below = cells.flatMap(cell => {
    const found = nameAt(text, cell.from, cell.to, set);
    return found === undefined ? [] : [found];
  });
  return below.length === 0 ? beside : below;
};

const behindLabel = (text: string, from: number, to: number, set: string): Judged | undefined => {
  if (isWithinWord(text, from, to)) return undefined;
  const gap = between.exec(text.slice(to, to + 24))?.[0] ?? '';
  if (gap === '') return undefined;
  // `Employee seminar`: a Latin word is a label by what follows it only.
  if (/^ {1,12}$/.test(gap) && /[A-Za-z]/.test(text[to - 1] ?? '')) return undefined;
  const begin = to + gap.length;
  const half = nameAt(text, begin, text.length, set);
  const found = half !== undefined && set === 'person-name/part' ? withGiven(text, half) : half;
  // In the next line something else may stand as well: of a list of labels, the next.
  return found !== undefined && gap.includes('\n') && nameLikeness(found.value) !== 'listed'
    ? { ...found, confidence: 'low' }
    : found;
};

const otherHalf =
  /^["' ]{0,2}[,\t;|]["' ]{0,2}(?:名|姓|めい|(?:first|last|given|family)[ _-]?name|surname|forename)/i;
const halfBefore =
  /(?:名|姓|(?:first|last|given|family)[ _-]?name|surname|forename)["' ]{0,2}[,\t;|]["' ]{0,2}$/i;
const cellAfter = /^"?[,\t;|] ?"?([^",\t;|\n\r]{1,24})/;

/** Two columns side by side, 姓 and 名 or first and last name, hold one name; the second of them was read with the first. */
const halves = (
  text: string,
  from: number,
  to: number,
  cells: readonly Cell[],
): readonly Judged[] => {
  if (halfBefore.test(text.slice(Math.max(0, from - 20), from))) return [];
  const isPair = otherHalf.test(text.slice(to, to + 24));
  return cells.flatMap(cell => {
    const half = text.slice(cell.from, cell.to);
    const other = isPair ? cellAfter.exec(text.slice(cell.to, cell.to + 40)) : null;
    const name = other === null ? half : `${half} ${(other[1] ?? '').trim()}`;
    if (!/^[\p{L}々ヶー .'’-]{1,40}$/u.test(name)) return [];
    const end = cell.to + (other?.[0].trimEnd().length ?? 0);
    return [
      {
        from: cell.from,
        to: end,
        value: name,
        confidence: nameLikeness(name) === 'listed' ? 'high' : 'medium',
      },
    ];
  });
};

const givenAfter =
  /^[ \t、,]{0,3}\n?(?:名|\(名\)) ?[:=]? ?([\u3400-\u9fff々ヶ\u3041-\u3096ァ-ヴー]{1,5})(?![\u3400-\u9fff々ヶ])/;

/** `姓:井上 名:蓮` is one name. */
const withGiven = (text: string, family: Judged): Judged => {
  const given = givenAfter.exec(text.slice(family.to, family.to + 24));
  if (given === null) return family;
  return { ...family, to: family.to + given[0].length, value: `${family.value} ${given[1] ?? ''}` };
};

/** `File name`, `host_name`: the label of something else, unless it is somebody's (`My name is`). */
const isWithinWord = (text: string, from: number, to: number): boolean =>
  /^[A-Za-z]+$/.test(text.slice(from, to)) &&
  /[A-Za-z0-9]["' _-]?$/.test(text.slice(Math.max(0, from - 2), from)) &&
  !/(?:^|[^A-Za-z])(?:my|his|her|their|your|the|and|full)["' _-]$/i.test(
    text.slice(Math.max(0, from - 7), from),
  );

const nameAt = (text: string, from: number, end: number, set: string): Judged | undefined => {
  const match = value.exec(text.slice(from, Math.min(end, from + 64)));
  if (match === null) return undefined;
  const isPart = set === 'person-name/part';
  const said = isPart ? (match[0].split(' ', 1)[0] ?? '') : match[0];
  const name = withoutTitle(said.replace(copula, '').replace(honorific, '').trimEnd());
  const begin = from + said.indexOf(name);
  const found = { from: begin, to: begin + name.length, value: name };
  const likeness = nameLikeness(name);
  if (likeness === 'none') {
    if (set === 'person-name/reading' && isReadingOfName(name))
      return { ...found, confidence: 'high' };
    return isPart && mayBePart(name) ? { ...found, confidence: 'medium' } : undefined;
  }
  if (likeness === 'listed')
    return {
      ...found,
      confidence: set === 'person-name/role' && !isFullName(name) ? 'medium' : 'high',
    };
  return { ...found, confidence: set === 'person-name/role' ? 'low' : 'medium' };
};
