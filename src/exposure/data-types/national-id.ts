import type { Around, Candidate, DataType, Judged, Leaning } from '../data-type.ts';
import { eastern } from '../national/east.ts';
import type { NationalId } from '../national/national-id.ts';
import { northern } from '../national/north.ts';
import { southern } from '../national/south.ts';
import { western } from '../national/west.ts';
import { worldwide } from '../national/world.ts';

const all: readonly NationalId[] = [...northern, ...western, ...southern, ...eastern, ...worldwide];

const key = (groups: readonly number[]): string => groups.join('-');

const byShape = new Map<string, NationalId[]>();
for (const id of all)
  for (const shape of id.numbers ?? [])
    byShape.set(key(shape), [...(byShape.get(key(shape)) ?? []), id]);

/** Those with letters, tried where a token or digits begin. */
const lettered = all.filter(({ pattern }) => pattern !== undefined);
/** Digits that such a number may begin with: `131052-308T`, `1234567 FA`, `12.345.678-Z`. */
const beginnings: readonly (readonly number[])[] = [
  [8],
  [7],
  [6],
  [2, 3, 3],
  [1, 3, 3],
  [1, 2, 2],
  [2, 6],
  [8, 1],
];

/** Numbers that states give to people, with their check digits; the country begins the value. */
export const nationalId: DataType = {
  id: 'national-id',
  title: 'National identity number',
  sensitivity: 'identity',
  rank: 9,
  anchors: {
    numbers: [
      ...new Map(
        [...all.flatMap(({ numbers }) => numbers ?? []), ...beginnings].map(shape => [
          key(shape),
          shape,
        ]),
      ).values(),
    ],
    tokens: [4, 20],
  },
  judge(candidate: Candidate, around: Around): Judged | undefined {
    const found: Judged[] = [];
    if (candidate.kind === 'number' && !candidate.glued) {
      for (const id of byShape.get(key(candidate.groups)) ?? [])
        push(found, judgeNumber(id, candidate, around));
    }
    if (isBeginning(candidate, around.text))
      for (const id of lettered) push(found, judgeLettered(id, candidate, around));
    return best(found);
  },
};

const push = (found: Judged[], one: Judged | undefined): void => {
  if (one !== undefined) found.push(one);
};

const worth = { low: 0, medium: 1, high: 2 } as const;

const best = (found: readonly Judged[]): Judged | undefined => {
  let first: Judged | undefined;
  for (const one of found)
    if (first === undefined || worth[one.confidence] > worth[first.confidence]) first = one;
  return first;
};

const judgeNumber = (id: NationalId, candidate: Candidate, around: Around): Judged | undefined => {
  const { value, from, to, separators, continued, groups } = candidate;
  if (id.isValid(value) !== true) return undefined;
  // Parted as nobody would by chance: `94.04.11-123.45`, `756.1234.5678.97`.
  const isParted =
    groups.length > 2 || separators === '-' || separators === '/' || separators === '+';
  return graded(
    id,
    { from, to, value },
    around,
    isParted && !continued ? id.byChance / 5 : id.byChance,
    continued,
  );
};

const isBeginning = ({ kind, from }: Candidate, text: string): boolean =>
  (kind === 'token' || kind === 'number') &&
  (from === 0 ||
    !/[\w.@/\\-]/.test(text.charAt(from - 1)) ||
    /[^\w][.-]/.test(text.slice(from - 2, from)));

const judgeLettered = (id: NationalId, { from }: Candidate, around: Around): Judged | undefined => {
  const written = around.text.slice(from, from + 32).replaceAll('\u00ad', '');
  const match = id.pattern?.exec(written);
  if (match === null || match === undefined) return undefined;
  const value = match.slice(1).join('').replace(/[ .]/g, '').toUpperCase();
  if (!id.isValid(value)) return undefined;
  const to = from + match[0].length;
  if (/^[-@][A-Za-z0-9]/.test(around.text.slice(to, to + 2))) return undefined;
  const capitals = match[0] === match[0].toUpperCase();
  return graded(id, { from, to, value }, around, capitals ? id.byChance : id.byChance * 5, false);
};

const graded = (
  { country, label, labelledOnly }: NationalId,
  piece: { readonly from: number; readonly to: number; readonly value: string },
  around: Around,
  byChance: number,
  continued: boolean,
): Judged | undefined => {
  const { from, to } = piece;
  const found = { from, to, value: `${country}:${piece.value}` };
  const own: Leaning = around.leaning([`national-id/${label ?? country}`], from, to);
  if (own === 'field' || own === 'near')
    return { ...found, confidence: own === 'field' || byChance < 50 ? 'high' : 'medium' };
  if (labelledOnly === true) return undefined;
  const any = around.leaning(['national-id'], from, to);
  if (any === 'field') return { ...found, confidence: byChance <= 20 ? 'high' : 'medium' };
  if (any === 'near') return { ...found, confidence: byChance <= 20 ? 'medium' : 'low' };
  if (any === 'against' || continued || around.inUrl(from)) return undefined;
  if (byChance <= 1) return { ...found, confidence: 'medium' };
  const isHere = around.settings.regions.includes(country.toUpperCase());
  if (isHere && byChance <= 20) return { ...found, confidence: 'medium' };
  return isHere || byChance <= 20 ? { ...found, confidence: 'low' } : undefined;
};
