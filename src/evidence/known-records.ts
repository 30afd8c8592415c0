import type { EvidenceState } from '../core/evidence-state.ts';
import type { SegmentPart } from './closed-spool.ts';

/** Finds the keys of records that say which record they are among the lines of these bytes. */
export type KeysIn = (raw: Buffer) => readonly Uint8Array[];

const textOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

/**
 * Records that are kept already, by the keys that their readers make of them: their sources deliver some more than
 * once. Keys are committed in one step with the segment that has the lines; those on the way are remembered here.
 */
export class KnownRecords {
  private readonly state: EvidenceState;
  private readonly keysIn: KeysIn | undefined;
  /** On the way into a segment. */
  private readonly claimed = new Set<string>();

  constructor(state: EvidenceState, keysIn: KeysIn | undefined) {
    this.state = state;
    this.keysIn = keysIn;
  }

  /** @returns whether the record is new, and to be handed over by whoever asked. */
  claim(key: Uint8Array): boolean {
    const text = textOf(key);
    if (this.claimed.has(text) || this.state.hasRecord(key)) return false;
    this.claimed.add(text);
    return true;
  }

  /** The keys of a segment: those that came with its parts; of lines that a kill left behind, those found in them. */
  of(parts: readonly SegmentPart[], raw: Buffer): readonly Uint8Array[] {
    if (parts.length === 0) return this.keysIn?.(raw) ?? [];
    return parts.flatMap(({ records }) => records ?? []);
  }

  /** They are in the state now. */
  committed(keys: readonly Uint8Array[]): void {
    for (const key of keys) this.claimed.delete(textOf(key));
  }
}
