import type { DwellReplay } from '../app/evidence/dwell.ts';
import type { Summary, Verdict } from '../app/evidence/inspect.ts';
import { oneLine, printable } from '../report/plain.ts';

const brokenShownMax = 20;

const ownKeyNote =
  'Checked with the key that lies in the store itself: this shows that nothing was damaged, not who wrote it. Give the key that you were told by other means: --key';

/** What was verified, in numbers. */
const countedText = (verdict: Verdict & { readonly kind: 'store' | 'bundle' }): string => {
  const { size = 0, segments, lines, lastSealedDay = 'no day yet' } = verdict;
  if (verdict.kind === 'store') {
    return `${size} leaves, ${segments} segments, ${lines} lines; sealed up to ${lastSealedDay}`;
  }
  const { here, scope } = verdict;
  const { sources, fromDay = 'the first day', toDay = 'the last' } = scope;
  const of = sources === undefined ? 'all sources' : sources.map(printable).join(', ');
  const held = scope.case === undefined ? '' : `, held as ${printable(scope.case)}`;
  const gone =
    here.deleted === 0 ? '' : `; ${here.deleted} segments of them were deleted by policy`;
  return `${here.lines} lines in ${here.segments} segments of ${of}, ${fromDay} to ${toDay}${held}${gone}; in a log of ${size} leaves, sealed up to ${lastSealedDay}`;
};

/** Who else was shown the log, and when. */
const othersText = ({
  witnessed,
  stamped,
}: Verdict & { readonly kind: 'store' | 'bundle' }): readonly string[] => {
  const last = stamped.at(-1);
  return [
    ...witnessed.map(({ name, size, at, checked }) =>
      oneLine(
        `witnessed by ${name} at ${size} leaves, ${at}${checked ? '' : ' (not compared: its key is not among evidence.witnesses)'}`,
      ),
    ),
    ...(last === undefined
      ? []
      : [
          oneLine(
            `stamped by ${last.by} at ${last.size} leaves, ${last.at}${last.trusted ? '' : ' (its certificate is not among evidence.timestamps.certificates)'}${stamped.length > 1 ? `, and ${stamped.length - 1} times before` : ''}`,
          ),
        ]),
  ];
};

const uncoveredShownMax = 20;

/** Days of a bundle of which something may be missing: that is no fault, and nobody may overlook it. */
const uncoveredText = ({ uncovered }: Verdict & { readonly kind: 'bundle' }): readonly string[] => [
  uncovered.length === 0
    ? 'every day of them is sealed, without a gap'
    : `${uncovered.length} days of which something may be missing:`,
  ...uncovered
    .slice(0, uncoveredShownMax)
    .map(({ source, day, why }) => oneLine(`  ${day} ${source}: ${why}`)),
  ...(uncovered.length > uncoveredShownMax
    ? [`  … and ${uncovered.length - uncoveredShownMax} more (--format json)`]
    : []),
];

export const verdictText = (verdict: Verdict): string => {
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
  const { ok, broken, brokenCount, trust } = verdict;
  const counted = countedText(verdict);
  if (ok) {
    return [
      `whole: ${counted}`,
      ...(verdict.kind === 'bundle' ? uncoveredText(verdict) : []),
      ...othersText(verdict),
      ...(trust === 'own' ? [ownKeyNote] : []),
      '',
    ].join('\n');
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

export const verdictJson = (verdict: Verdict): unknown => {
  if (verdict.kind !== 'line') return { schema: 'postern.evidence-verify/1', ...verdict };
  if (!verdict.ok) return { schema: 'postern.evidence-verify/1', ...verdict };
  const { proved, ...rest } = verdict;
  return {
    schema: 'postern.evidence-verify/1',
    ...rest,
    ...proved,
    line: proved.line.toString('utf8'),
  };
};

export const statusText = ({
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
    gaps.length === 0
      ? 'no gaps'
      : `${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}: postern evidence gaps`,
    '',
  ].join('\n');

export const gapsText = ({ gaps, lastSealedDay }: Summary): string =>
  gaps.length === 0
    ? `no gaps${lastSealedDay === undefined ? ', but no day is sealed yet' : ` up to ${lastSealedDay}`}\n`
    : gaps
        .map(({ source, fromDay, toDay, why }) =>
          oneLine(`${fromDay === toDay ? fromDay : `${fromDay} to ${toDay}`} ${source}: ${why}`),
        )
        .join('\n')
        .concat('\n');

const policyText = ({ policy, kept }: DwellReplay): string => {
  if (policy === 'asked') {
    return `no store decides how long lines are kept; policy.retentionDays asks for ${kept[0]?.keepsDays ?? 0} days`;
  }
  const rows = kept.map(({ source = '', keepsDays }) =>
    keepsDays === null ? `${source} (nothing deletes it)` : `${source} (${keepsDays} days)`,
  );
  return `kept: ${rows.slice(0, 10).join(', ')}${rows.length > 10 ? `, and ${rows.length - 10} more` : ''}`;
};

export const dwellText = (replayed: DwellReplay): string => {
  const { cases, policy } = replayed;
  const width = Math.max(...cases.map(({ id }) => id.length));
  return [
    oneLine(policyText(replayed)),
    ...cases.flatMap(({ id, title, state, why, gone, unsure }) => {
      const where = state === 'gone' ? gone : unsure;
      const logs =
        policy === 'store' && where.length > 0 ? ` (${where.slice(0, 5).join(', ')})` : '';
      return [
        `${state.padEnd(8)}${id.padEnd(width + 2)}${title}`,
        oneLine(`${why}${logs}`).replace(/^/, ' '.repeat(8)),
      ];
    }),
    '',
  ].join('\n');
};
