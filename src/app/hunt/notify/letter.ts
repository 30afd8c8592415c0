import type { Alert } from '../../../core/alert.ts';
import type { LetterKind } from '../../../store/hunt-letters.ts';
import { type AlertGroup, groupsOf } from '../alerts/shown.ts';

/** What a channel is told, before it is put into the channel's own form. */
export interface LetterContent {
  /** The same over all attempts. */
  readonly id: string;
  readonly kind: LetterKind | 'test';
  /** Milliseconds since 1970. */
  readonly madeMs: number;
  /** Name of the machine. */
  readonly host: string;
  readonly organisation?: string;
  /** Sentences above the alerts. */
  readonly notes: readonly string[];
  readonly groups: readonly AlertGroup[];
  /** Alerts that had no room. */
  readonly more: number;
}

/** Alerts in one letter: nobody reads more, and chats refuse it. */
export const alertsInLetterMax = 40;

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** One line, without control characters: for subjects and headings. */
export const oneLine = (text: string, charactersMax: number): string => {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length <= charactersMax ? line : `${line.slice(0, charactersMax - 1)}…`;
};

export const subjectOf = ({ kind, groups, more, host, organisation }: LetterContent): string => {
  const where = organisation === undefined ? host : `${organisation}, ${host}`;
  const alerts = groups.flatMap(group => group.alerts);
  const [worst] = alerts;
  const all = alerts.length + more;
  switch (kind) {
    case 'test':
      return oneLine(`[Postern] Test from ${where}`, 200);
    case 'alive':
      return oneLine(`[Postern] Nothing to tell from ${where}`, 200);
    case 'alert':
    case 'digest': {
      if (worst === undefined) return oneLine(`[Postern] No alerts from ${where}`, 200);
      const what = all === 1 ? worst.title : `${count(all, 'alert')}, worst: ${worst.title}`;
      return oneLine(`[Postern] ${worst.level}: ${what} (${where})`, 200);
    }
  }
};

/** The last second of the year 9999: a log may name any time. */
const farthestMs = 253_402_300_799_000;

/** `2026-06-29T02:00:00Z` */
export const stampOf = (ms: number): string =>
  `${new Date(Math.min(Math.max(Math.trunc(ms) || 0, 0), farthestMs)).toISOString().slice(0, 19)}Z`;

const span = ({ sinceMs, firstMs, lastMs }: Alert): string => {
  const from = stampOf(Math.min(sinceMs, firstMs));
  const to = stampOf(lastMs);
  if (from === to) return from;
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} to ${to.slice(11)}` : `${from} to ${to}`;
};

/** The lines that say of an alert when, how much, from where and by which rule. */
export const factsOf = (alert: Alert): readonly string[] => {
  const { addresses, apps, events, sightings, rule, id, tags } = alert;
  const seen =
    sightings > 1 ? `${count(events, 'event')}, seen ${sightings} times` : count(events, 'event');
  const from = addresses.length === 0 ? '' : `, from ${addresses.slice(0, 5).join(', ')}`;
  const by = apps.length === 0 ? '' : `, by ${apps.slice(0, 5).join(', ')}`;
  const techniques = tags.flatMap(tag => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1] ?? []);
  return [
    `${span(alert)}: ${seen}${from}${by}`,
    `rule ${rule}${techniques.length === 0 ? '' : ` (ATT&CK ${techniques.join(', ').toUpperCase()})`}, alert ${id}`,
  ];
};

export const headingOf = ({ component, who }: AlertGroup): string =>
  who === '' ? component : `${component}, ${who}`;

/** How to look at alerts, and how not to be told of one again. */
export const helpOf = ({ groups }: LetterContent): readonly string[] => {
  const first = groups[0]?.alerts[0];
  if (first === undefined) return [];
  const hasPerson = groups.some(({ who }) => who.startsWith('person-'));
  return [
    hasPerson ? 'Who it is: postern hunt alerts --names' : 'All of them: postern hunt alerts',
    `Not to be told again: postern hunt suppress ${first.id} --until DAY --why REASON`,
  ];
};

/** Plain text, lines as long as they are. */
export const letterText = (content: LetterContent): string => {
  const { notes, groups, more } = content;
  const blocks = groups.map(group => {
    const alerts = group.alerts.flatMap(alert => [
      `  [${alert.level}] ${oneLine(alert.title, 300)}`,
      `    ${oneLine(alert.sentence, 2_000)}`,
      ...factsOf(alert).map(fact => `    ${oneLine(fact, 1_000)}`),
    ]);
    return [oneLine(headingOf(group), 300), ...alerts].join('\n');
  });
  return [
    notes.map(note => oneLine(note, 1_000)).join('\n'),
    ...blocks,
    more === 0 ? '' : `… and ${count(more, 'alert')} more: postern hunt alerts`,
    helpOf(content).join('\n'),
  ]
    .filter(block => block !== '')
    .join('\n\n')
    .concat('\n');
};

/** The worst first, as many as have room. */
export const groupsFor = (alerts: readonly Alert[]): Pick<LetterContent, 'groups' | 'more'> => {
  const groups = groupsOf(alerts);
  const out: AlertGroup[] = [];
  let left = alertsInLetterMax;
  for (const group of groups) {
    if (left <= 0) break;
    out.push({ ...group, alerts: group.alerts.slice(0, left) });
    left -= group.alerts.length;
  }
  const shown = out.reduce((sum, group) => sum + group.alerts.length, 0);
  return { groups: out, more: alerts.length - shown };
};
