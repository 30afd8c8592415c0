import type { Tenant } from '../core/answer.ts';
import type { Component } from '../core/component.ts';
import type { Placed } from '../core/exposed.ts';
import type { Cut } from '../core/files.ts';
import type { FlawFacts } from '../core/finding.ts';
import type { KeptLogs } from '../core/kept-log.ts';
import type { Slower } from '../core/parity.ts';
import type { PatchFacts } from '../core/patch.ts';
import type { AcceptedRisk, Policy } from '../core/policy.ts';
import type { StoredPeople } from '../core/stored-people.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Watcher } from '../core/watcher.ts';
import type { Watching } from '../core/watching.ts';

/** Everything a check may look at for one component. */
export interface Subject extends Placed {
  readonly patch?: PatchFacts;
  /** Where it is mended more slowly than customer-facing applications are. */
  readonly slower?: Slower;
  /** What the advisory database says of it; absent where there is none. */
  readonly flaws?: FlawFacts;
}

/** What is the same for every component of one run. */
export interface Setting {
  readonly policy: Policy;
  readonly now: Date;
  readonly tenants: readonly Tenant[];
  /** Whose data the platform holds, as a scan counted it; absent where nothing was scanned. */
  readonly stored?: StoredPeople;
  readonly watchers: readonly Watcher[];
  /** Whether `postern.yaml` names owners at all: then a component without one was forgotten. */
  readonly ownersNamed: boolean;
  readonly configurationPath: string;
  /** Why it cannot be told which packages this host has, where that is so. */
  readonly packagesDoubt?: string;
  /** Where the reading ended before everything was read. */
  readonly cut?: Cut;
  readonly exceptions: readonly AcceptedRisk[];
  /** What an evidence store keeps of this host's logs; absent where there is none. */
  readonly kept?: KeptLogs;
  /** What rules and baselines of Postern's own came to over these logs; absent where none ever ran. */
  readonly watching?: Watching;
}

export type Question = (subject: Subject, setting: Setting) => Verdict;

export const pass = (why: string, evidence: Verdict['evidence'] = []): Verdict => ({
  state: 'pass',
  why,
  evidence,
});

export const notApplicable = (why: string): Verdict => ({
  state: 'not-applicable',
  why,
  evidence: [],
});

/** The logs in which access through it shows: its own, else its host's, nearest first. */
export const logsOf = ({
  component,
  ancestors,
}: Subject): { readonly of: Component; readonly logs: Component['logs'] } => {
  const logging = [component, ...ancestors].find(each => each.logs.length > 0) ?? component;
  return { of: logging, logs: logging.logs };
};

/** Where lines of `postern.yaml` go; a key that is there already is not written twice. */
export const yamlName = (path: string): string =>
  `# in ${inRemedy(path)} (below the key, where it is there already):`;

/** A glob for one component, quoted so that YAML reads every character as it is. */
export const yamlMatch = (id: string): string => JSON.stringify(id);

/**
 * A name within text to paste. Names come from files that an attacker may write: one with a line
 * break must not become a line of its own.
 */
export const inRemedy = (name: string): string => name.replace(/[\s\p{C}]+/gu, ' ').trim();

/** Joined evidence of what is the same place twice. */
export const evidenceOf = (
  what: string,
  place: { readonly path: string; readonly line?: number } | undefined,
): Verdict['evidence'][number] => (place === undefined ? { what } : { what, ...place });

export const isOff = (component: Component): boolean => component.enabled === false;
