import { makeSigningKey, type NoteSigner, readSigningKey } from '../../src/evidence/note.ts';
import { type Evidence, openEvidence } from '../../src/evidence/open.ts';
import type { EvidenceOptions } from '../../src/evidence/options.ts';
import { readCheckpoint } from '../../src/evidence/verify/checkpoint.ts';
import { type Leaf, readLeaf, type SegmentLeaf } from '../../src/evidence/verify/leaf.ts';
import { entriesOf } from '../../src/evidence/verify/log-files.ts';
import { parseNote } from '../../src/evidence/verify/note.ts';
import type { StoreReader } from '../../src/evidence/verify/reader.ts';
import { readSegmentFile, segmentPath } from '../../src/evidence/verify/segment-file.ts';
import { MemoryState } from './memory-state.ts';
import { SimulatedDisk } from './simulated-disk.ts';

export const newSigner = (name = 'log.example.jp/evidence'): NoteSigner => {
  const read = readSigningKey(makeSigningKey(name));
  if (!read.ok) throw new Error(read.why);
  return read.signer;
};

export const lineOf = (source: string, n: number): string =>
  `Jun 29 10:00:${String(n % 60).padStart(2, '0')} mail01 ${source}[77]: line ${n} of user-${n % 7}@example.jp\n`;

/** A store on a simulated disk, and the clock of its host. */
export class SimulatedStore {
  disk: SimulatedDisk = new SimulatedDisk();
  state: MemoryState = new MemoryState(this.disk);
  readonly signer: NoteSigner = newSigner();
  nowMs: number = Date.parse('2026-06-29T10:00:00Z');

  open(more: Partial<EvidenceOptions> = {}): Promise<Evidence> {
    return openEvidence({
      files: this.disk,
      state: this.state,
      signers: [this.signer],
      now: () => new Date(this.nowMs),
      segmentBytes: 700,
      level: 1,
      ...more,
    });
  }

  restart(power: boolean, random: () => number): void {
    this.disk = this.disk.restart(power, random);
    this.state.disk = this.disk;
  }

  get reader(): ReturnType<SimulatedDisk['reader']> {
    return this.disk.reader();
  }
}

/** Leaves of a store's log. */
export const leavesIn = (store: StoreReader): readonly Leaf[] => {
  const note = parseNote(store.read('log/checkpoint') ?? Buffer.alloc(0));
  const read = note.ok ? readCheckpoint(note.note.text) : note;
  if (!read.ok) throw new Error(read.why);
  return [...entriesOf(store, read.checkpoint.size, undefined)].flat().map(({ bytes }) => {
    const leaf = readLeaf(bytes);
    if (!leaf.ok) throw new Error(leaf.why);
    return leaf.leaf;
  });
};

/** All that a store keeps of a source, in the order in which it came. */
export const keptOf = (store: StoreReader, source: string): string =>
  leavesIn(store)
    .filter((leaf): leaf is SegmentLeaf => leaf.kind === 'segment' && leaf.source === source)
    .map(({ day, seq }) => {
      const read = readSegmentFile(store.read(segmentPath(source, day, seq)) ?? Buffer.alloc(0));
      if (!read.ok) throw new Error(read.why);
      return read.raw.toString('utf8');
    })
    .join('');
