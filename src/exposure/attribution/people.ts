import type { IdentifierKind } from '../../core/personal.ts';
import type { Found } from '../data-type.ts';
import { nameText } from '../people/person-name.ts';

export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/** Whom findings name, as far as it can be told that it is one person. */
export interface NamedPerson {
  readonly identifiers: readonly Identifier[];
  /** Two addresses, two customers' numbers, two names: nobody can tell whose the rest is. */
  readonly isSeveral: boolean;
  readonly names: readonly string[];
}

/** A name, its reading and its Latin form at most. */
const namesMax = 3;
const valuesMax = 3;

export const personOf = (found: readonly Found[], isOnePerson = false): NamedPerson => {
  const [only] = found;
  if (only !== undefined && found.length === 1) return personOfOne(only);
  const of = new Map<IdentifierKind, Set<string>>();
  const names = new Set<string>();
  const addresses = new Set<string>();
  const births = new Set<string>();
  for (const { type, identifier, value, confidence } of found) {
    // What may be a telephone number as well as anything names nobody.
    if (confidence === 'low') continue;
    if (identifier !== undefined) {
      const values = of.get(identifier);
      if (values === undefined) of.set(identifier, new Set([value]));
      else values.add(value);
    }
    if (type === 'person-name') names.add(value);
    else if (type === 'postal-address') addresses.add(value);
    else if (type === 'date-of-birth') births.add(value);
  }
  const people = [...names];
  const identifiers: Identifier[] = [...of].flatMap(([kind, values]) =>
    [...values].map(value => ({ kind, value })),
  );
  const isSeveral =
    (!isOnePerson && (of.get('email')?.size ?? 0) > 1) ||
    (of.get('customer-number')?.size ?? 0) > valuesMax ||
    (of.get('telephone')?.size ?? 0) > valuesMax ||
    births.size > 1 ||
    !isOneName(people);
  if (isSeveral) return { identifiers, isSeveral, names: people };
  for (const name of people) {
    if (addresses.size <= valuesMax)
      for (const address of addresses)
        identifiers.push({ kind: 'name-and-address', value: `${name}\n${address}` });
    for (const birth of births)
      identifiers.push({ kind: 'name-and-birth-date', value: `${name}\n${birth}` });
  }
  return { identifiers, isSeveral, names: people };
};

/** Of most records, which are one address. */
const personOfOne = ({ type, identifier, value, confidence }: Found): NamedPerson => {
  const isSure = confidence !== 'low';
  return {
    identifiers: isSure && identifier !== undefined ? [{ kind: identifier, value }] : [],
    isSeveral: false,
    names: isSure && type === 'person-name' ? [value] : [],
  };
};

/** One name in each script: 山田太郎, ヤマダ タロウ, Taro Yamada. Parts of a name that stand apart (姓, 名) are two of one script. */
export const isOneName = (names: readonly string[]): boolean => {
  if (names.length > namesMax) return false;
  const seen = new Map<string, string>();
  for (const name of names) {
    const script = /[\u3400-\u9fff]/.test(name)
      ? 'kanji'
      : /[\u3041-\u30ff\uff66-\uff9f]/.test(name)
        ? 'kana'
        : 'latin';
    const text = nameText(name) ?? name;
    const other = seen.get(script);
    // `山田` beside `山田太郎` is the same person's.
    if (other !== undefined && !other.includes(text) && !text.includes(other)) return false;
    if (other === undefined || text.length > other.length) seen.set(script, text);
  }
  return true;
};
