import { expandDashes, markDashes } from './dashes.ts';
import { base64, base64Offsets, encodeUtf16, wholeBytes } from './encodings.ts';
import { Mistake, shown } from './mistake.ts';
import { readNetwork } from './network.ts';
import type { Wildcard } from './pattern.ts';
import { expandPattern, expandRegex, type Placeholders } from './placeholders.ts';
import {
  asNumber,
  asText,
  literalOf,
  type Position,
  type RegexFlag,
  refuse,
  type TextValue,
  type TimePart,
  textValue,
  type Value,
} from './value.ts';

/** What a modifier may ask of the rule around it. */
export interface ModifierContext {
  readonly at: number;
  readonly placeholders: Placeholders;
}

/** What becomes of one value: one, or several of which any will do. */
type Change = (value: Value, context: ModifierContext) => readonly Value[];

/** Texts that one value may become where each is written out. */
const expansionMax = 3_125;

const positioned =
  (position: Partial<Position>, name: string): Change =>
  (value, { at }) => {
    if (value.is === 'bytes' || value.is === 'regex' || value.is === 'field') {
      return [{ ...value, ...position }];
    }
    const text = asText(value);
    if (text === undefined) throw refuse(name, value, at);
    return [{ ...text, ...position }];
  };

/** A text whose dashes are what they are. */
type PlainText = Omit<TextValue, 'pieces'> & { readonly pieces: readonly (string | Wildcard)[] };

/** Texts without dashes: what is encoded must be known to the letter. */
const spelledOut = (value: Value, name: string, at: number): readonly PlainText[] => {
  const text = asText(value);
  if (text === undefined) throw refuse(name, value, at);
  const all = expandDashes(text.pieces, expansionMax);
  if (all === undefined) {
    throw new Mistake(`more than ${expansionMax} texts by 'windash' before ${shown(name)}`, at);
  }
  return all.map(pieces => ({ ...text, pieces }));
};

const utf16 =
  (name: string, order: 'le' | 'be' | 'marked'): Change =>
  (value, { at }) =>
    spelledOut(value, name, at).map(text => ({
      is: 'bytes',
      parts: encodeUtf16(text.pieces, order),
      openBefore: text.openBefore,
      openAfter: text.openAfter,
    }));

const encoded =
  (name: string, encode: (bytes: Uint8Array) => readonly string[]): Change =>
  (value, { at }) =>
    (value.is === 'bytes' ? [value] : spelledOut(value, name, at)).flatMap(each => {
      const bytes = wholeBytes(each.is === 'bytes' ? each.parts : each.pieces);
      if (bytes === undefined) {
        throw new Mistake(`a text with wildcards cannot be encoded by ${shown(name)}`, at);
      }
      const texts = encode(bytes);
      if (bytes.length === 0 || texts.includes('')) {
        throw new Mistake(`the text is too short for ${shown(name)}`, at);
      }
      const { openBefore, openAfter } = each;
      return texts.map(text => ({ ...textValue([text]), openBefore, openAfter }));
    });

const windash: Change = (value, { at }) => {
  const text = asText(value);
  if (text === undefined) throw refuse('windash', value, at);
  const pieces = text.pieces.flatMap((piece): TextValue['pieces'] =>
    typeof piece === 'string' ? markDashes(piece) : [piece],
  );
  return [{ ...text, pieces }];
};

const regex: Change = (value, { at }) => {
  if (value.is !== 'regex') throw refuse('re', value, at);
  return [value];
};

const flag =
  (name: string, flag: RegexFlag): Change =>
  (value, { at }) => {
    if (value.is !== 'regex') throw new Mistake(`the modifier ${shown(name)} without 're'`, at);
    return [{ ...value, flags: new Set([...value.flags, flag]) }];
  };

