import { cellsBelow } from '../columns.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import { isFullName, nameLikeness } from '../japan/names.ts';
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
    literals: ['様', 'さま', 'さん', '殿', '氏', '先生', 'と申します'],
    at: true,
  },
  judge(candidate, around) {
    switch (candidate.kind) {
      case 'at':
        return withAddress(around.text, candidate.from);
      case 'literal':
        return candidate.value === 'と申します'
          ? introduced(around.text, candidate.from)
          : honoured(around.text, candidate.from, candidate.to);
      default:
        break;
    }
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

/** What stands between a label and a name: `:`, a tab, a closing quotation mark, `は`, `is`, a note in brackets, a line end. */
const between =
  /^(?: ?\([^()\n]{1,8}\))? ?[\u3011\u300d\]"']?(?:[ \t]{0,8}[:=|→>][ \t"'\u300c]{0,8}|[ \t]{1,3}is[ \t]{1,3}|は[、\s]?|[ \t]{1,12}|[ \t]{0,8}\n[ \t]{0,8})/;
const value =
  /^(?:[\u3041-\u3096ァ-ヴー\uff66-\uff9f\u3400-\u9fff々ヶ\uf900-\ufaff]{1,10}(?: [\u3041-\u3096ァ-ヴー\uff66-\uff9f\u3400-\u9fff々ヶ\uf900-\ufaff]{1,8})?|[\p{L}'’.-]{2,20}(?:[ ,]{1,2}[\p{L}'’.-]{1,20}){0,3})/u;
/** `氏名は山田太郎です`: what ends a sentence is not the name's. */
const copula =
  /(?:です|でございます|と申します|となります|になります|(?<=[\u3400-\u9fff])[でとのがをには])$/;
const honorific = / ?(?:様|さま|さん|殿|氏|先生|君|くん|ちゃん)$/;

const labelled = (
  { from, to, value: set }: Candidate,
  around: Around,
): Judged | readonly Judged[] | undefined => {
  const { text } = around;
  const cells = cellsBelow(text, around.kind, from, to);
  if (cells.length > 0) {
    return cells.flatMap(cell => {
      const found = nameAt(text, cell.from, cell.to, set);
      return found === undefined ? [] : [found];
    });
  }
  if (isWithinWord(text, from, set)) return undefined;
  const gap = between.exec(text.slice(to, to + 24))?.[0] ?? '';
  if (gap === '') return undefined;
  // `Employee seminar`: a Latin word is a label by what follows it only.
  if (/^ {1,12}$/.test(gap) && /[A-Za-z]/.test(text[to - 1] ?? '')) return undefined;
  const begin = to + gap.length;
  const found = nameAt(text, begin, text.length, set);
  // In the next line something else may stand as well: of a list of labels, the next.
  return found !== undefined && gap.includes('\n') && nameLikeness(found.value) !== 'listed'
    ? { ...found, confidence: 'low' }
    : found;
};

/** `File name`, `ファイル名前`: the label of something else. */
const isWithinWord = (text: string, from: number, set: string): boolean =>
  (set === 'person-name' || set === 'person-name/role') &&
  /[A-Za-z0-9]["' _-]?$/.test(text.slice(Math.max(0, from - 2), from)) &&
  /^[A-Za-z]/.test(text[from] ?? '');

const nameAt = (text: string, from: number, end: number, set: string): Judged | undefined => {
  const match = value.exec(text.slice(from, Math.min(end, from + 64)));
  if (match === null) return undefined;
  const name = match[0].replace(copula, '').replace(honorific, '').trimEnd();
  const found = { from, to: from + name.length, value: name };
  const likeness = nameLikeness(name);
  const isPart = set === 'person-name/part';
  if (likeness === 'none') {
    return isPart && /^(?:[\u3400-\u9fff々ヶ]{1,4}|\p{Lu}\p{Ll}{1,19})$/u.test(name)
      ? { ...found, confidence: 'medium' }
      : undefined;
  }
  if (likeness === 'listed')
    return {
      ...found,
      confidence: set === 'person-name/role' && !isFullName(name) ? 'medium' : 'high',
    };
  return { ...found, confidence: set === 'person-name/role' ? 'low' : 'medium' };
};
