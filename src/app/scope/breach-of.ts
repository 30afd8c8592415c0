import type { Component, Reach } from '../../core/component.ts';
import { reachOf } from '../../core/exposed.ts';
import type { ScopeCoverage } from '../../core/scope-report.ts';
import type { Unseen } from '../../core/unseen.ts';
import { mainOf } from '../../scope/belongs.ts';
import type { Breach, BreachedComponent, ReachOf } from '../../scope/breach.ts';
import { ancestorsOf } from '../ancestors.ts';
import { addressMatch } from '../events/address.ts';
import type { AskedBreach } from './case-file.ts';
import { gapsIn } from './log-days.ts';

/** What is known of the platform that the breach was in. */
export interface Estate {
  readonly components: readonly Component[];
  /** Data types that records of customers hold: what the list has columns for. */
  readonly recordTypes: readonly string[];
}

/** A breach as the engine takes it, the parts of the platform that it is about, and what could not be told. */
export interface UnderstoodBreach {
  readonly breach: Breach;
  /** The component, and those whose logs tell what went through it. */
  readonly parts: readonly Component[];
  readonly reach: readonly Reach[];
  readonly unknown: readonly Unseen[];
}

/** Kinds whose logs name the reads that others make through them. */
const mailboxServers: ReadonlySet<Component['kind']> = new Set(['imap']);

const webmails: ReadonlySet<Component['kind']> = new Set(['webmail', 'webmail-plugin']);

const loopback: readonly string[] = ['127.0.0.1', '::1'];

/** Types of data in a record that a login database or a stored password gives away. */
const credentialTypes: readonly string[] = ['password'];

const reachIn = (reach: readonly Reach[], { recordTypes }: Estate): ReachOf => {
  const has = (...wanted: readonly Reach['resource'][]): boolean =>
    reach.some(({ resource }) => wanted.includes(resource));
  const records = [
    ...(has('customer-records', 'directory', 'host') ? [{ types: recordTypes }] : []),
    ...(has('credentials', 'host') ? [{ types: credentialTypes }] : []),
  ];
  return {
    ...(has('stored-mail', 'host') ? { mailboxes: 'all' as const } : {}),
    ...(has('mail-in-transit', 'host') ? { transit: true } : {}),
    ...(records.length === 0 ? {} : { records }),
  };
};

/** Nothing is known of it: whatever there is may have been within reach. */
const reachOfUnknown = ({ recordTypes }: Estate): ReachOf => ({
  mailboxes: 'all',
  transit: true,
  records: [{ types: [...recordTypes, ...credentialTypes] }],
});

const findComponent = (id: string, { components }: Estate): Component | undefined =>
  components.find(each => each.id === id) ?? components.find(each => each.id === mainOf(id));

/** Servers that a webmail opens its users' sessions to: those of the same host, where nothing else is said. */
const behindOf = (component: Component, { components }: Estate): readonly Component[] =>
  webmails.has(component.kind)
    ? components.filter(
        ({ kind, enabled, partOf }) =>
          mailboxServers.has(kind) && enabled !== false && partOf === undefined,
      )
    : [];

const joinedReach = (reaches: readonly ReachOf[]): ReachOf => {
  const records = reaches.flatMap(({ records: each = [] }) => each);
  return {
    ...(reaches.some(({ mailboxes }) => mailboxes === 'all') ? { mailboxes: 'all' as const } : {}),
    ...(reaches.some(({ transit }) => transit === true) ? { transit: true } : {}),
    ...(records.length === 0 ? {} : { records }),
  };
};

const narrowings = ({ accounts, addresses, apps, sessions }: AskedBreach): Partial<Breach> => {
  const matches = addresses?.map(each => addressMatch(each));
  return {
    ...(accounts === undefined ? {} : { accounts }),
    ...(matches === undefined
      ? {}
      : { isAddress: (ip: string) => matches.some(match => match(ip)) }),
    ...(apps === undefined ? {} : { apps }),
    ...(sessions === undefined ? {} : { sessions }),
  };
};

/** Somebody's own mailboxes, where accounts were breached and no component. */
const reachOfAccounts = ({ accounts }: AskedBreach): ReachOf =>
  accounts === undefined ? {} : { mailboxes: accounts };

/**
 * Joins what an investigator says was breached with what the inventory knows of it.
 *
 * @param coverageOf what the logs of these parts can tell, day by day.
 */
export const understoodBreach = (
  asked: AskedBreach,
  estate: Estate,
  coverageOf: (parts: readonly Component[]) => readonly ScopeCoverage[],
): UnderstoodBreach & { readonly coverage: readonly ScopeCoverage[] } => {
  const window = { fromMs: asked.fromMs, toMs: asked.toMs };
  const id = asked.component;
  if (id === undefined) {
    const parts = estate.components.filter(
      ({ kind, enabled, partOf }) =>
        (mailboxServers.has(kind) || kind === 'webmail') &&
        enabled !== false &&
        partOf === undefined,
    );
    const coverage = coverageOf(parts);
    return {
      breach: {
        window,
        reach: reachOfAccounts(asked),
        gaps: gapsIn(coverage),
        ...narrowings(asked),
      },
      parts,
      reach: [],
      unknown: [],
      coverage,
    };
  }
  const component = findComponent(id, estate);
  const byId = new Map(estate.components.map(each => [each.id, each]));
  const behind = component === undefined ? [] : behindOf(component, estate);
  const ancestors = component === undefined ? [] : ancestorsOf(component, byId);
  const ownReach = component === undefined ? [] : reachOf({ component, ancestors });
  // What a webmail reaches, it reaches as the server lets it.
  const reach =
    ownReach.length === 0
      ? reachOfUnknown(estate)
      : joinedReach([
          reachIn(ownReach, estate),
          ...(behind.length > 0 ? [{ mailboxes: 'all' as const }] : []),
        ]);
  const parts = component === undefined ? [] : [...new Set([component, ...ancestors, ...behind])];
  const coverage = coverageOf(parts);
  const transit = ownReach.some(({ resource }) => resource === 'mail-in-transit');
  const breached: BreachedComponent = {
    id,
    ...(behind.length === 0 && asked.behind === undefined
      ? {}
      : { behind: asked.behind ?? behind.map(each => each.id), hosts: asked.hosts ?? loopback }),
    ...(transit ? { inTransit: true } : {}),
    ...(asked.controlled === undefined ? {} : { controlled: asked.controlled }),
  };
  return {
    breach: { component: breached, window, reach, gaps: gapsIn(coverage), ...narrowings(asked) },
    parts,
    reach: ownReach,
    unknown: unknownOf(id, component, ownReach),
    coverage,
  };
};

const unknownOf = (
  id: string,
  component: Component | undefined,
  reach: readonly Reach[],
): readonly Unseen[] => {
  if (component === undefined) {
    return [
      {
        what: id,
        why: 'the inventory has no such component, so all stored mail, all that passed and all records count as within its reach',
        how: 'postern inventory names the components; for one of another host give --root, or say in postern.yaml what it reaches.',
      },
    ];
  }
  return reach.length === 0
    ? [
        {
          what: id,
          why: 'what it can reach is not known, so all stored mail, all that passed and all records count as within its reach',
          how: 'Say what it reaches in postern.yaml: components, match, reaches.',
        },
      ]
    : [];
};
