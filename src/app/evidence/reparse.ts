import type { BundleRange } from '../../evidence/bundle.ts';
import type { Reparsed } from '../../evidence/reparse.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { remakeRows } from '../rows/remake.ts';
import { type Decision, inStore } from './decide.ts';

export interface ReparseRequest extends Decision {
  readonly range: BundleRange;
  readonly zoneOf: ZoneOf;
  readonly dropOld: boolean;
  readonly progress: (done: number, of: number) => void;
}

/** Makes rows of kept lines anew. `left`: segments of files whose head is not kept, left as they are. */
export const reparseLines = async ({
  range,
  zoneOf,
  dropOld,
  progress,
  ...at
}: ReparseRequest): Promise<Reparsed & { readonly left: number }> => {
  let left = 0;
  const rows = remakeRows(zoneOf, () => {
    left += 1;
  });
  const done = await inStore(at, evidence =>
    evidence.reparse({ ...range, rows, dropOld, progress }),
  );
  return { ...done, same: done.same - left, left };
};
