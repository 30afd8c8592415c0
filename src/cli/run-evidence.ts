import { loadConfiguration } from '../app/configuration.ts';
import { holdLines, keepFor, pruneLines, releaseHold } from '../app/evidence/decide.ts';
import {
  evidenceSummary,
  proveEvidence,
  type Summary,
  type Verdict,
  verifyEvidence,
} from '../app/evidence/inspect.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { oneLine, printable } from '../report/plain.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import type { Outcome } from './outcome.ts';
import { storeToRead } from './store-folder.ts';
import { formatOf } from './target.ts';
import { evidenceFormats } from './verbs.ts';

const brokenShownMax = 20;

const ownKeyNote =
  'Checked with the key that lies in the store itself: this shows that nothing was damaged, not who wrote it. Give the key that you were told by other means: --key';

const verdictText = (verdict: Verdict): string => {
  if (verdict.kind === 'line') {
    if (!verdict.ok) return `NOT PROVED: ${oneLine(verdict.why)}\n`;
    const { proved, trust } = verdict;
    const { segment, index, origin, size, line } = proved;
    return [
      `proved: line ${index + 1} of segment ${segment.seq} of ${segment.source}, of ${segment.day}, is in the log ${printable(origin)} of ${size} leaves, recorded ${segment.at}`,
      oneLine(line.toString('utf8')),
      ...(trust === 'own' ? [ownKeyNote] : []),
      '',
    ].join('\n');
  }
  const { ok, broken, brokenCount, segments, lines, size, lastSealedDay, trust } = verdict;
  const counted = `${size ?? 0} leaves, ${segments} segments, ${lines} lines; sealed up to ${lastSealedDay ?? 'no day yet'}`;
  if (ok) {
    return [`whole: ${counted}`, ...(trust === 'own' ? [ownKeyNote] : []), ''].join('\n');
  }
  return [
    `BROKEN in ${brokenCount} places (${counted}); the first:`,
    ...broken.slice(0, brokenShownMax).map(({ path, byte, leaf, why }) => {
      const at = [
        ...(byte === undefined ? [] : [`byte ${byte}`]),
        ...(leaf === undefined ? [] : [`leaf ${leaf}`]),
      ].join(', ');
      return oneLine(`${path}${at === '' ? '' : ` (${at})`}: ${why}`);
    }),
    ...(brokenCount > brokenShownMax ? [`… and ${brokenCount - brokenShownMax} more`] : []),
    '',
  ].join('\n');
};

const verdictJson = (verdict: Verdict): unknown => {
  if (verdict.kind === 'store') return { schema: 'postern.evidence-verify/1', ...verdict };
  if (!verdict.ok) return { schema: 'postern.evidence-verify/1', ...verdict };
  const { proved, ...rest } = verdict;
  return {
    schema: 'postern.evidence-verify/1',
    ...rest,
    ...proved,
    line: proved.line.toString('utf8'),
  };
};

const statusText = ({
  origin,
  size,
  sources,
  gaps,
  firstSealedDay,
  lastSealedDay,
}: Summary): string =>
  [
    `log ${printable(origin)}, ${size} leaves`,
    firstSealedDay === undefined
      ? 'no day is sealed yet'
      : `sealed: each day from ${firstSealedDay} to ${lastSealedDay ?? ''}`,
    ...sources.map(
      ({ source, lines, bytes, storedBytes, segments, firstDay, lastDay, retired }) =>
        `${source}: ${lines} lines in ${segments} segments, ${bytes} bytes kept in ${storedBytes}${
          firstDay === undefined ? '' : `, of ${firstDay} to ${lastDay ?? ''}`
        }${retired ? ', retired' : ''}`,
    ),
    gaps.length === 0 ? 'no gaps' : `${gaps.length} gaps: postern evidence gaps`,
    '',
  ].join('\n');

const gapsText = ({ gaps, lastSealedDay }: Summary): string =>
  gaps.length === 0
    ? `no gaps${lastSealedDay === undefined ? ', but no day is sealed yet' : ` up to ${lastSealedDay}`}\n`
    : gaps
        .map(({ source, fromDay, toDay, why }) =>
          oneLine(`${fromDay === toDay ? fromDay : `${fromDay} to ${toDay}`} ${source}: ${why}`),
        )
        .join('\n')
        .concat('\n');

const decide = async (
  invocation: Invocation,
  action: string,
  words: readonly string[],
): Promise<string> => {
  const at = {
    store: storeToRead(invocation),
    now: () => new Date(),
    key: process.env['POSTERN_EVIDENCE_KEY'],
  };
  if (action === 'prune') return `${await pruneLines(at)} segments deleted\n`;
  const why = invocation.values.get('why');
  if (why === undefined) {
    throw new UsageError(`evidence ${action}: --why TEXT is missing: the log says why`);
  }
  const [first = '', second] = words;
  switch (action) {
    case 'keep':
      await keepFor(at, first, second, why);
      return `lines of ${second ?? 'all sources'} are kept ${first} days; older ones go with postern evidence prune\n`;
    case 'hold':
      await holdLines(at, words, why);
      return `held: ${first}\n`;
    default:
      await releaseHold(at, first, why);
      return `released: ${first}\n`;
  }
};

/** `postern evidence verify | status | gaps | prove | keep | hold | release | prune`. */
export const runEvidence = async (given: Invocation): Promise<Outcome> => {
  const configuration = loadConfiguration(given.values.get('config'), spellingOf(given, 'config'));
  const invocation = withFileOptions(given, configuration.options);
  const format = formatOf(invocation, evidenceFormats, 'text');
  const out = invocation.values.get('out');
  const { name: action, words } = invocation.action ?? { name: 'status', words: [] };
  const store = storeToRead(invocation);
  const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  for (const flag of ['key', 'remembered', 'deep']) {
    if (action !== 'verify' && invocation.sources.get(flag) === 'flag') {
      throw new UsageError(`evidence ${action}: --${flag} is for verify`);
    }
  }
  switch (action) {
    case 'verify': {
      const [key, remembered] = [invocation.values.get('key'), invocation.values.get('remembered')];
      const verdict = verifyEvidence({
        path: words[0] ?? store,
        deep: invocation.switches.has('deep'),
        ...(key === undefined ? {} : { key }),
        ...(remembered === undefined ? {} : { remembered }),
      });
      const text = format === 'json' ? asJson(verdictJson(verdict)) : verdictText(verdict);
      return { text, exit: verdict.ok ? exitCodes.done : exitCodes.crossed, out };
    }
    case 'prove':
      // The proof is a file for others: JSON, whatever the format.
      return { text: asJson(proveEvidence(store, words[0] ?? '')), exit: exitCodes.done, out };
    case 'keep':
    case 'hold':
    case 'release':
    case 'prune':
      return { text: await decide(invocation, action, words), exit: exitCodes.done, out };
    case 'gaps': {
      const summary = evidenceSummary(store);
      const { gaps, lastSealedDay } = summary;
      const value = { schema: 'postern.evidence-gaps/1', gaps, lastSealedDay };
      const text = format === 'json' ? asJson(value) : gapsText(summary);
      return { text, exit: gaps.length === 0 ? exitCodes.done : exitCodes.unseen, out };
    }
    default: {
      const summary = evidenceSummary(store);
      const value = { schema: 'postern.evidence-status/1', store, ...summary };
      return {
        text: format === 'json' ? asJson(value) : statusText(summary),
        exit: exitCodes.done,
        out,
      };
    }
  }
};
