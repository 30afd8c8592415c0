import type { Holding, ProductKey, Severity, Ssvc } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { Component } from '../../core/component.ts';
import type { Finding, FlawFacts, Judge, Outcome } from '../../core/finding.ts';
import type { Distribution } from '../../core/packages.ts';
import { isStaleAt } from '../../core/stamp.ts';
import type { Evidence } from '../../core/verdict.ts';
import { clockOf } from './clock.ts';
import { moveTo } from './move-to.ts';
import { namesOnce } from './names-once.ts';
import { type SameFlaw, sameFlaw } from './same-flaw.ts';
import { releaseHolds, type Statement, statementsUnder } from './statements.ts';
import { upstreamNames } from './upstream-names.ts';
import { type HeardVex, vexAbout } from './vex.ts';
import { type Voice, voicesOf } from './voices.ts';

/** What matching is the same for, over all components of a run. */
export interface Matching {
  readonly index: AdvisoryIndex;
  readonly distribution: Distribution;
  readonly now: Date;
  /** Hours after which a holding's silence proves nothing. */
  readonly maxAgeHours: (holding: Holding) => number;
}

/** Where single documents go that somebody imported: they are never all there is. */
export const importedPart = 'imported';

export const holdingName = ({ feed, part }: Holding): string =>
  part === '' ? feed : `${feed}/${part}`;

/** Holdings that list every flaw of a whole distribution: what they do not name has none that they know. */
const isComplete = (holding: Holding, voice: Voice): boolean =>
  voice.packaged &&
  voice.feeds.includes(holding.feed) &&
  (holding.scopes ?? []).some(scope => {
    const [, ecosystem = ''] = voice.key.split('|');
    return (
      scope.startsWith(`${ecosystem}:`) &&
      releaseHolds(scope.slice(ecosystem.length + 1), voice.release)
    );
  });

const isStale = (holding: Holding, { now, maxAgeHours }: Matching): boolean =>
  isStaleAt(holding.asOf, now, maxAgeHours(holding));

const exploitationOf = (matching: Matching): FlawFacts['exploitation'] => {
  // A few entries that somebody imported are no catalogue.
  const catalogues = matching.index.holdings.filter(
    ({ feed, part }) => feed === 'kev' && part !== importedPart,
  );
  if (catalogues.length === 0) return 'missing';
  return catalogues.some(holding => !isStale(holding, matching)) ? 'current' : 'stale';
};

const judgesOf = (
  voices: readonly Voice[],
  statements: readonly Statement[],
  matching: Matching,
): readonly Judge[] =>
  matching.index.holdings.flatMap(holding => {
    const mine = statements.filter(statement => statement.holding === holding && !statement.byCpe);
    if (mine.length === 0 && !voices.some(voice => isComplete(holding, voice))) return [];
    return [
      {
        holding: holdingName(holding),
        asOf: holding.asOf,
        stale: isStale(holding, matching),
        whole: holding.part !== importedPart && holding.partial !== true && holding.feed !== 'csaf',
        statements: mine.length,
      },
    ];
  });

const evidenceOf = ({ advisory, holding, why }: Statement): Evidence => ({
  what: `${holdingName(holding)}: ${advisory.id}: ${why}`,
});

const vexEvidence = ({ statement, holding, doubt }: HeardVex): Evidence => ({
  what: [
    `${holdingName(holding)}: ${statement.author} says ${statement.status}`,
    statement.justification === undefined ? '' : ` (${statement.justification})`,
    statement.on === undefined ? '' : `, ${statement.on.slice(0, 10)}`,
    doubt === undefined ? '' : `; not relied on: ${doubt}`,
  ].join(''),
});

/** The most that anybody says: a score before a word, CVSS 4 and 3 in one order. */
const severityOf = (severities: readonly Severity[]): Severity | undefined =>
  [...severities].sort((a, b) => (b.score ?? -1) - (a.score ?? -1))[0];

/**
 * The statement that is heard before the others. Where it says nothing of the installed version, one that is
 * heard later may still accuse, and never clear.
 */
const decisive = (statements: readonly Statement[]): Statement | undefined => {
  const first = Math.min(...statements.map(({ order }) => order));
  const heard = statements.filter(({ order }) => order === first);
  const accusing = heard.find(({ outcome }) => outcome === 'affected');
  if (accusing !== undefined) return accusing;
  const undecided = heard.filter(({ outcome }) => outcome === 'undetermined');
  if (undecided.length === 0) return heard[0];
  const later = undecided.every(({ open }) => open === true)
    ? statements
        .filter(({ outcome }) => outcome === 'affected')
        .sort((a, b) => a.order - b.order)[0]
    : undefined;
  return later ?? undecided[0];
};

