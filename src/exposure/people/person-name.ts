import { foldKanji } from './kanji-variants.ts';

const lengthMax = 100;

/** Forms of address behind and before a name. */
const behind = /(?:様|殿|さま|さん|先生|御中|氏)$/;
const before = /^(?:mr|mrs|ms|miss|dr|prof)\.? /;

const smallKana = 'ァィゥェォッャュョヮヵヶ';
const largeKana = 'アイウエオツヤユヨワカケ';

/** Hiragana as katakana, small ones as large ones (old systems knew no others), the long vowel in one writing. */
export const foldKana = (text: string): string =>
  text
    .replace(/[ぁ-ゖ]/g, kana => String.fromCharCode(kana.charCodeAt(0) + 0x60))
    .replace(/[ァィゥェォッャュョヮヵヶ]/g, kana => largeKana.charAt(smallKana.indexOf(kana)));

const isJapanese = /[\p{sc=Han}\p{sc=Katakana}\p{sc=Hiragana}]/u;

/**
 * A person's name as two writings of it are compared: NFKC, no spaces, variants of characters folded, kana as large
 * katakana, form of address gone; Latin names in lower case without accents, their words in one order (Taro Yamada,
 * YAMADA Taro). `undefined` where it is no name: fewer than two characters, or none that is a letter.
 */
export const nameText = (written: string): string | undefined => {
  if (written === '' || written.length > lengthMax) return undefined;
  const text = written.normalize('NFKC').trim();
  if (!isJapanese.test(text)) return latinName(text);
  let name = foldKanji(text.replace(/[\s・･.,，、()（）「」"']/g, ''));
  if (name.replace(behind, '').length >= 2) name = name.replace(behind, '');
  name = foldKana(name).toLowerCase().normalize('NFKC');
  return Array.from(name).length < 2 ? undefined : name;
};

const latinName = (text: string): string | undefined => {
  const plain = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^\p{L}\p{N}'’-]+/gu, ' ')
    .replace(/['’-]/g, '')
    .trim()
    .replace(before, '');
  const words = plain.split(' ').filter(word => word !== '');
  if (!/\p{L}{2}/u.test(plain)) return undefined;
  return words.toSorted().join(' ');
};
