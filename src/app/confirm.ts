import { localSources } from '../advisories/local.generated.ts';
import type { WantedPackage } from '../advisories/local-source.ts';
import { importedPart } from '../advisories/matching/match.ts';
import { askAll, countStates } from '../confirm/ask.ts';
import type { Setting, Subject } from '../confirm/question.ts';
import { trailWithStore } from '../confirm/retained-store.ts';
import type { AdvisoryIndex } from '../core/advisory-index.ts';
import type { AdvisoryState, Answer, AnsweredComponent } from '../core/answer.ts';
import type { Changes } from '../core/changes.ts';
import type { Component } from '../core/component.ts';
import { messageOf } from '../core/errors.ts';
import { type Placed, reachOf } from '../core/exposed.ts';
import type { FileView } from '../core/files.ts';
import type { KeptLogs } from '../core/kept-log.ts';
import type { Memory, Run } from '../core/memory.ts';
import type { PackageIndex, PackageRef } from '../core/packages.ts';
import { slowerThanParity } from '../core/parity.ts';
import type { PatchFacts } from '../core/patch.ts';
import type { Configuration } from '../core/policy.ts';
import { reachedPeople } from '../core/reached-people.ts';
import type { StoredPeople } from '../core/stored-people.ts';
import { presentable } from '../core/url-text.ts';
import type { Watching } from '../core/watching.ts';
import { takeInventory } from '../inventory/take.ts';
import { openKeeping } from '../logs/keeping/trail.ts';
import { watchersOf } from '../logs/keeping/watchers.ts';
import { statusOf } from './advisories/status.ts';
import { ancestorsOf } from './ancestors.ts';
import { witnessKeys } from './evidence/witness.ts';
import { openFlawFacts } from './flaws.ts';
import { keptLogs } from './kept-logs.ts';
import { withTrails } from './log-trails.ts';
import { noteNoHost } from './no-host.ts';
import { knownPeople } from './people/known-people.ts';
import { estateOf, rememberedPatch, runOf } from './remembered.ts';
import { sentenceOf } from './sentence.ts';
import { noteOn, noteUnmatched, withNote } from './settle.ts';
import { parityFor, prioritiesFor, recordOf, type UrgencyPart } from './urgency.ts';
import { toolVersion } from './version.ts';
import { watchingOf } from './watching.ts';

/** What is being confirmed, by whose rules, and when. */
export interface ConfirmRequest {
  readonly files: FileView;
  readonly configuration: Configuration;
  readonly target: Answer['target'];
  readonly now: Date;
  /** The advisory database; absent where there is none. */
  readonly advisories?: AdvisoryIndex;
  /** What earlier runs found, and where this one is written down; absent where nothing is kept. */
  readonly memory?: Memory;
  /** Folder of an evidence store, and of the host's files as this machine sees them. */
  readonly evidence?: { readonly store: string; readonly root: string };
  /** Called before each stage, for a progress line. */
  readonly progress?: (stage: string) => void;
}

const packageKey = ({ ecosystem, name }: PackageRef): string => `${ecosystem}:${name}`;

/** Asks each package manager once, for all packages together. */
const patchFacts = (
  files: FileView,
  components: readonly Component[],
  packages: PackageIndex,
  now: Date,
): ReadonlyMap<string, PatchFacts> => {
  const wanted = new Map<string, WantedPackage>();
  for (const { package: owner } of components) {
    if (owner === undefined) continue;
    const known = packages.named(owner.name);
    // Who built it, and when, decides what its index may say: only the database itself knows.
    wanted.set(packageKey(owner), known?.ecosystem === owner.ecosystem ? known : owner);
  }
  const facts = new Map<string, PatchFacts>();
  for (const source of localSources) {
    const mine = [...wanted.values()].filter(({ ecosystem }) => ecosystem === source.ecosystem);
    if (mine.length === 0) continue;
    for (const [name, known] of source.facts(files, mine, packages.distribution, now)) {
      facts.set(`${source.ecosystem}:${name}`, known);
    }
  }
  return facts;
};

