import { cellsBelow } from '../columns.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import { addressAt, cities, prefectures } from '../japan/address.ts';
import { latinAddressAt } from '../latin-address.ts';

/** Postal addresses: Japanese by prefecture, city, 〒 or label; others where they are labelled. */
export const postalAddress: DataType = {
  id: 'postal-address',
  title: 'Postal address',
  sensitivity: 'ordinary',
  holds: true,
  anchors: { words: ['postal-address'], literals: ['〒', '市', '区', ...prefectures, ...cities] },
  judge(candidate, around) {
    if (candidate.kind === 'word') return labelled(candidate, around);
    if (candidate.value === '市' || candidate.value === '区') return unnamed(candidate, around);
    return candidate.value === '〒' ? behindCode(candidate, around) : named(candidate, around);
  },
};

const judged = (
  text: string,
  from: number,
  to: number,
  confidence: Judged['confidence'],
): Judged => ({
  from,
  to,
  value: text.slice(from, to),
  confidence,
});

const between = /(?:[\s:=\-・|>*"'\u3010\u3011\u300c\u3000]|は|が|\([^()\n]{1,10}\)){0,8}/y;
const code = /(?:〒 ?)?\d{3}[- ]?\d{4}[\s,]{0,4}/y;

const after = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return from + (pattern.exec(text)?.[0].length ?? 0);
};

const labelled = ({ from, to }: Candidate, around: Around): readonly Judged[] => {
  const { text } = around;
  const begin = after(between, text, to);
  const beside = isOtherAddress(text, from) ? undefined : field(text, begin);
  if (beside !== undefined && !text.slice(to, begin).includes('\n')) return [beside];
  const below = cellsBelow(text, around.kind, from, to).flatMap(cell => {
    const found = field(text, cell.from);
    return found === undefined ? [] : [found];
  });
  return below.length > 0 || beside === undefined ? below : [beside];
};

/** `Email address`, `IP address`, `MAC address`, `web address`: what is no place of a house. */
const isOtherAddress = (text: string, from: number): boolean =>
  /(?:e-?mail|mail|ip|mac|web|url|wallet|bitcoin|memory|network|reply|return)[ -]$/i.test(
    text.slice(Math.max(0, from - 9), from),
  );

const field = (text: string, from: number): Judged | undefined => {
  const begin = after(code, text, from);
  const address = addressAt(text, begin);
  if (address !== undefined)
    return judged(text, from, address.to, address.isExact ? 'high' : 'medium');
  const to = latinAddressAt(text, from);
  return to === undefined ? undefined : judged(text, from, to, 'medium');
};

const behindCode = ({ from }: Candidate, { text }: Around): Judged | undefined => {
  const begin = after(code, text, from);
  if (begin <= from + 1) return undefined;
  const address = addressAt(text, begin);
  return address === undefined
    ? undefined
    : judged(text, from, address.to, address.isExact ? 'high' : 'medium');
};

/** `広島市民球場`, `港区役所`: what is the city's, and no town of it. */
const isOfCity = (text: string, to: number): boolean =>
  /^(?:民|場|営|立|内[^\u4e00-\u9fff]|長|役所|議|政|制|外|域|道|報)/.test(text.slice(to, to + 2));

const before = /(?:^|[^\u4e00-\u9fff々ヶケ])([\u4e00-\u9fff々ヶケ]{1,5})$/;
const behind =
  /^[\u4e00-\u9fff々ヶケノの\u3041-\u3096ァ-ヴー]{1,12}(?:[0-9]{1,4}-[0-9]{1,4}|[0-9]{1,3}丁目|[0-9]{1,4}番地?[0-9の])/;
const noCity = /(?:都|朝|夜|魚|青|闇|城下|地|学|街|選挙|管|特別|自治)$/;

/** `町田市原町田3-10-20`: a city or ward that no list names, with a town and a block of two numbers behind it. */
const unnamed = ({ from, to }: Candidate, { text }: Around): Judged | undefined => {
  if (isOfCity(text, to) || !behind.test(text.slice(to, to + 24))) return undefined;
  const name = before.exec(text.slice(Math.max(0, from - 6), from))?.[1];
  if (name === undefined || noCity.test(name)) return undefined;
  const address = addressAt(text, from - name.length);
  return address?.isExact === true
    ? judged(text, from - name.length, address.to, 'medium')
    : undefined;
};

/** A prefecture or a large city in running text: an address where a block follows. */
const named = ({ from, value }: Candidate, { text }: Around): Judged | undefined => {
  const isPrefecture = prefectures.includes(value);
  // `東京都千代田区`: the prefecture before has it already.
  if (!isPrefecture && /[\u4e00-\u9fff]/.test(text[from - 1] ?? '')) return undefined;
  const address = addressAt(text, from);
  if (address === undefined) return undefined;
  if (!address.isExact || (!isPrefecture && isOfCity(text, from + value.length))) return undefined;
  return judged(text, from, address.to, isPrefecture ? 'high' : 'medium');
};
