import { foldKanji } from './kanji-variants.ts';
import { foldKana } from './person-name.ts';

const lengthMax = 300;

const prefecture =
  /^(?:東京都|北海道|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県)/;

const kanjiDigits = '〇一二三四五六七八九';

/** `二十三` as 23, up to 99; digits in a row (`二三`) as they stand. */
const kanjiNumber = (kanji: string): string => {
  const ten = kanji.indexOf('十');
  if (ten < 0) return Array.from(kanji, digit => kanjiDigits.indexOf(digit)).join('');
  const tens = ten === 0 ? 1 : kanjiDigits.indexOf(kanji.charAt(ten - 1));
  const ones = ten === kanji.length - 1 ? 0 : kanjiDigits.indexOf(kanji.charAt(ten + 1));
  return String(10 * tens + ones);
};

/** 丁目, 番地 and the like say that the numeral before them is a number; 一番町 and 五番丁 are names. */
const counted = /([〇一二三四五六七八九十]{1,4})(?=丁目|番地|番(?![町丁])|号|条|線)/g;

const dashes = /[‐‑‒–—―−ーｰ~〜]/g;

/** Town and numbers up to the block or house: what stands behind (building, floor, room) is left away. */
const untilNumber = /^(\D*(?:\d+(?:条|線|区|号線)\D*)*)(\d+(?:-\d+){0,2})/;

const isTown =
  /[\p{sc=Han}\p{sc=Katakana}\p{sc=Hiragana}].*\p{L}|\p{L}.*[\p{sc=Han}\p{sc=Katakana}\p{sc=Hiragana}]/u;

const japaneseAddress = (text: string): string | undefined => {
  const folded = foldKanji(text.replace(/[\s,、，.]/g, ''))
    .replace(/^〒?\d{3}-?\d{4}/, '')
    .replace(/^日本国?/, '')
    .replace(prefecture, '')
    // Lists have a column for it, and write it into the next one all the same.
    .replace(prefecture, '')
    .replace(/大字|字(?=\D)/g, '')
    .replace(counted, kanjiNumber)
    .replace(/(?<=[\d])(?:丁目|番地の?|番(?![町丁])|号(?!線)|の|ノ|之)/g, '-')
    .replace(/-{2,}/g, '-');
  // 霞ヶ関, 霞が関, 霞ケ関.
  const kana = folded.replace(/(?<=\p{sc=Han})[ヶケがヵ](?=\p{sc=Han})/gu, 'ケ');
  const found = untilNumber.exec(kana);
  const town = found?.[1] ?? '';
  const number = found?.[2] ?? '';
  if (number === '' || !isTown.test(town)) return undefined;
  const numbers = number.split('-').map(each => each.replace(/^0+(?=\d)/, ''));
  return `${foldKana(town).toLowerCase().normalize('NFKC')}${numbers.join('-')}`;
};

const shortened: ReadonlyMap<string, string> = new Map(
  'street st,avenue ave,av ave,road rd,boulevard blvd,drive dr,lane ln,court ct,square sq,place pl,north n,south s,east e,west w,suite apt,unit apt,flat apt,apartment apt'
    .split(',')
    .map(pair => {
      const [long = '', short = ''] = pair.split(' ');
      return [long, short] as const;
    }),
);

const latinAddress = (text: string): string | undefined => {
  const words = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/(?:[^\p{L}\p{N}]|ー)+/gu, ' ')
    .trim()
    .split(' ')
    .map(word => shortened.get(word) ?? word);
  const isAddress = words.length >= 3 && words.some(word => /^\d/.test(word));
  return isAddress ? words.join(' ') : undefined;
};

/**
 * A postal address as two writings of it are compared. Japanese: NFKC, no prefecture, postcode or building, 一丁目2番地3号
 * as 1-2-3, variants of characters folded. Others: lower case, no accents or punctuation, the usual short forms.
 * `undefined` where no house or block is named: a town is not where one person lives.
 */
export const addressText = (written: string): string | undefined => {
  if (written === '' || written.length > lengthMax) return undefined;
  const text = written.normalize('NFKC').trim().replace(dashes, dashOf);
  return /[\p{sc=Han}\p{sc=Katakana}\p{sc=Hiragana}]/u.test(text)
    ? japaneseAddress(text)
    : latinAddress(text);
};

/** The long vowel mark is one between kana, and a dash between digits. */
const dashOf = (dash: string, at: number, whole: string): string =>
  dash === 'ー' && !/\d/.test(whole.charAt(at - 1)) ? dash : '-';
