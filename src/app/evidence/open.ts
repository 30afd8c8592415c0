import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { makeSigningKey, type NoteSigner, readSigningKey } from '../../evidence/note.ts';
import { type Evidence, openEvidence } from '../../evidence/open.ts';
import type { EvidenceOptions } from '../../evidence/options.ts';
import { FilePutter } from '../../evidence/put-files.ts';
import { recordKeysIn } from '../../logs/sources/record-key.ts';
import { durableFiles } from '../../store/durable-files.ts';
import { SqliteEvidenceState } from '../../store/evidence-state.ts';
import { lock } from '../../store/lock.ts';
import { type ZoneOf, zonesOf } from '../ingest/zones.ts';
import type { SegmentMaker } from '../rows/segment-maker.ts';

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

const ownKeyPath = 'keys/evidence.key';

/** A key is a secret: a file that others may read is not one to sign with. */
const readKeyFile = (path: string): string => {
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) {
    throw new UsageError(`${path}: others may read this key; chmod 600 ${path}`);
  }
  return readFileSync(path, 'utf8');
};

const signerOf = (text: string, from: string): NoteSigner => {
  const read = readSigningKey(text);
  if (!read.ok) throw new UsageError(`${from}: this is no signing key: ${read.why}`);
  return read.signer;
};

/** The key of the log: given as text or as a file, else the store's own, which is made on first use. */
const signerFor = async (store: string, given: string | undefined): Promise<NoteSigner> => {
  if (given?.startsWith('PRIVATE+KEY+') === true) return signerOf(given, 'POSTERN_EVIDENCE_KEY');
  if (given !== undefined) return signerOf(readKeyFile(given), given);
  const path = join(store, ownKeyPath);
  if (!existsSync(path)) {
    const name = `postern.invalid/${randomBytes(8).toString('hex')}`;
    const bytes = Buffer.from(makeSigningKey(name));
    await new FilePutter(durableFiles(store)).put([{ path: ownKeyPath, bytes }], 0o600);
  }
  return signerOf(readKeyFile(path), path);
};

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
    const signer = await signerFor(store, key);
    state = new SqliteEvidenceState(statePath(store));
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
