import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { isDay } from '../../evidence/days.ts';
import type { Evidence } from '../../evidence/open.ts';
import { evidenceSummary } from './inspect.ts';
import { changeKey } from './keys.ts';
import { openEvidenceStore } from './open.ts';

export interface Decision {
  readonly store: string;
  readonly now: () => Date;
  /** `POSTERN_EVIDENCE_KEY`. */
  readonly key?: string | undefined;
}

/** A store that is there already: a typing mistake makes none. */
export const inStore = async <T>(
  { store, now, key }: Decision,
  work: (evidence: Evidence) => Promise<T>,
): Promise<T> => {
  if (!existsSync(join(store, 'log/checkpoint'))) {
    throw new UsageError(`evidence: ${store} holds no log`);
  }
  const opened = await openEvidenceStore(store, { now, ...(key === undefined ? {} : { key }) });
  try {
    return await work(opened.evidence);
  } finally {
    await opened.close();
  }
};

const checkSource = (source: string | undefined): void => {
  if (source !== undefined && !/^[a-z0-9][a-z0-9._-]{0,99}$/.test(source)) {
    throw new UsageError(`evidence: "${source.slice(0, 60)}" is no name of a source`);
  }
};

const checkId = (id: string): void => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) {
    throw new UsageError(`evidence: "${id.slice(0, 60)}" is no name of a hold`);
  }
};

const checkWhy = (why: string): void => {
  if (why.length > 1_000 || /\p{Surrogate}/u.test(why)) {
    throw new UsageError('evidence: --why: 1,000 characters at most');
  }
};

/** Lines are kept so many days from now on; of one source, or of all. */
export const keepFor = async (
  at: Decision,
  days: string,
  source: string | undefined,
  why: string,
): Promise<void> => {
  checkSource(source);
  checkWhy(why);
  if (!/^[1-9]\d{0,5}$/.test(days)) {
    throw new UsageError(`evidence keep: "${days.slice(0, 20)}" is no number of days`);
  }
  const policy = { id: source ?? 'all', keepDays: Number(days), why };
  await inStore(at, evidence =>
    evidence.policy(source === undefined ? policy : { ...policy, source }),
  );
};

/** Lines of these days stay, whatever is decided about the rest. */
export const holdLines = async (
  at: Decision,
  words: readonly string[],
  why: string,
): Promise<void> => {
  const [id = '', fromDay = '', toDay = '', source] = words;
  checkId(id);
  checkSource(source);
  checkWhy(why);
  for (const day of [fromDay, toDay]) {
    if (!isDay(day)) throw new UsageError(`evidence hold: "${day.slice(0, 20)}" is no day`);
  }
  if (fromDay > toDay) throw new UsageError(`evidence hold: ${fromDay} comes after ${toDay}`);
  const hold = { id, fromDay, toDay, why };
  await inStore(at, evidence => evidence.hold(source === undefined ? hold : { ...hold, source }));
};

export const releaseHold = async (at: Decision, id: string, why: string): Promise<void> => {
  checkId(id);
  checkWhy(why);
  await inStore(at, evidence => evidence.release(id, why));
};

/** Another key signs the log from now on. @returns it, as those who verify need it. */
export const rotateKey = async (
  at: Decision,
  file: string | undefined,
  why: string,
): Promise<string> => {
  checkWhy(why);
  const { store, key: given } = at;
  if (given === undefined && file !== undefined) {
    throw new UsageError(
      'evidence rotate-key: FILE is for a key that POSTERN_EVIDENCE_KEY names; the store makes its own',
    );
  }
  const { origin: name } = evidenceSummary(store);
  return await inStore(at, evidence => changeKey(evidence, { store, given, file, name, why }));
};

/** A source ends: no more of its lines come, and no day waits for them. */
export const retireSource = async (at: Decision, source: string, why: string): Promise<void> => {
  checkSource(source);
  checkWhy(why);
  await inStore(at, async evidence => {
    if (!evidence.known().some(({ id }) => id === source)) {
      throw new UsageError(`evidence retire: there is no source ${source}`);
    }
    await (await evidence.source(source)).retire(why);
  });
};

/** @returns how many segments were deleted. */
export const pruneLines = (at: Decision): Promise<number> =>
  inStore(at, evidence => evidence.prune());