const advisoryStates = (
  { holdings }: AdvisoryIndex,
  configuration: Configuration,
  now: Date,
): readonly AdvisoryState[] =>
  statusOf(holdings, configuration.advisories, now).map(
    ({ source, holding, ageHours, maxAgeHours, stale }) => ({
      source,
      asOf: holding.asOf,
      ageHours: Math.round(ageHours),
      maxAgeHours,
      stale,
      ...(holding.partial === true || holding.part === importedPart ? { partial: true } : {}),
      entries: holding.entries,
      refused: holding.refused,
      ...(holding.failed === undefined ? {} : { failed: holding.failed }),
    }),
  );

/** What cannot be written down for the next run is no reason to keep this one's answer back. */
const remember = ({ memory, files }: ConfirmRequest, run: Run): Changes | undefined => {
  if (memory !== undefined && files.cut !== undefined) {
    files.note({
      what: 'what the next run is to know of this one',
      why: `it was not written down, nor compared with the run before: ${files.cut.why}, and what was not seen is not gone`,
      how: files.cut.how,
    });
    return undefined;
  }
  try {
    return memory?.record(run);
  } catch (thrown) {
    files.note({
      what: 'what the next run is to know of this one',
      why: `it could not be written down: ${messageOf(thrown)}`,
      how: 'Make room and give write access in the store (--store), and run Postern again.',
    });
    return undefined;
  }
};

const withStore = (
  components: readonly Component[],
  { kept, ...asked }: Pick<Setting, 'policy' | 'now'> & { readonly kept: KeptLogs | undefined },
): readonly Component[] =>
  kept === undefined
    ? components
    : components.map(component => ({
        ...component,
        logs: component.logs.map(log =>
          log.trail === undefined
            ? log
            : { ...log, trail: trailWithStore(log.trail, { ...asked, kept }) },
        ),
      }));

/** What the evidence store keeps of the logs that these components write. */
const keptOf = (
  { evidence, progress, files, configuration }: ConfirmRequest,
  components: readonly Component[],
): KeptLogs | undefined => {
  if (evidence === undefined) return undefined;
  const paths = components.flatMap(({ logs }) =>
    logs.flatMap(({ trail }) => (trail?.path === undefined ? [] : [trail.path])),
  );
  progress?.('verifying the evidence store');
  try {
    const { logs: said, witnesses: known } = configuration.evidence;
    const witnesses = witnessKeys(known);
    return keptLogs({ ...evidence, paths: [...new Set(paths)], said, witnesses });
  } catch (thrown) {
    files.note({
      what: 'what the evidence store keeps of the logs',
      why: `it could not be read: ${messageOf(thrown)}`,
      how: 'Give read access to the store (--store), and run Postern again.',
    });
    return undefined;
  }
};

/** What hunting came to over the logs that the evidence store has. */
const watchedOf = (
  { evidence, files, configuration }: ConfirmRequest,
  kept: KeptLogs | undefined,
): Watching | undefined => {
  if (evidence === undefined) return undefined;
  try {
    return watchingOf({ store: evidence.store, kept, policy: configuration.watch });
  } catch (thrown) {
    files.note({
      what: 'which rules and baselines ran over the logs',
      why: `it could not be read: ${messageOf(thrown)}`,
      how: 'Give read access to the store (--store), and run Postern again.',
    });
    return undefined;
  }
};

/** Whose data the platform holds, as the store's last scan counted it. */
const storedOf = ({ evidence, files }: ConfirmRequest): StoredPeople | undefined => {
  const known = evidence === undefined ? undefined : knownPeople(evidence.store);
  if (known?.is === 'unreadable') {
    files.note({
      what: 'whose data lies in stored mail',
      why: `what a scan counted could not be read: ${known.why}`,
      how: 'Give read access to the store (--store), or run postern scan again.',
    });
  }
  return known?.is === 'counted' ? known.people : undefined;
};

