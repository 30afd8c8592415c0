import type { Sighting } from '../../core/alert.ts';

/** What a person is called instead of by his name: the same for the same name, whatever its case. */
export type LabelOf = (name: string) => string;

/** A sighting that names nobody. */
export interface NamelessSighting extends Omit<Sighting, 'who' | 'people'> {
  /** An application's name, or a person's label; empty: nobody in particular. */
  readonly who: string;
}

const isNameCharacter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}@._+-]/u.test(character);

/** Of a dot that ends a sentence nobody's name goes on. */
const endsHere = (text: string, at: number): boolean => {
  const next = text[at];
  if (!isNameCharacter(next)) return true;
  return (next === '.' || next === '-') && !isNameCharacter(text[at + 1]);
};

/** Replaces a name where it stands by itself: a user called `a` is not in every word. */
const withoutName = (text: string, name: string, label: string): string => {
  if (name === '') return text;
  const out: string[] = [];
  let from = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    if (at < from || isNameCharacter(text[at - 1]) || !endsHere(text, at + name.length)) continue;
    out.push(text.slice(from, at), label);
    from = at + name.length;
  }
  return from === 0 ? text : `${out.join('')}${text.slice(from)}`;
};

/** Mail addresses that nobody said are there: what a rule writes into a sentence may hold some. */
const withoutAddresses = (text: string, labelOf: LabelOf): string =>
  text
    .split(/([\s`'"<>()[\]{},;:|]+)/)
    .map(word => {
      if (!/^[^@]+@[^@]+$/.test(word)) return word;
      const bare = word.replace(/\.+$/, '');
      return `${labelOf(bare)}${word.slice(bare.length)}`;
    })
    .join('');

/** Whether it is an application, an address, a log or a host that the sighting is about. */
export const isAboutApp = ({ who, app, address, log }: Sighting): boolean =>
  who !== undefined && (who === app || who === address || who === log);

/**
 * Takes out who it was. The component, the rule, an application and the address from which somebody came stay: without
 * them nobody could act on an alert.
 */
export const nameless = (sighting: Sighting, labelOf: LabelOf): NamelessSighting => {
  const { who, people = [], ...rest } = sighting;
  const isApp = isAboutApp(sighting);
  const names = [...new Set(isApp || who === undefined ? people : [who, ...people])].toSorted(
    (a, b) => b.length - a.length,
  );
  let { sentence } = sighting;
  for (const name of names) sentence = withoutName(sentence, name, labelOf(name));
  return {
    ...rest,
    who: who === undefined ? '' : isApp ? who : labelOf(who),
    sentence: withoutAddresses(sentence, labelOf),
  };
};

/** Puts names back where they are known. */
export const withNames = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replace(/person-[0-9a-f]{12}/g, label => names.get(label) ?? label);
