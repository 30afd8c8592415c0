import { join } from 'node:path';
import type { ExposureState } from '../../core/exposure-state.ts';
import { type IdentifierKind, identifierKinds } from '../../core/personal.ts';
import { readIdentifiers, segmentFile } from '../../store/exposure-segment.ts';

/** Identifiers that are sorted at a time: 8 bytes each. */
const atOnceMax = 1 << 24;
const highMax = 2 ** 48;

/** Different identifiers of an index, by kind. */
export type PeopleCounts = Readonly<Record<IdentifierKind, number>>;

const noteName = 'people';

interface Noted {
  readonly segments: string;
  readonly counts: PeopleCounts;
}

const emptyCounts = (): Record<IdentifierKind, number> => ({
  email: 0,
  telephone: 0,
  'customer-number': 0,
  'name-and-address': 0,
  'name-and-birth-date': 0,
});

/**
 * Counts who is named in an index, each identifier once: a person with an address and a telephone number is two.
 * Segments whose messages were all read anew and people of messages that are gone count as long as they are kept.
 *
 * @param folder where the segments lie
 */
export const countPeople = (folder: string, state: ExposureState): PeopleCounts => {
  const segments = state.segments();
  const name = segments.map(({ number }) => number).join(' ');
  const noted = state.note(noteName);
  if (noted !== undefined) {
    // Written below, by whoever has the store.
    const known = JSON.parse(noted) as Noted;
    if (known.segments === name) return known.counts;
  }
  const all = segments.reduce((sum, { identifiers }) => sum + identifiers, 0);
  const passes = Math.max(1, Math.ceil(all / atOnceMax));
  const counts = emptyCounts();
  for (let pass = 0; pass < passes; pass += 1) {
    // The first half of a pseudonym is as good as dice: each pass has its share of it.
    const from = Math.floor((pass * highMax) / passes);
    const to = Math.floor(((pass + 1) * highMax) / passes);
    const room = new Float64Array(passes === 1 ? all : Math.ceil(atOnceMax * 1.1));
    let length = 0;
    for (const { number } of segments) {
      const { high, kind } = readIdentifiers(join(folder, segmentFile(number, 'identifiers')));
      for (let i = 0; i < high.length; i += 1) {
        const value = high[i] ?? 0;
        if (value < from || value >= to || length === room.length) continue;
        room[length] = value * identifierKinds.length + (kind[i] ?? 0);
        length += 1;
      }
    }
    countDistinct(room.subarray(0, length).sort(), counts);
  }
  const kept: Noted = { segments: name, counts };
  state.setNote(noteName, JSON.stringify(kept));
  return counts;
};

const countDistinct = (sorted: Float64Array, counts: Record<IdentifierKind, number>): void => {
  let last = -1;
  for (const value of sorted) {
    if (value === last) continue;
    last = value;
    const kind = identifierKinds[value % identifierKinds.length];
    if (kind !== undefined) counts[kind] += 1;
  }
};
