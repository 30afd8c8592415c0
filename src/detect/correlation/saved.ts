import type { LineRef } from '../../core/watched-event.ts';
import type { Hit } from '../hit.ts';

/** An event at which a correlation was told to hold. */
export interface FiredAt {
  readonly rule: string;
  readonly group: readonly (string | null)[];
  readonly at: LineRef;
}

/** A group in which something is not decided yet. */
export interface OpenWindow {
  readonly rule: string;
  readonly group: readonly (string | null)[];
  /** When the first event happened that is not decided. */
  readonly fromMs: number;
}

/** What a correlator needs to go on where another one stopped: plain data, fit for JSON. */
export interface SavedCorrelations {
  readonly hits: readonly Hit[];
  readonly fired: readonly FiredAt[];
  readonly open: readonly OpenWindow[];
}
