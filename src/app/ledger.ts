import { accessSync, constants, existsSync } from 'node:fs';
import type { MendingState } from '../core/finding.ts';
import { Ledger } from '../store/ledger.ts';
import { sqliteHere } from '../store/sqlite.ts';

/**
 * Opens the ledger of a store that is there already: looking at a host makes no folders on it.
 *
 * @returns undefined where there is no store, or where it may not be written; then nothing is remembered.
 */
export const openLedger = (store: string): Ledger | undefined => {
  if (!existsSync(store) || !sqliteHere()) return undefined;
  try {
    accessSync(store, constants.W_OK);
  } catch {
    return undefined;
  }
  return new Ledger(store);
};

export interface Mark {
  readonly store: string;
  readonly component: string;
  readonly flaw: string;
  readonly state: MendingState;
  readonly by: string;
  readonly why: string;
  readonly now: Date;
}

/**
 * Records what somebody did about a flaw, on every estate of the store where it was seen.
 *
 * @returns the estates; empty when no run saw that flaw in that component.
 */
export const markFlaw = ({
  store,
  component,
  flaw,
  state,
  by,
  why,
  now,
}: Mark): readonly string[] => {
  const ledger = openLedger(store);
  if (ledger === undefined) return [];
  try {
    const estates = ledger
      .estates()
      .filter(estate => ledger.componentsWith(estate, flaw).includes(component));
    for (const estate of estates) {
      ledger.mark(estate, { component, flaw }, { state, on: now.toISOString(), by, why });
    }
    return estates;
  } finally {
    ledger.close();
  }
};
