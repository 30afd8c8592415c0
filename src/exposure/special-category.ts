import type { DataTypeId } from '../core/personal.ts';
import type { Around, Candidate, DataType, Judged } from './data-type.ts';

/**
 * Special categories (GDPR article 9, APPI article 2 (3)) are hints that a message may tell something of somebody, never values:
 * what they say is the word alone. A word alone is low; with a label of its own (`診断名:`) or with somebody whom it is said of (`I was`,
 * `息子は`) it is medium; a newsletter, an advertisement or a rule that names it stays low, whoever is addressed.
 */
export const specialCategory = (id: DataTypeId, title: string): DataType => ({
  id,
  title,
  sensitivity: 'special',
  rank: -20,
  holds: true,
  anchors: { words: [id, `${id}/field`, `${id}/certain`] },
  judge: (candidate, around) =>
    candidate.value === `${id}/field` ? field(candidate, around) : hint(id, candidate, around),
});

const valueAfter =
  /^[ \t]?[\])\u3011\u300d]?[ \t]*[:=][ \t\u300c"]*([^\s:=,;\u3001\u3002()"\u300d][^\n:=;\u3002"\u300d]{0,30})/;
const nothing =
  /^(?:無(?![\u4e00-\u9fff])|なし|無し|特になし|特に無し|該当なし|不明|有無|任意|none|n\/a|no\b|nil|-|未記入|null|undefined|true|false|\d+$)/i;

/** A field of a record (`Diagnosis: asthma`): what stands in it is the value, unless it is empty or says that there is none. */
const field = ({ from, to }: Candidate, around: Around): Judged | undefined => {
  const match = valueAfter.exec(around.text.slice(to, to + 60));
  const written = match?.[1]?.trimEnd();
  if (match === null || written === undefined || nothing.test(written)) return undefined;
  const begin = to + match[0].indexOf(written, match[0].length - (match[1]?.length ?? 0));
  const isGeneral = around.hasWord(['special/general'], from, to, 200);
  return {
    from: begin,
    to: begin + written.length,
    value: written.slice(0, 30),
    confidence: isGeneral ? 'low' : 'medium',
  };
};

const hint = (
  id: DataTypeId,
  { from, to, value: set }: Candidate,
  around: Around,
): Judged | undefined => {
  const found = { from, to, value: around.text.slice(from, to) };
  if (around.inUrl(from)) return undefined;
  if (around.hasWord(['special/general'], from, to, 200)) return { ...found, confidence: 'low' };
  // `John Gay wrote`, `I am Christian Meyer`: a name.
  if (
    /^\p{Lu}\p{Ll}+$/u.test(found.value) &&
    (/\p{Lu}\p{Ll}+ $/u.test(around.text.slice(Math.max(0, from - 20), from)) ||
      /^ \p{Lu}\p{Ll}/u.test(around.text.slice(to, to + 3)))
  )
    return { ...found, confidence: 'low' };
  const isSaid = around.hasWord([`${id}/said`], from, to, 40);
  const isSomebody = around.hasWord(['special/somebody'], from, to, 60);
  // `certain` words are said of nobody but a person whom they concern.
  const isPersonal = set === `${id}/certain` ? isSomebody || isSaid : isSomebody && isSaid;
  return { ...found, confidence: isPersonal ? 'medium' : 'low' };
};