/** Reads the platform and asks the six questions of every component. */
export const confirm = (request: ConfirmRequest): Answer => {
  const { files, configuration, now, target, progress = () => {} } = request;
  progress('reading configuration');
  const estate = estateOf(files, target);
  const { components: parts, packages } = takeInventory(files);
  const found = presentable(parts);
  const notes = new Map(found.map(each => [each.id, noteOn(each, configuration)]));
  noteNoHost(files, found);
  noteUnmatched(files, found, configuration);
  progress('following logs');
  const keeping = openKeeping(files, now);
  const onHost = found.map(each =>
    withTrails(withNote(each, notes.get(each.id), configuration.path), keeping),
  );
  const kept = keptOf(request, onHost);
  const watching = watchedOf(request, kept);
  const components = withStore(onHost, { policy: configuration.policy, now, kept });
  progress('reading package indexes');
  const facts = patchFacts(files, components, packages, now);
  progress('asking for known flaws');
  const flawsOf =
    request.advisories === undefined
      ? undefined
      : openFlawFacts({
          index: request.advisories,
          distribution: packages.distribution,
          configuration,
          now,
        });
  const past = request.memory?.past(estate);
  progress('asking the six questions');
  const byId = new Map(components.map(each => [each.id, each]));
  const stored = storedOf(request);
  const setting: Setting = {
    policy: configuration.policy,
    now,
    tenants: configuration.tenants,
    ...(stored === undefined ? {} : { stored }),
    watchers: watchersOf(files),
    ownersNamed: configuration.components.some(note => note.owner !== undefined),
    configurationPath: configuration.path ?? 'postern.yaml',
    exceptions: configuration.exceptions,
    ...(packages.doubt === undefined ? {} : { packagesDoubt: packages.doubt }),
    ...(files.cut === undefined ? {} : { cut: files.cut }),
    ...(kept === undefined ? {} : { kept }),
    ...(watching === undefined ? {} : { watching }),
  };
  const known = components.map((component): UrgencyPart => {
    const patch = rememberedPatch(
      component.package === undefined ? undefined : facts.get(packageKey(component.package)),
      component.package,
      past,
      now,
    );
    const note = notes.get(component.id);
    const placed: Placed = {
      component,
      ancestors: ancestorsOf(component, byId),
      ...(note === undefined ? {} : { note }),
    };
    const flaws = flawsOf?.(placed, {
      ...(patch === undefined ? {} : { patch }),
      ...(past === undefined ? {} : { past }),
    });
    return {
      ...placed,
      ...(patch === undefined ? {} : { patch }),
      ...(flaws === undefined ? {} : { flaws }),
    };
  });
  const parity = parityFor(known, configuration, request.advisories, now);
  const answered = known
    .map((part): AnsweredComponent => {
      const { component, patch, flaws } = part;
      const slower =
        parity === undefined
          ? undefined
          : slowerThanParity(recordOf(part, configuration, now), parity);
      const people = component.enabled === false ? undefined : reachedPeople(reachOf(part), stored);
      const subject: Subject = { ...part, ...(slower === undefined ? {} : { slower }) };
      return {
        ...component,
        ...(patch === undefined ? {} : { patch }),
        ...(flaws === undefined ? {} : { flaws }),
        ...(people === undefined ? {} : { people }),
        checks: askAll(subject, setting),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const counts = countStates(answered);
  const changes = remember(request, runOf(estate, answered, now, request.advisories !== undefined));
  const unseen = presentable(files.unseen);
  return {
    generated: now.toISOString(),
    tool: { name: 'postern', version: toolVersion },
    target,
    ...(configuration.organisation === undefined
      ? {}
      : { organisation: configuration.organisation }),
    tenants: configuration.tenants,
    ...(stored === undefined ? {} : { people: presentable(stored) }),
    sentence: sentenceOf(answered, counts, unseen.length, files.cut),
    counts,
    components: presentable(answered),
    ...(request.advisories === undefined
      ? {}
      : { advisories: advisoryStates(request.advisories, configuration, now) }),
    priorities: presentable(prioritiesFor(known, configuration, now, stored)),
    ...(parity === undefined ? {} : { parity: presentable(parity) }),
    ...(changes === undefined ? {} : { changes }),
    unseen,
  };
};
