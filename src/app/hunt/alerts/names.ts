import type { Alert } from '../../../core/alert.ts';
import type { Unseen } from '../../../core/unseen.ts';
import type { LabelOf } from '../../../detect/alerts/anonymous.ts';
import { KeptLines } from '../../events/kept-lines.ts';
import { openSegment } from '../../events/open-segment.ts';
import { type StoreSegment, storeSegments } from '../../events/store-segments.ts';
import type { ZoneOf } from '../../ingest/zones.ts';

export interface NamesRequest {
  readonly store: string;
  readonly labelOf: LabelOf;
  readonly zoneOf: ZoneOf;
  readonly note: (unseen: Unseen) => void;
}

/** Segments that are opened for one question, at most. */
const segmentsMax = 500;

const label = /person-[0-9a-f]{12}/g;

const keyOf = (source: string, seq: number): string => `${source}/${seq}`;

/**
 * Who the people of these alerts are, by their labels: as the kept lines say it that alerts rest on. Of lines that
 * are deleted by now nobody can tell.
 */
export const namesOf = async (
  alerts: readonly Alert[],
  { store, labelOf, zoneOf, note }: NamesRequest,
): Promise<ReadonlyMap<string, string>> => {
  const wanted = new Map<string, readonly string[]>();
  for (const { who, sentence, lines } of alerts) {
    const labels = `${who} ${sentence}`.match(label) ?? [];
    if (labels.length === 0) continue;
    for (const { source, seq } of [...lines.slice(0, 1), ...lines.slice(-1)]) {
      const key = keyOf(source, seq);
      wanted.set(key, [...(wanted.get(key) ?? []), ...labels]);
    }
  }
  const names = new Map<string, string>();
  if (wanted.size === 0) return names;
  const segments = new Map<string, StoreSegment>(
    storeSegments(store, note).segments.map(each => [keyOf(each.source, each.seq), each]),
  );
  const options = { lines: new KeptLines(), zoneOf, note };
  let opened = 0;
  for (const [key, labels] of wanted) {
    const segment = segments.get(key);
    if (segment === undefined || labels.every(each => names.has(each))) continue;
    opened += 1;
    if (opened > segmentsMax) {
      note({
        what: 'who the people of all alerts are',
        why: `more than ${segmentsMax} segments would have to be opened`,
        how: 'Ask for fewer alerts: postern hunt alerts --since DAY.',
      });
      break;
    }
    const found = await openSegment(segment, options);
    if (found === undefined) continue;
    const missing = new Set(labels);
    for (const column of ['user', 'actor'] as const) {
      const dictionary = found.rows.dictionary(column);
      for (let code = 0; code < (dictionary?.count ?? 0); code += 1) {
        const name = dictionary?.at(code) ?? '';
        const made = labelOf(name);
        if (missing.has(made) && !names.has(made)) names.set(made, name);
      }
    }
  }
  const unknown = new Set([...wanted.values()].flat().filter(each => !names.has(each)));
  if (unknown.size > 0) {
    note({
      what: `who ${unknown.size === 1 ? [...unknown].join('') : `${unknown.size} people`} in alerts ${unknown.size === 1 ? 'is' : 'are'}`,
      why: 'no line that is still kept names them, or they were called so under another key',
      how: 'POSTERN_EXPOSURE_KEY or exposure.key say where the key of the store is; lines that are deleted name nobody.',
    });
  }
  return names;
};
