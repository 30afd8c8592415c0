import type { ExposureTypes, MessageColumns } from '../../core/exposure-index.ts';
import type { TypeCounts } from '../../core/exposure-state.ts';
import { hasBit, without } from './masks.ts';

/** How often each mask occurs: few masks are of many messages. */
const masksIn = (count: number, maskAt: (row: number) => number): ReadonlyMap<number, number> => {
  const counted = new Map<number, number>();
  for (let row = 0; row < count; row += 1) {
    const mask = maskAt(row);
    if (mask !== 0) counted.set(mask, (counted.get(mask) ?? 0) + 1);
  }
  return counted;
};

/** In how many messages each type was found, by the confidence of the surest finding in each. */
export const typeCounts = (
  { sure, types, weak }: Pick<MessageColumns, 'sure' | 'types' | 'weak'>,
  ids: ExposureTypes,
): TypeCounts => {
  const levels = [
    masksIn(sure.length, row => sure[row] ?? 0),
    masksIn(types.length, row => without(types[row] ?? 0, sure[row] ?? 0)),
    masksIn(weak.length, row => weak[row] ?? 0),
  ];
  const of = (bit: number, level: number): number => {
    let count = 0;
    for (const [mask, times] of levels[level] ?? []) if (hasBit(mask, bit)) count += times;
    return count;
  };
  return Object.fromEntries(
    ids
      .map((id, bit): [string, [number, number, number]] => [
        id,
        [of(bit, 0), of(bit, 1), of(bit, 2)],
      ])
      .filter(([, counts]) => counts.some(count => count > 0)),
  );
};

/** Of several segments together. */
export const summedCounts = (all: readonly TypeCounts[]): TypeCounts => {
  const sum = new Map<string, [number, number, number]>();
  for (const counts of all) {
    for (const [id, [high, medium, low]] of Object.entries(counts)) {
      const known = sum.get(id) ?? [0, 0, 0];
      sum.set(id, [known[0] + high, known[1] + medium, known[2] + low]);
    }
  }
  return Object.fromEntries(sum);
};
