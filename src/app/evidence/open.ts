import { join } from 'node:path';
import { type Evidence, openEvidence } from '../../evidence/open.ts';
import type { EvidenceOptions } from '../../evidence/options.ts';
import { recordKeysIn } from '../../logs/sources/record-key.ts';
import { durableFiles } from '../../store/durable-files.ts';
import { SqliteEvidenceState } from '../../store/evidence-state.ts';
import { lock } from '../../store/lock.ts';
import { type ZoneOf, zonesOf } from '../ingest/zones.ts';
import type { SegmentMaker } from '../rows/segment-maker.ts';
import { signerFor } from './keys.ts';

export interface OpenStore extends Partial<Pick<EvidenceOptions, 'segmentBytes' | 'level'>> {
  readonly now: () => Date;
  /** The signing key, or the path of a file with it (`POSTERN_EVIDENCE_KEY`); the store's own unless given. */
  readonly key?: string;
  /** For lines that a kill left behind: the zone of stamps that name none; that of this machine unless given. */
  readonly zoneOf?: ZoneOf;
}

/** Segments and their rows are made in a thread of its own, which begins when there is something to make. */
const segmentMaker = (zoneOf: ZoneOf): Pick<SegmentMaker, 'make' | 'close'> => {
  let maker: Promise<SegmentMaker> | undefined;
  const started = async (): Promise<SegmentMaker> => {
    const [{ SegmentMaker }, { rowsOfDraft }] = await Promise.all([
      import('../rows/segment-maker.ts'),
      import('../rows/parse-draft.ts'),
    ]);
    return new SegmentMaker({ parse: draft => rowsOfDraft(draft, zoneOf) });
  };
  return {
    make: async (draft, level) => (await (maker ??= started())).make(draft, level),
    close: async () => {
      if (maker !== undefined) await (await maker).close();
    },
  };
};

const zoneHere = (): ZoneOf =>
  zonesOf(undefined, 'the zone of this machine', Intl.DateTimeFormat().resolvedOptions().timeZone);

const statePath = (store: string): string => join(store, 'state.sqlite');

/** A store that this process alone may write until it is closed. */
export interface OpenedStore {
  readonly evidence: Evidence;
  readonly close: () => Promise<void>;
}

/** Opens a store to write: makes it on first use, refuses when another process has it, recovers. */
export const openEvidenceStore = async (
  store: string,
  { now, key, zoneOf, ...more }: OpenStore,
): Promise<OpenedStore> => {
  const unlock = lock(store, 'evidence');
  const maker = segmentMaker(zoneOf ?? zoneHere());
  let state: SqliteEvidenceState | undefined;
  try {
    state = new SqliteEvidenceState(statePath(store));
    const signer = await signerFor(store, key, state.head());
    const files = durableFiles(store);
    const { make } = maker;
    const own = { files, state, signers: [signer], now, make, recordsIn: recordKeysIn };
    const evidence = await openEvidence({ ...own, ...more });
    return {
      evidence,
      close: async () => {
        try {
          await evidence.close();
        } finally {
          await maker.close();
          unlock();
        }
      },
    };
  } catch (thrown) {
    state?.close();
    await maker.close();
    unlock();
    throw thrown;
  }
};
