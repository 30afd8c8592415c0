import type { ProductKey } from '../../core/advisory.ts';
import type { PastDay, PastSign } from '../../core/replay.ts';
import { upstreamNames } from '../matching/upstream-names.ts';

/** A break-in of the past through a part of a mail platform. */
export interface PastCase {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly flaws: readonly string[];
  /** For people. */
  readonly product: string;
  /** Names under which sources speak of it: the same as in matching. */
  readonly keys: readonly ProductKey[];
  readonly exploited: PastDay | { readonly unknown: string };
  readonly signs: readonly PastSign[];
  /** The first CVE record. */
  readonly published?: PastDay;
  /** CISA KEV. */
  readonly catalogued?: PastDay;
}

export const on = (day: string, source: string): PastDay => ({
  notBefore: day,
  notAfter: day,
  source,
});

/** Some day of a month. */
export const within = (month: string, source: string): PastDay => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return {
    notBefore: `${month}-01`,
    notAfter: `${month}-${String(last).padStart(2, '0')}`,
    source,
  };
};

/** On that day at the latest. */
export const by = (day: string, source: string): PastDay => ({ notAfter: day, source });

/** Not read in a source of the day: it may be off by some days. */
export const unchecked = (day: PastDay): PastDay => ({ ...day, unchecked: true });

export const record = (flaw: string): string => `https://www.cve.org/CVERecord?id=${flaw}`;

export const kev = (flaw: string): string =>
  `https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=${flaw}`;

/** Exact names that matching knows the makers' software by. */
export const makers = (software: string): readonly ProductKey[] =>
  upstreamNames(software)
    .filter(({ near }) => near === undefined)
    .map(({ key }) => key);