const verdictOf = (
  statements: readonly Statement[],
  vex: readonly HeardVex[],
): { readonly outcome: Outcome; readonly why: string; readonly by?: Statement } | undefined => {
  const by = decisive(statements);
  const said = (status: string): HeardVex | undefined =>
    vex.find(({ statement, doubt }) => statement.status === status && doubt === undefined);
  const yes = said('affected');
  const no = said('not-affected') ?? said('fixed');
  if (yes !== undefined && no !== undefined) {
    return {
      outcome: 'undetermined',
      why: `${yes.statement.author} says that it is affected, ${no.statement.author} that it is not`,
    };
  }
  if (no !== undefined) {
    return {
      outcome: 'not-affected',
      why: `${no.statement.author} says ${no.statement.status}${no.statement.justification === undefined ? '' : `: ${no.statement.justification}`}`,
    };
  }
  if (yes !== undefined && by?.outcome !== 'affected') {
    return { outcome: 'affected', why: `${yes.statement.author} says that it is affected` };
  }
  if (by !== undefined) return { outcome: by.outcome, why: by.why, by };
  const [open] = vex;
  return open === undefined
    ? undefined
    : {
        outcome: 'undetermined',
        why:
          open.doubt !== undefined
            ? `${open.statement.author} says ${open.statement.status}, ${open.statement.on?.slice(0, 10) ?? 'undated'}; but ${open.doubt}`
            : `${open.statement.author} has not said yet (${open.statement.status})`,
      };
};

/** Keys under which a fix of this software may first be seen: those it is judged by, and its makers'. */
const fixKeys = (component: Component, voices: readonly Voice[]): ReadonlySet<ProductKey> => {
  const software = [component.package?.source?.name, component.name, component.platform];
  const makers = software.flatMap(name => (name === undefined ? [] : upstreamNames(name)));
  return new Set([
    ...voices.map(({ key }) => key),
    ...makers
      .filter(({ near, shared }) => near === undefined && shared === undefined)
      .map(({ key }) => key),
  ]);
};

/** A finding, and the statement that decided it. */
interface Decided {
  readonly finding: Finding;
  readonly by?: Statement;
}

const findingOf = (
  id: string,
  statements: readonly Statement[],
  vex: readonly HeardVex[],
  component: Component,
  voices: readonly Voice[],
  { index, now }: Matching,
  same: SameFlaw,
): Decided | undefined => {
  const verdict = verdictOf(statements, vex);
  if (verdict === undefined) return undefined;
  const { outcome, why, by } = verdict;
  const names = same.namesOf(id);
  const updates = statements
    .filter(({ advisory }) => advisory.covers.length > 0)
    .map(({ advisory }) => advisory.id);
  const aliases = [...new Set([...names, ...updates])].filter(name => name !== id);
  const advisories = names
    .flatMap(name => index.named(name))
    .map(({ advisory }) => advisory)
    .filter(({ covers }) => covers.length === 0);
  const told = statements.map(({ advisory }) => advisory);
  const title = [...advisories, ...told].find(advisory => advisory.title !== '')?.title ?? id;
  const evidence = [...vex.map(vexEvidence), ...statements.map(evidenceOf)].slice(0, 8);
  const references = [...new Set([...told, ...advisories].flatMap(each => each.references))];
  if (outcome === 'not-affected') {
    return {
      finding: { id, aliases, title, outcome, why, evidence, references: references.slice(0, 3) },
    };
  }
  const fixedIn = by?.fixedIn ?? statements.find(each => each.fixedIn !== undefined)?.fixedIn;
  const unmended = by?.unmended;
  const severity = severityOf([...advisories, ...told].flatMap(each => each.severities));
  const exploited = names
    .flatMap(name => index.exploited(name))
    .sort((a, b) => (a.on < b.on ? -1 : 1))[0];
  const likelihood = names.map(name => index.likelihood(name)).find(each => each !== undefined);
  const ssvc = ssvcOf(advisories.flatMap(each => each.ssvc ?? []));
  const clock = clockOf([id, ...aliases], fixKeys(component, voices), index, now);
  const finding: Finding = {
    id,
    aliases,
    title,
    outcome,
    why,
    evidence,
    ...(fixedIn === undefined ? {} : { fixedIn }),
    ...(unmended === undefined ? {} : { unmended }),
    ...(severity === undefined ? {} : { severity }),
    ...(exploited === undefined ? {} : { exploited }),
    ...(likelihood === undefined ? {} : { likelihood }),
    ...(ssvc === undefined ? {} : { ssvc }),
    ...(clock === undefined ? {} : { clock }),
    ...(by?.byCpe === true ? { byCpe: true } : {}),
    references: references.slice(0, 10),
  };
  return { finding, ...(by === undefined ? {} : { by }) };
};

