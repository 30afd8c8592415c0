import { accessSync, constants, existsSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';
import type { FileView } from '../core/files.ts';
import type { MendingState } from '../core/finding.ts';
import { Ledger } from '../store/ledger.ts';
import { sqliteHere } from '../store/sqlite.ts';

/**
 * Opens the ledger of a store that is there already: looking at a host makes no folders on it. One that
 * is damaged is said as unseen, and keeps nobody from an answer.
 *
 * @returns undefined where there is no store, or where it may not be written; then nothing is remembered.
 */
export const openLedger = (store: string, files: Pick<FileView, 'note'>): Ledger | undefined => {
  if (!isOpenable(store)) return undefined;
  try {
    return new Ledger(store);
  } catch (thrown) {
    files.note({
      what: 'what earlier runs found',
      why: `${Ledger.pathIn(store)} cannot be used: ${messageOf(thrown)}`,
      how: 'Move it away: a new one begins with the next run.',
    });
    return undefined;
  }
};

const isOpenable = (store: string): boolean => {
  if (!existsSync(store) || !sqliteHere()) return false;
  try {
    accessSync(store, constants.W_OK);
    return true;
  } catch {
    return false;
  }
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
  if (!isOpenable(store) || !Ledger.exists(store)) return [];
  const ledger = new Ledger(store);
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
