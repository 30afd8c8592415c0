import { existsSync } from 'node:fs';
import { importBundle, isBundle, writeBundle } from '../app/advisories/bundle.ts';
import { importAdvisories } from '../app/advisories/import.ts';
import { advisoryStore } from '../app/advisories/open.ts';
import { type AdvisoriesStatus, advisoriesStatus } from '../app/advisories/status.ts';
import { type SourceOutcome, updateAdvisories } from '../app/advisories/update.ts';
import { markFlaw } from '../app/ledger.ts';
import { loadConfiguration } from '../app/load-configuration.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { type MendingState, mendingStates } from '../core/finding.ts';
import { isUndated } from '../core/stamp.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import { formatOf, progressLine } from './manner.ts';
import type { Outcome } from './outcome.ts';
import { storeFolder, storeToRead } from './store-folder.ts';
import { advisoriesFormats } from './verbs.ts';

const ageWords = (hours: number): string =>
  hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => row[i]?.length ?? 0)));
  return rows
    .map(row =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const minuteOf = (asOf: string): string =>
  isUndated(asOf) ? 'an unknown day' : asOf.slice(0, 16).replace('T', ' ');

const statusText = ({ folder, sources, missing, failures, damaged }: AdvisoriesStatus): string => {
  const lines =
    sources.length === 0
      ? [`There are no advisories in ${folder}. Fetch them: postern advisories update`]
      : [
          table([
            ['source', 'as of', 'age', 'records', 'refused', 'state'],
            ...sources.map(({ source, holding, ageHours, maxAgeHours, stale }) => [
              source,
              minuteOf(holding.asOf),
              isUndated(holding.asOf) ? 'unknown' : ageWords(ageHours),
              String(holding.entries),
              String(holding.refused),
              isUndated(holding.asOf)
                ? 'counts as too old: say its day with --as-of'
                : stale
                  ? `too old: more than ${ageWords(maxAgeHours)}`
                  : 'current',
            ]),
          ]),
        ];
  for (const { source, holding } of sources) {
    if (holding.failed !== undefined) {
      lines.push(
        `${source}: the last try, ${holding.failed.on.slice(0, 16).replace('T', ' ')}, failed: ${holding.failed.why}`,
      );
    }
    for (const { record, why } of holding.refusals.slice(0, 3)) {
      lines.push(`${source}: not understood: ${record}: ${why}`);
    }
  }
  for (const { source, on, why } of failures) {
    lines.push(`${source}: the last try, ${on.slice(0, 16).replace('T', ' ')}, failed: ${why}`);
  }
  for (const { name, why } of damaged) {
    lines.push(`${name}: not used: ${why}. Fetch it anew: postern advisories update ${name}`);
  }
  if (missing.length > 0 && sources.length > 0) {
    lines.push(`never fetched: ${missing.join(', ')}. Fetch: postern advisories update`);
  }
  return `${lines.join('\n')}\n`;
};

const statusJson = ({ folder, sources, missing, failures, damaged }: AdvisoriesStatus): string =>
  `${JSON.stringify(
    {
      schema: 'postern.advisories/1',
      folder,
      sources: sources.map(({ source, holding, ageHours, maxAgeHours, stale }) => ({
        source,
        asOf: holding.asOf,
        asOfBasis: holding.asOfBasis,
        taken: holding.taken,
        from: holding.from,
        ageHours: Math.round(ageHours * 10) / 10,
        maxAgeHours,
        stale,
        entries: holding.entries,
        refused: holding.refused,
        refusals: holding.refusals,
        ...(holding.sha256 === undefined ? {} : { sha256: holding.sha256 }),
        ...(holding.failed === undefined ? {} : { failed: holding.failed }),
      })),
      missing,
      failures,
      damaged,
    },
    null,
    2,
  )}\n`;

const outcomeLine = ({ source, outcome, why, how, holding }: SourceOutcome): string => {
  switch (outcome) {
    case 'fresh':
      return `${source}: ${holding?.entries ?? 0} records as of ${holding === undefined ? '' : minuteOf(holding.asOf)}${
        holding === undefined || holding.refused === 0
          ? ''
          : `; ${holding.refused} not understood, such as ${holding.refusals[0]?.record ?? ''}: ${holding.refusals[0]?.why ?? ''}`
      }`;
    case 'unchanged':
      return `${source}: unchanged`;
    case 'failed':
      return `${source}: FAILED: ${why ?? ''}${how === undefined ? '' : `; ${how}`}`;
  }
};

const outcomesText = (
  format: (typeof advisoriesFormats)[number],
  outcomes: readonly SourceOutcome[],
  more: Readonly<Record<string, unknown>>,
  moreLines: readonly string[],
): string =>
  format === 'json'
    ? `${JSON.stringify({ schema: 'postern.advisories-changes/1', sources: outcomes, ...more }, null, 2)}\n`
    : `${[...outcomes.map(outcomeLine), ...moreLines].join('\n')}\n`;

const isMendingState = (text: string): text is MendingState =>
  mendingStates.some(state => state === text);

const marked = (invocation: Invocation, words: readonly string[], now: Date): string => {
  const [component = '', flaw = '', state = ''] = words;
  const by = invocation.values.get('by');
  const why = invocation.values.get('why');
  if (!isMendingState(state)) {
    throw new UsageError(
      `advisories mark: "${state.slice(0, 60)}" is no state; expected one of ${mendingStates.join(', ')}`,
    );
  }
  if (by === undefined || why === undefined) {
    throw new UsageError(
      `advisories mark: ${by === undefined ? '--by NAME' : '--why TEXT'} is missing: a mark says who found what`,
    );
  }
  const store = storeToRead(invocation);
  const estates = markFlaw({ store, component, flaw, state, by, why, now });
  if (estates.length === 0) {
    throw new UsageError(
      `advisories mark: no run that is kept in ${store} saw ${flaw.slice(0, 60)} in ${component.slice(0, 200)}; postern confirm --format json lists both`,
    );
  }
  return `${component}: ${flaw} is ${state}, says ${by}${
    estates.length === 1 ? '' : ` (on ${estates.length} estates)`
  }\n`;
};

/** `--as-of`: a day in the calendar that has come. */
const dayOf = (invocation: Invocation): string | undefined => {
  const day = invocation.values.get('as-of');
  if (day === undefined) return undefined;
  const at = Date.parse(day);
  if (!/^\d{4}-\d{2}-\d{2}(?:T|$)/.test(day) || Number.isNaN(at) || at > Date.now()) {
    throw new UsageError(
      `${spellingOf(invocation, 'as-of')} "${day.slice(0, 60)}": expected a day that has come, yyyy-mm-dd`,
    );
  }
  return new Date(at).toISOString();
};

/** `postern advisories update | import | status | mark | bundle | replay`. */
export const runAdvisories = async (given: Invocation): Promise<Outcome> => {
  const configuration = await loadConfiguration(
    given.values.get('config'),
    spellingOf(given, 'config'),
  );
  const invocation = withFileOptions(given, configuration.options);
  const format = formatOf(invocation, advisoriesFormats, 'text');
  const out = invocation.values.get('out');
  const { name: action, words } = invocation.action ?? { name: 'status', words: [] };
  const settings = configuration.advisories;
  const { say, end } = progressLine(invocation);
  const now = (): Date => new Date();
  const as = invocation.values.get('as');
  const asOf = dayOf(invocation);
  if (as !== undefined && action !== 'import') {
    throw new UsageError(`advisories ${action}: ${spellingOf(invocation, 'as')} is for import`);
  }
  if (action === 'replay') return await (await import('./run-replay.ts')).runReplay(given);
  for (const flag of ['root', 'sample']) {
    if (invocation.sources.get(flag) === 'flag') {
      throw new UsageError(`advisories ${action}: --${flag} is for replay`);
    }
  }
  const key = invocation.values.get('key');
  try {
    switch (action) {
      case 'bundle': {
        if (key === undefined || out === undefined) {
          throw new UsageError(
            `advisories bundle: ${key === undefined ? '--key FILE' : '--out FILE'} is missing; see postern advisories --help`,
          );
        }
        const store = advisoryStore(storeToRead(invocation));
        const { holdings } = await writeBundle({ store, key, out, now, say });
        // The file that was asked for is the bundle itself.
        return {
          text: `${out}: ${holdings.length} sources, ${holdings.reduce((sum, { holding }) => sum + holding.entries, 0)} records\n`,
          exit: exitCodes.done,
          out: undefined,
        };
      }
      case 'mark':
        return { text: marked(invocation, words, now()), exit: exitCodes.done, out };
      case 'update': {
        if (invocation.switches.has('offline')) {
          throw new UsageError(
            `advisories update: ${spellingOf(invocation, 'offline')} forbids it; behind an air gap use advisories import`,
          );
        }
        const store = advisoryStore(storeFolder(invocation));
        const outcomes = await updateAdvisories({ store, settings, only: words, now, say });
        return {
          text: outcomesText(format, outcomes, {}, []),
          exit: outcomes.some(({ outcome }) => outcome === 'failed')
            ? exitCodes.unseen
            : exitCodes.done,
          out,
        };
      }
      case 'import': {
        const store = advisoryStore(storeFolder(invocation));
        const path = words[0] ?? '';
        if (existsSync(path) && (await isBundle(path))) {
          const keys = key === undefined ? settings.bundleKeys : [key];
          const outcomes = await importBundle({ store, path, keys, now, say });
          return {
            text: outcomesText(format, outcomes, {}, []),
            exit: outcomes.some(({ outcome }) => outcome === 'failed')
              ? exitCodes.unseen
              : exitCodes.done,
            out,
          };
        }
        const { sources, strangers, leftOut } = await importAdvisories({
          store,
          path,
          ...(as === undefined ? {} : { as }),
          ...(asOf === undefined ? {} : { asOf }),
          now,
          say,
        });
        const notes = [
          ...(strangers.count === 0
            ? []
            : [
                `${strangers.count} documents are of no kind that Postern knows, such as ${strangers.names[0] ?? ''}`,
              ]),
          ...(leftOut.count === 0
            ? []
            : [`${leftOut.count} left out, such as ${leftOut.names[0] ?? ''}`]),
          ...(sources.length === 0 ? ['nothing was imported'] : []),
        ];
        return {
          text: outcomesText(format, sources, { strangers, leftOut }, notes),
          exit:
            sources.length === 0 ||
            sources.some(
              ({ outcome, holding }) => outcome === 'failed' || (holding?.refused ?? 0) > 0,
            ) ||
            strangers.count > 0 ||
            leftOut.count > 0
              ? exitCodes.unseen
              : exitCodes.done,
          out,
        };
      }
      default: {
        const status = advisoriesStatus(advisoryStore(storeToRead(invocation)), settings, now());
        const allGood =
          status.sources.length > 0 &&
          status.missing.length === 0 &&
          status.damaged.length === 0 &&
          status.sources.every(({ stale }) => !stale);
        return {
          text: format === 'json' ? statusJson(status) : statusText(status),
          exit: allGood ? exitCodes.done : exitCodes.unseen,
          out,
        };
      }
    }
  } finally {
    end();
  }
};
