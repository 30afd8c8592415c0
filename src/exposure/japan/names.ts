import { latinNames } from '../latin-names.ts';
import { surnameReadings, surnames } from './surnames.ts';

/** How far a text looks like a person's name: on the list of surnames, of a name's shape only, or not. */
export type NameLikeness = 'listed' | 'shaped' | 'none';

/** `山田`, `一ノ瀬`. */
const kanji =
  /^(?:[\u3400-\u9fff々ヶ〆\uf900-\ufaff]{1,4}|[\u3400-\u9fff]{1,2}[ノのツ][\u3400-\u9fff]{1,2})(?: ?[\u3400-\u9fff々ヶ\u3041-\u3096ァ-ヴー\uf900-\ufaff]{1,5})?$/;
const kana =
  /^(?:[ァ-ヴー]{2,8} ?[ァ-ヴー]{1,10}|[\uff66-\uff9f]{2,10} ?[\uff66-\uff9f]{1,12}|[\u3041-\u3096ー]{2,6} ?[\u3041-\u3096ー]{1,8})$/;
const latin =
  /^\p{Lu}[\p{L}'’.-]{0,20}(?:[ ,]{1,2}(?:(?:de|da|di|du|dos|van|von|der|den|del|la|le|bin|al|el) )?\p{Lu}[\p{L}'’.-]{0,20}){1,3}$/u;

/** What stands where a name is asked for and is none. */
const placeholders =
  /^(?:未定|未記入|初期|共有|既定|未入力|未登録|なし|無し|不明|同上|同左|匿名|該当なし|非公開|省略|空欄|任意|必須|各位|記入|入力|登録|変更|確認|必要|以下|下記|上記|次のとおり|サンプル|テスト|ダミー|本人|担当|担当者|先生|全員|一同|皆)/;
const organisations =
  /(?:会社|有限|合同|法人|組合|協会|銀行|支店|本店|商店|商事|商会|工業|産業|製作所|製薬|建設|電機|電気|物産|事務所|事務局|病院|医院|大学|学校|学園|高校|学部|研究所|研究室|省|庁|役所|役場|委員会|センター|グループ|ホーム|サービス|システム|ショップ|クラブ|チーム|部|課|係|室|局|店|社|様|御中|号|町|村|市|区|県|府|都)$/;
/** Labels of other fields, which stand below or beside one another in forms. */
const labels =
  /(?:月日|番号|住所|性別|年齢|部署|所属|役職|備考|種別|日付|日時|区分|金額|合計|件数|数量|単価|名称|内容|状態|口座|銀行|電話|携帯|登録日|希望|職業|続柄|国籍|本籍|曜日|郵便|コード|アドレス|メール|パスワード)$/;
const words = /^(?:株式|有限|合同|一般|公益|独立|国立|医療|学校|社会|御|ご|お)/;

/** @param text folded, without honorific, at most some twenty characters */
export const nameLikeness = (text: string): NameLikeness => {
  if (text.length < 2 || text.length > 40 || placeholders.test(text) || labels.test(text))
    return 'none';
  if (/(?:です|ます|した|して|する|から|まで)$/.test(text)) return 'none';
  if (kanji.test(text)) {
    if (organisations.test(text) && !isListed(text)) return 'none';
    if (words.test(text)) return 'none';
    if (isListed(text)) return 'listed';
    return text.length >= 3 ? 'shaped' : 'none';
  }
  if (kana.test(text)) return isReading(text) ? 'listed' : text.includes(' ') ? 'shaped' : 'none';
  if (!latin.test(text) || isLatinWords(text)) return 'none';
  return text.split(/[ ,]+/).some(word => latinNames.has(word.toLowerCase())) ? 'listed' : 'shaped';
};

/** A surname of the list, alone or with one to four more characters of a given name. */
const isListed = (text: string): boolean => {
  const blank = text.indexOf(' ');
  if (blank > 0) return surnames.has(text.slice(0, blank));
  for (let length = Math.min(4, text.length); length > 0; length -= 1) {
    if (!surnames.has(text.slice(0, length))) continue;
    const given = text.length - length;
    // One character is a surname and the beginning of many words.
    if (given === 0 ? length > 1 : given <= (length === 1 ? 2 : 3))
      return !organisations.test(text.slice(length)) || given === 0;
  }
  return false;
};

/** What may be a surname or a given name where a form asks for it alone. */
export const mayBePart = (text: string): boolean =>
  /^(?:[\u3400-\u9fff々ヶ]{1,4}|\p{Lu}\p{Ll}{1,19})$/u.test(text) &&
  !placeholders.test(text) &&
  !labels.test(text);

/** `ヤマダタロウ`, where a form asks for the reading: that of a surname of the list, and one of a given name. */
export const isReadingOfName = (text: string): boolean => {
  if (!/^(?:[ァ-ヴー]{4,14}|[\u3041-\u3096ー]{4,14}|[\uff66-\uff9f]{4,18})$/.test(text))
    return false;
  const reading = toKatakana(text);
  for (let length = 2; length <= reading.length - 2; length += 1)
    if (surnameReadings.has(reading.slice(0, length))) return true;
  return false;
};

const toKatakana = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\u3041-\u3096]/g, letter => String.fromCharCode(letter.charCodeAt(0) + 0x60));

const isReading = (text: string): boolean => {
  const reading = toKatakana(text);
  const blank = reading.indexOf(' ');
  return surnameReadings.has(blank > 0 ? reading.slice(0, blank) : reading);
};

const title =
  /^[\u3400-\u9fff々ァ-ヴー]{0,8}(?:部長|課長|係長|社長|会長|主任|店長|院長|取締役|代表|専務|常務|次長|室長|所長|局長|支店長|理事|教授|講師|主査|担当|部|課|係|室|支店|営業所) (?=\S)/;

/** `部長 松本清`: the name without what somebody is; `阿部 英樹` is of no department. */
export const withoutTitle = (name: string): string => {
  const said = title.exec(name)?.[0] ?? '';
  return surnames.has(said.trimEnd()) ? name : name.slice(said.length);
};

/** A surname of the list and a given name: what may stand in a line of its own. */
export const isFullName = (text: string): boolean => {
  if (/^\p{Lu}/u.test(text)) return latin.test(text);
  if (!kanji.test(text) || !isListed(text)) return false;
  const blank = text.indexOf(' ');
  return blank > 0 || (text.length >= 3 && !surnames.has(text)) || text.length >= 4;
};

const common = new Set(
  'the of and for to in please fill here name date address phone your our all team support service services sales group company corp inc ltd llc gmbh co department dept office center centre university school bank hotel street road new york united states garden deluxe product project report final version unknown none test user admin customer client order system server account mail information daemon cron permit mailer delivery subsystem postmaster root news newsletter updates alerts alert store shop online club list lists request web reply seminar posters card on logo talk forum digest notification notifications marketing editor editorial press media international national global network networks'.split(
    ' ',
  ),
);

const isLatinWords = (text: string): boolean =>
  text.split(/[ ,.]+/).some(word => common.has(word.toLowerCase()));
