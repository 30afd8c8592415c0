import type { DeletableState } from '../../core/customer-index.ts';
import type { PersonStatus } from '../../core/personal.ts';
import { birthDateText } from './birth-date.ts';

/** Words that mean the same in most organisations. */
const usual: Readonly<Record<PersonStatus, readonly string[]>> = {
  active: [
    'active,activated,enabled,current,open,live,in use,member,subscribed,normal,valid',
    '有効,利用中,ご利用中,契約中,ご契約中,会員,現会員,現役,在籍,在籍中,正常,稼働,稼働中,加入,加入中,使用中,継続,継続中,本会員,開通',
  ],
  dormant: [
    'dormant,inactive,suspended,paused,disabled,idle,on hold,frozen,locked',
    '休眠,休眠中,休止,休止中,停止,停止中,利用停止,利用停止中,一時停止,一時停止中,休会,休会中,長期未利用,未利用,無効,凍結,凍結中,ロック',
  ],
  former: [
    'former,left,closed,cancelled,canceled,terminated,deleted,ended,expired,withdrawn,unsubscribed,churned,removed,past',
    '退会,退会済,退会済み,解約,解約済,解約済み,契約終了,終了,終了済,利用終了,廃止,廃止済,脱退,脱会,削除,削除済,削除済み,元会員,旧会員,過去,退職,退職済,抹消,失効,除籍',
  ],
};

const folded = (word: string): string =>
  word
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');

/** @param own the organisation's own words, which win */
export const statusWords = (
  own: Readonly<Record<string, PersonStatus>> = {},
): ReadonlyMap<string, PersonStatus> =>
  new Map([
    ...(['active', 'dormant', 'former'] as const).flatMap(status =>
      usual[status].flatMap(words => words.split(',').map(word => [word, status] as const)),
    ),
    ...Object.entries(own).map(([word, status]) => [folded(word), status] as const),
  ]);

/** `undefined` where the word is none that is known. */
export const statusOf = (
  word: string,
  words: ReadonlyMap<string, PersonStatus>,
): PersonStatus | undefined => (word.length > 100 ? undefined : words.get(folded(word)));

/** Days since 1970 of a day in any of the writings that a date of birth may have; a time behind it is left away. */
export const dayOf = (written: string): number | undefined => {
  const day = birthDateText(written.trim().split(/[ T]/, 1)[0] ?? '') ?? birthDateText(written);
  return day === undefined ? undefined : Date.parse(`${day}T00:00:00Z`) / 86_400_000;
};

/** @param left and `today` in days since 1970 */
export const deletableOf = (
  status: PersonStatus,
  left: number | undefined,
  afterDays: number,
  today: number,
): DeletableState => {
  if (status !== 'former') return 'no';
  if (left === undefined) return 'unknown';
  return left + afterDays <= today ? 'yes' : 'no';
};
