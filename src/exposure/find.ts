import type {
  Around,
  Candidate,
  DataType,
  ExposureSettings,
  Found,
  Judged,
  SearchedText,
} from './data-type.ts';
import { dataTypes } from './data-types.generated.ts';
import { aroundOf } from './search/around.ts';
import { lexiconOf } from './search/lexicon.ts';
import { numberWindows, runsOf, type Shapes, shapesOf } from './search/numbers.ts';
import { type Anchored, anchor, room } from './search/pass.ts';
import { type Claim, settle } from './search/settle.ts';
import { languages } from './words.generated.ts';

/** All personal data in a text, in its order. The text was folded (`fold`); time and memory grow with its length. */
export const findData = (text: SearchedText, settings: ExposureSettings): readonly Found[] =>
  searchFor(dataTypes, settings)(text);

/** A search for the types given, made once for as many texts as follow. */
export const searchFor = (
  types: readonly DataType[],
  settings: ExposureSettings,
): ((text: SearchedText) => readonly Found[]) => {
  const known = searches.get(settings)?.get(types);
  if (known !== undefined) return known;
  const made = search(types, settings);
  const ofSettings = searches.get(settings) ?? new WeakMap();
  ofSettings.set(types, made);
  searches.set(settings, ofSettings);
  return made;
};

type Search = (text: SearchedText) => readonly Found[];
const searches = new WeakMap<ExposureSettings, WeakMap<readonly DataType[], Search>>();

const search = (given: readonly DataType[], settings: ExposureSettings): Search => {
  const types = given.map(type => type.forSettings?.(settings) ?? type);
  const lexicon = lexiconOf([...languages, ...(settings.words ?? [])], types, houseWords(settings));
  const plan = planOf(types);
  const anchored = room();
  return text => {
    anchor(text.text, lexicon, anchored);
    if (isEmpty(anchored)) return [];
    return judgeAll(types, plan, anchored, aroundOf(text, settings, lexicon, anchored));
  };
};

/** Labels of the house's own numbers, as a set of `customer-number`. */
const houseWords = (settings: ExposureSettings): ReadonlyMap<string, readonly string[]> =>
  new Map([['customer-number', settings.customerNumbers.flatMap(({ labels }) => labels)]]);

const isEmpty = ({ groups, tokens, ats, words }: Anchored): boolean =>
  groups.length + tokens.length + ats.length + words.length === 0;

/** Places in the list of types, by what they want to see. */
interface Plan {
  readonly shapes: Shapes;
  readonly runs: readonly number[];
  /** By length of the token, and by how many digits it has (`tokenDigits` and more are one). */
  readonly tokens: readonly (readonly (readonly number[])[])[];
  readonly ats: readonly number[];
}

const tokenMax = 128;
const tokenDigits = 8;

const planOf = (types: readonly DataType[]): Plan => {
  const which = (wants: (type: DataType) => boolean): number[] =>
    types.flatMap((type, index) => (wants(type) ? [index] : []));
  return {
    shapes: shapesOf(types),
    runs: which(({ anchors }) => anchors.runs !== undefined),
    tokens: Array.from({ length: tokenMax + 1 }, (_, length) =>
      Array.from({ length: tokenDigits + 1 }, (__, digits) =>
        which(({ anchors: { tokens } }) => {
          if (tokens === undefined) return false;
          const [lengthMin, lengthMax, digitsMin = 1] = tokens;
          return lengthMin <= length && length <= lengthMax && digitsMin <= digits;
        }),
      ),
    ),
    ats: which(({ anchors }) => anchors.at === true),
  };
};

const judgeAll = (
  types: readonly DataType[],
  plan: Plan,
  anchored: Anchored,
  around: Around,
): readonly Found[] => {
  const claims: Claim[] = [];
  const judge = (index: number, candidate: Candidate): boolean => {
    const type = types[index];
    const judged = type?.judge(candidate, around);
    if (type === undefined || judged === undefined) return false;
    const all: readonly Judged[] = 'from' in judged ? [judged] : judged;
    for (const one of all)
      claims.push({
        found: { type: type.id, ...one },
        rank: type.rank ?? 0,
        holds: type.holds ?? false,
      });
    return all.length > 0;
  };
  const { text } = around;
  const wraps = around.kind === 'plain';
  numberWindows(text, anchored.groups, plan.shapes, wraps, (wanted, candidate) => {
    for (const index of wanted) judge(index, candidate);
  });
  for (const index of plan.runs)
    runsOf(text, anchored.groups, types[index]?.anchors.runs ?? [1, 1], wraps, candidate =>
      judge(index, candidate),
    );
  judgeTokens(text, plan, anchored, judge);
  judgePoints(text, plan, anchored, judge);
  return claims.length === 0 ? [] : settle(claims);
};

const noGroups: readonly number[] = [];

/** Made with the same fields in the same order as numbers are, which the engine makes one kind of object of. */
const point = (kind: Candidate['kind'], from: number, to: number, value: string): Candidate => ({
  kind,
  from,
  to,
  value,
  groups: noGroups,
  separators: '',
  glued: false,
  continued: false,
});

const judgeTokens = (
  text: string,
  plan: Plan,
  { tokens }: Anchored,
  judge: (index: number, candidate: Candidate) => void,
): void => {
  for (let token = 0; token < tokens.length; token += 2) {
    const from = tokens.at(token);
    const to = tokens.at(token + 1);
    const ofLength = plan.tokens[to - from];
    if (ofLength === undefined) continue;
    const wanted = ofLength[digitCount(text, from, to)];
    if (wanted === undefined || wanted.length === 0) continue;
    const candidate = point('token', from, to, text.slice(from, to));
    for (const index of wanted) judge(index, candidate);
  }
};

const digitCount = (text: string, from: number, to: number): number => {
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x30 && unit <= 0x39) count += 1;
  }
  return Math.min(count, tokenDigits);
};

const judgePoints = (
  text: string,
  plan: Plan,
  { ats, words, entries }: Anchored,
  judge: (index: number, candidate: Candidate) => void,
): void => {
  for (let at = 0; at < ats.length; at += 2) {
    const from = ats.at(at);
    for (const index of plan.ats) judge(index, point('at', from, from + 1, '@'));
  }
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined || !entry.isJudged) continue;
    const from = words.at(index * 2);
    const to = words.at(index * 2 + 1);
    for (const [type, set] of entry.wordOf) judge(type, point('word', from, to, set));
    for (const type of entry.literalOf)
      judge(type, point('literal', from, to, text.slice(from, to)));
  }
};