/** Several containers: the worse of each. */
const ssvcOf = (all: readonly Ssvc[]): Ssvc | undefined => {
  if (all.length === 0) return undefined;
  const exploitation = (['active', 'poc', 'none'] as const).find(word =>
    all.some(each => each.exploitation === word),
  );
  const automatable = all.some(each => each.automatable === true)
    ? true
    : all.some(each => each.automatable === false)
      ? false
      : undefined;
  const impact = (['total', 'partial'] as const).find(word =>
    all.some(each => each.impact === word),
  );
  return {
    ...(exploitation === undefined ? {} : { exploitation }),
    ...(automatable === undefined ? {} : { automatable }),
    ...(impact === undefined ? {} : { impact }),
  };
};

const outcomeOrder: Readonly<Record<Outcome, number>> = {
  affected: 0,
  undetermined: 1,
  'not-affected': 2,
};

const statementsKeptMax = 500;

/** Dozens of plug-ins come from one package, one after another: each name is asked once, and kept for a while. */
const askedOnce = (index: AdvisoryIndex): ((voice: Voice) => readonly Statement[]) => {
  const asked = new Map<string, readonly Statement[]>();
  let kept = 0;
  return voice => {
    const question = JSON.stringify(voice);
    const known = asked.get(question);
    if (known !== undefined) return known;
    const statements = statementsUnder(voice, index);
    asked.set(question, statements);
    kept += statements.length;
    for (const [oldest, { length }] of asked) {
      if (kept <= statementsKeptMax || oldest === question) break;
      asked.delete(oldest);
      kept -= length;
    }
    return statements;
  };
};

/** Asks an index about one component after another; names of flaws are looked up once for all. */
export const openMatching = (
  given: Matching,
): ((component: Component, ancestors: readonly Component[]) => FlawFacts) => {
  const names = namesOnce(given.index);
  const { index } = names;
  const matching: Matching = { ...given, index };
  const { distribution } = given;
  const same = sameFlaw(index);
  const exploitation = exploitationOf(matching);
  const statementsOf = askedOnce(index);
  return (component, ancestors) => {
    names.forget();
    const { voices, silence } = voicesOf(component, ancestors, distribution);
    const statements = voices.flatMap(statementsOf);
    const vex = vexAbout(component, ancestors, voices, index, same.idsOf, given.now);
    const byFlaw = new Map<string, Statement[]>();
    for (const statement of statements) {
      const { covers, id, aliases } = statement.advisory;
      const flaws =
        covers.length > 0
          ? covers.flatMap(name => same.idsOf([name]))
          : same.idsOf([id, ...aliases]);
      for (const flaw of flaws) {
        const list = byFlaw.get(flaw) ?? [];
        if (!list.includes(statement)) list.push(statement);
        byFlaw.set(flaw, list);
      }
    }
    const decided = [...new Set([...byFlaw.keys(), ...vex.keys()])].flatMap(id => {
      const each = findingOf(
        id,
        byFlaw.get(id) ?? [],
        vex.get(id) ?? [],
        component,
        voices,
        matching,
        same,
      );
      return each === undefined ? [] : [each];
    });
    const findings = decided
      .map(({ finding }) => finding)
      .sort((a, b) => outcomeOrder[a.outcome] - outcomeOrder[b.outcome] || (a.id < b.id ? -1 : 1));
    const move = moveTo(
      component,
      decided.filter(({ finding }) => finding.outcome === 'affected').map(({ by }) => by),
    );
    const judges = judgesOf(voices, statements, matching);
    return {
      findings,
      judges,
      exploitation,
      ...(move === undefined ? {} : { moveTo: move }),
      ...(judges.length > 0
        ? {}
        : {
            silence: silence?.why ?? 'no source in the advisory database speaks of it',
            how:
              silence?.how ??
              'Fetch the source that judges it: postern advisories update; or import its maker’s notes: docs/advisory-notes.md.',
          }),
    };
  };
};
