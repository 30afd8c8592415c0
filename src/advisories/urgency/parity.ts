import type { ComponentId } from '../../core/component.ts';
import {
  comparedMin,
  nearestRank,
  type Parity,
  type ParityApplication,
  type PatchRecord,
  parityWindowDays,
  type SlowerPart,
  sideOf,
  slowerThanParity,
} from '../../core/parity.ts';
import type { ApplicationRecord } from './application.ts';

/** A component of the mail platform with what is known of how fast it is mended. */
export interface ParityPart {
  readonly id: ComponentId;
  /** What one act mends: `core/mending.ts`. Its updates and flaws count once, however many parts it has. */
  readonly group: string;
  readonly record: PatchRecord;
}

/** An application whose files could not be read. */
export interface UnreadApplication {
  readonly name: string;
  readonly why: string;
}

export interface ParityRequest {
  readonly applications: readonly ApplicationRecord[];
  readonly unread?: readonly UnreadApplication[];
  readonly parts: readonly ParityPart[];
}

interface Group {
  readonly group: string;
  readonly parts: readonly ParityPart[];
  readonly record: PatchRecord;
}

/** Parts of one package tell the same updates and flaws: each counts once. */
const joined = (a: PatchRecord, b: PatchRecord): PatchRecord => {
  const updates = new Map(
    [...a.mended, ...b.mended].map(each => [
      `${each.since}\0${each.mended}\0${each.flaws.join('\0')}`,
      each,
    ]),
  );
  const flaws = new Map([...a.open, ...b.open].map(each => [each.id, each]));
  return { mended: [...updates.values()], open: [...flaws.values()] };
};

const grouped = (parts: readonly ParityPart[]): readonly Group[] => {
  const groups = new Map<string, Group>();
  for (const part of parts) {
    const { group, record } = part;
    const known = groups.get(group);
    groups.set(group, {
      group,
      parts: [...(known?.parts ?? []), part],
      record: known === undefined ? record : joined(known.record, record),
    });
  }
  return [...groups.values()];
};

/** Those that show it themselves: a copy's own plug-ins need not have the flaws of the copy. */
const slowParts = (
  parts: readonly ParityPart[],
  limit: Pick<Parity, 'allowedDays'>,
): readonly ComponentId[] => {
  const own = parts.filter(({ record }) => slowerThanParity(record, limit) !== undefined);
  return (own.length > 0 ? own : parts).map(({ id }) => id);
};

const together = (records: readonly PatchRecord[]): PatchRecord => ({
  mended: records.flatMap(({ mended }) => mended),
  open: records.flatMap(({ open }) => open),
});

const countOf = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : 's'}`;

const applicationOf = (application: ApplicationRecord): ParityApplication => ({
  ...sideOf(
    application.record,
    application.history
      ? 'its deployment history and its bill of materials'
      : 'its bill of materials; postern.yaml names no deployment history',
  ),
  name: application.name,
  components: application.components,
  judged: application.judged,
  doubts: application.doubts,
});

const unreadOf = ({ name, why }: UnreadApplication): ParityApplication => ({
  ...sideOf({ mended: [], open: [] }, 'nothing: its files could not be read'),
  name,
  components: 0,
  judged: 0,
  doubts: [why],
});

const customerSide = (
  record: PatchRecord,
  { applications, unread = [] }: ParityRequest,
): Parity['customerFacing'] => {
  const told = applications.filter(({ history }) => history).length;
  return {
    ...sideOf(
      record,
      `${countOf(applications.length + unread.length, 'application')}, of which ${told} ${told === 1 ? 'has' : 'have'} a deployment history`,
    ),
    applications: [...applications.map(applicationOf), ...unread.map(unreadOf)],
  };
};

const spread = (label: string, record: PatchRecord): string => {
  const days = record.mended.map(each => each.days);
  const median = nearestRank(days, 50);
  return median === undefined
    ? `${label}: no update seen`
    : `${label}: ${countOf(days.length, 'update')}, median ${countOf(median, 'day')}, 90th percentile ${countOf(nearestRank(days, 90) ?? 0, 'day')}`;
};

const whyOf = (
  customer: PatchRecord,
  mail: PatchRecord,
  { applications, unread = [] }: ParityRequest,
): string => {
  const numbers = `${spread('customer-facing', customer)}; ${spread('mail platform', mail)}`;
  if (customer.mended.length >= comparedMin) {
    return mail.mended.length >= comparedMin
      ? numbers
      : `${numbers}: too few to compare percentiles, so only what is open is held against the ${countOf(
          nearestRank(
            customer.mended.map(each => each.days),
            90,
          ) ?? 0,
          'day',
        )}`;
  }
  const none = applications.every(({ history }) => !history);
  const reason =
    applications.length === 0 && unread.length > 0
      ? 'the files of the customer-facing applications could not be read'
      : none
        ? 'the customer-facing applications have no deployment history'
        : `the history of the customer-facing applications shows ${countOf(customer.mended.length, 'update')} in the last ${parityWindowDays} days, fewer than the ${comparedMin} that a percentile needs`;
  return `${reason}, so the written deadlines count; ${numbers}`;
};

/**
 * The mail platform beside the customer-facing applications: days to patch of both, what parity allows,
 * and what is slower than that.
 */
export const parityOf = (request: ParityRequest): Parity => {
  const customer = together(request.applications.map(({ record }) => record));
  const groups = grouped(request.parts);
  const mail = together(groups.map(({ record }) => record));
  const allowedDays =
    customer.mended.length < comparedMin
      ? undefined
      : nearestRank(
          customer.mended.map(({ days }) => days),
          90,
        );
  const limit = allowedDays === undefined ? {} : { allowedDays };
  const slower = groups.flatMap(({ group, parts, record }): readonly SlowerPart[] => {
    const found = slowerThanParity(record, limit);
    return found === undefined ? [] : [{ ...found, group, components: slowParts(parts, limit) }];
  });
  return {
    customerFacing: customerSide(customer, request),
    mailPlatform: sideOf(
      mail,
      'updates in the package managers’ histories and flaws of the advisory database, each package once',
    ),
    basis: allowedDays === undefined ? 'written deadlines' : 'customer-facing history',
    why: whyOf(customer, mail, request),
    ...limit,
    slower: slower.sort(
      (a, b) => b.days - b.allowedDays - (a.days - a.allowedDays) || (a.group < b.group ? -1 : 1),
    ),
  };
};
