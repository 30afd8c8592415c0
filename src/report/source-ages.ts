import type { Answer } from '../core/answer.ts';
import { ageText } from './flaw-groups.ts';

/** How old each source of the advisory database is, a line each, for formats that have no place of their own. */
export const sourceAges = ({ advisories }: Pick<Answer, 'advisories'>): readonly string[] =>
  (advisories ?? []).map(({ source, asOf, ageHours, stale, partial, failed }) =>
    [
      `${source} as of ${asOf.slice(0, 16)}Z`,
      ageText(ageHours),
      ...(partial === true ? ['names single flaws only'] : stale ? ['too old'] : []),
      ...(failed === undefined ? [] : [`the last fetch failed: ${failed.why}`]),
    ].join(', '),
  );
