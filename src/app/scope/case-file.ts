import { z } from 'zod';
import { UsageError } from '../../core/errors.ts';
import type { ScopeFinding } from '../../core/scope-report.ts';
import { defined, readYaml } from '../yaml-file.ts';

/** One thing that was in somebody else's hands, as the investigator says it. Times in milliseconds since 1970. */
export interface AskedBreach {
  readonly component?: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly accounts?: readonly string[];
  /** Addresses and networks. */
  readonly addresses?: readonly string[];
  readonly apps?: readonly string[];
  readonly sessions?: readonly string[];
  /** Mail that passed was in the attacker's hands. */
  readonly controlled?: boolean;
  /** Components that it opened sessions to, where its settings do not tell: `dovecot`. */
  readonly behind?: readonly string[];
  /** Addresses of the hosts that it runs on, as the logs of `behind` have them. */
  readonly hosts?: readonly string[];
}

/** Something found out otherwise than from logs: an attacker's own list, a forensic report, a database dump. */
export interface AskedFinding {
  readonly name: string;
  readonly mailboxes?: readonly string[];
  readonly messages?: readonly string[];
  readonly tenants?: readonly string[];
  readonly contracts?: readonly string[];
  readonly addresses?: readonly string[];
  /** Data types of the records. */
  readonly types?: readonly string[];
  readonly atMs?: number;
}

/** What a scoping is asked: one breach or several, and what was found besides. */
export interface AskedCase {
  readonly name?: string;
  readonly awareMs?: number;
  readonly materialMs?: number;
  readonly peopleToldMs?: number;
  readonly malicious: boolean;
  readonly cause?: string;
  readonly measures: readonly string[];
  /** Ids of regimes; all unless given. */
  readonly regimes?: readonly string[];
  readonly breaches: readonly AskedBreach[];
  readonly findings: readonly AskedFinding[];
}

export const caseNamePattern: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

const zoned =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A moment as people write it: a day, or a day and a time; without a zone in UTC. A day as an end means all of it.
 *
 * @returns milliseconds since 1970, `undefined` where it is none.
 */
export const momentMs = (given: string, isEnd = false): number | undefined => {
  const match = zoned.exec(given.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute = '00', second = '00', zone = 'Z'] = match;
  const midnight = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== Number(day)) return undefined;
  if (hour === undefined) return isEnd ? midnight + 86_400_000 - 1 : midnight;
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number.isNaN(at) ? undefined : at;
};

const said = 'expected a day or a time such as 2026-06-17 or 2026-06-17T09:00:00+09:00';
const moment = (isEnd = false): z.ZodType<number> =>
  z
    .string()
    .refine(text => momentMs(text, isEnd) !== undefined, said)
    .transform(text => momentMs(text, isEnd) ?? 0);

const text = z.string().min(1).max(2_000);
const names = z.array(text).min(1).max(1_000_000);

const CaseFile = z.strictObject({
  case: z.string().regex(caseNamePattern, 'expected letters, digits, dots and dashes').optional(),
  aware: moment().optional(),
  material: moment().optional(),
  peopleTold: moment().optional(),
  malicious: z.boolean().default(true),
  cause: text.optional(),
  measures: z.array(text).max(100).default([]),
  regimes: z.array(text).max(50).optional(),
  breaches: z
    .array(
      z.strictObject({
        component: text.optional(),
        from: moment(),
        to: moment(true),
        accounts: names.optional(),
        addresses: names.optional(),
        apps: names.optional(),
        sessions: names.optional(),
        controlled: z.boolean().optional(),
        behind: names.optional(),
        hosts: names.optional(),
      }),
    )
    .max(1_000)
    .default([]),
  findings: z
    .array(
      z.strictObject({
        name: text,
        mailboxes: names.optional(),
        messages: names.optional(),
        tenants: names.optional(),
        contracts: names.optional(),
        addresses: names.optional(),
        types: names.optional(),
        at: moment().optional(),
      }),
    )
    .max(10_000)
    .default([]),
});

/** Says what is wrong with it, where anything is. */
const problemOf = ({ component, fromMs, toMs, ...rest }: AskedBreach): string | undefined => {
  if (fromMs > toMs) return 'its window ends before it begins';
  const narrows = [rest.accounts, rest.addresses, rest.apps, rest.sessions];
  return component === undefined && narrows.every(each => each === undefined)
    ? 'nothing says what was breached: a component, accounts, addresses, apps or sessions'
    : undefined;
};

/** Throws where a breach cannot be one. @param where what precedes the message, with its file and line. */
export const checkBreach = (breach: AskedBreach, where: string): AskedBreach => {
  const problem = problemOf(breach);
  if (problem !== undefined) throw new UsageError(`${where}: ${problem}`);
  return breach;
};

/** Reads a case that somebody wrote down. A mistake is one line: file:line:column, what, what was expected. */
export const parseCase = (path: string, source: string): AskedCase => {
  const { data, lineOf } = readYaml(path, source, CaseFile, 'docs/scope.md');
  const { aware, material, peopleTold, breaches, findings, case: name, ...rest } = data;
  if (breaches.length === 0 && findings.length === 0) {
    throw new UsageError(`${path}:1:1: neither breaches nor findings: nothing can be in scope`);
  }
  return {
    ...defined(rest),
    measures: rest.measures,
    malicious: rest.malicious,
    ...defined({ name, awareMs: aware, materialMs: material, peopleToldMs: peopleTold }),
    breaches: breaches.map(({ from, to, ...breach }, i) =>
      checkBreach(
        { ...defined(breach), fromMs: from, toMs: to },
        `${path}:${lineOf(['breaches', i])}: breaches[${i}]`,
      ),
    ),
    findings: findings.map(({ at, ...finding }) => ({
      ...defined(finding),
      name: finding.name,
      ...(at === undefined ? {} : { atMs: at }),
    })),
  };
};

const stamp = (ms: number): string => new Date(ms).toISOString();

/** As a report names what was in other hands. */
export const findingsOf = ({ breaches }: Pick<AskedCase, 'breaches'>): readonly ScopeFinding[] =>
  breaches.flatMap(({ component, fromMs, toMs, accounts, addresses, apps, sessions }) => {
    const window = { from: stamp(fromMs), to: stamp(toMs) };
    const each = (
      subject: ScopeFinding['subject'],
      values: readonly string[] = [],
    ): readonly ScopeFinding[] => values.map(value => ({ subject, value, ...window }));
    return [
      ...each('component', component === undefined ? [] : [component]),
      ...each('account', accounts),
      ...each('address', addresses),
      ...each('application', apps),
      ...each('session', sessions),
    ];
  });