const compared =
  (relation: 'lt' | 'lte' | 'gt' | 'gte'): Change =>
  (value, { at }) => {
    const number = asNumber(value);
    if (number === undefined || number.relation !== 'eq') throw refuse(relation, value, at);
    return [{ ...number, relation }];
  };

const ranges: Readonly<Record<TimePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9_999],
};

const timePart =
  (part: TimePart): Change =>
  (value, { at }) => {
    const number = asNumber(value);
    if (number === undefined || number.part !== undefined) throw refuse(part, value, at);
    const [least, most] = ranges[part];
    if (!Number.isInteger(number.value) || number.value < least || number.value > most) {
      throw new Mistake(`${shown(part)} is a whole number from ${least} to ${most}`, at);
    }
    return [{ ...number, part }];
  };

const cidr: Change = (value, { at }) => {
  const text = value.is === 'text' ? literalOf(value) : undefined;
  if (text === undefined) throw refuse('cidr', value, at);
  const network = readNetwork(text);
  if (network === undefined) throw new Mistake(`${shown(text)} is no network`, at);
  return [{ is: 'network', network }];
};

const fieldref: Change = (value, { at }) => {
  const text = asText(value);
  if (text === undefined) throw refuse('fieldref', value, at);
  const field = literalOf(text);
  if (field === undefined) throw new Mistake('the name of a field with wildcards', at);
  if (field === '') throw new Mistake("'fieldref' without the name of a field", at);
  const { openBefore, openAfter } = text;
  return [{ is: 'field', field, openBefore, openAfter }];
};

/** `yes` and its like were truths in YAML 1.1, and nothing else can be meant here. */
const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

const exists: Change = (value, { at }) => {
  const [text] = value.is === 'text' ? value.pieces : [];
  const written = typeof text === 'string' ? text.toLowerCase() : '';
  if (value.is === 'boolean') return [{ is: 'exists', wanted: value.value }];
  const wanted = truths.get(written);
  if (wanted === undefined) throw new Mistake("'exists' takes true or false", at);
  return [{ is: 'exists', wanted }];
};

const expand: Change = (value, { at, placeholders }) => {
  if (value.is === 'regex') {
    return expandRegex(value.source, placeholders, at).map(source => ({ ...value, source }));
  }
  const text = asText(value);
  if (text === undefined) throw refuse('expand', value, at);
  return expandPattern(text.pieces, placeholders, at).map(pieces => ({ ...text, pieces }));
};

/** By name, what each modifier makes of one value. `all`, `neq` and `cased` are about the item, and not here. */
export const modifiers: ReadonlyMap<string, Change> = new Map<string, Change>([
  ['contains', positioned({ openBefore: true, openAfter: true }, 'contains')],
  ['startswith', positioned({ openAfter: true }, 'startswith')],
  ['endswith', positioned({ openBefore: true }, 'endswith')],
  ['windash', windash],
  ['utf16', utf16('utf16', 'marked')],
  ['utf16le', utf16('utf16le', 'le')],
  ['wide', utf16('wide', 'le')],
  ['utf16be', utf16('utf16be', 'be')],
  ['base64', encoded('base64', bytes => [base64(bytes)])],
  ['base64offset', encoded('base64offset', base64Offsets)],
  ['re', regex],
  ['i', flag('i', 'i')],
  ['ignorecase', flag('ignorecase', 'i')],
  ['m', flag('m', 'm')],
  ['multiline', flag('multiline', 'm')],
  ['s', flag('s', 's')],
  ['dotall', flag('dotall', 's')],
  ['cidr', cidr],
  ['lt', compared('lt')],
  ['lte', compared('lte')],
  ['gt', compared('gt')],
  ['gte', compared('gte')],
  ['minute', timePart('minute')],
  ['hour', timePart('hour')],
  ['day', timePart('day')],
  ['week', timePart('week')],
  ['month', timePart('month')],
  ['year', timePart('year')],
  ['fieldref', fieldref],
  ['exists', exists],
  ['expand', expand],
]);
