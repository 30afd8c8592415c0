import { createHash } from 'node:crypto';
import type { Alert, AlertLevel } from '../../core/alert.ts';
import { rangeOf } from '../matching/network.ts';

const classUid = 2004;

/** Severity ids of OCSF 1.8. */
const severities: Readonly<Record<AlertLevel, readonly [id: number, name: string]>> = {
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

const activities = { create: [1, 'Create'], update: [2, 'Update'], close: [3, 'Close'] } as const;
const lives = {
  new: [1, 'New'],
  ongoing: [2, 'In Progress'],
  suppressed: [3, 'Suppressed'],
} as const;

export interface FindingOptions {
  readonly activity: keyof typeof activities;
  /** Milliseconds since 1970: when this is said. */
  readonly nowMs: number;
  readonly version: string;
  /** Nobody is told of it: somebody decided so, and why. */
  readonly suppressed?: { readonly until: string; readonly why: string };
}

/** `attack.t1114.002` → technique T1114, sub-technique T1114.002; `attack.collection` → a tactic. */
const attacksOf = (tags: readonly string[]): readonly object[] => {
  const named = tags.flatMap(tag => /^attack\.([a-z0-9.-]{1,60})$/i.exec(tag)?.[1] ?? []);
  const techniques = named.filter(name => /^t\d{4}(?:\.\d{3})?$/i.test(name));
  const attacks = techniques.map(name => {
    const uid = name.toUpperCase();
    const [technique = uid] = uid.split('.');
    return {
      technique: { uid: technique },
      ...(uid === technique ? {} : { sub_technique: { uid } }),
    };
  });
  if (attacks.length > 0) return attacks;
  return named
    .filter(name => /^[a-z][a-z-]*$/i.test(name))
    .map(name => ({ tactic: { name: name.replaceAll('-', ' ') } }));
};

/** Baselines are statistics, all else is a rule. */
const analyticOf = ({ rule, title }: Alert): object =>
  rule.startsWith('baseline/')
    ? { uid: rule, name: title, type_id: 3, type: 'Statistical' }
    : { uid: rule, name: title, type_id: 1, type: 'Rule' };

const isPerson = (who: string): boolean => who.startsWith('person-');

/** OCSF wants addresses to be some; what a log calls one may be a name. */
const endpointOf = (address: string): object =>
  rangeOf(address) === undefined || address.includes('/') ? { name: address } : { ip: address };

const evidencesOf = ({ who, addresses, apps, lines, kind }: Alert): readonly object[] => [
  {
    ...(kind === undefined ? {} : { name: kind }),
    data: { lines: lines.map(({ source, seq, line }) => `${source}/${seq}/${line}`) },
    ...(isPerson(who) ? { user: { uid: who } } : {}),
    ...(apps[0] === undefined ? {} : { actor: { app_name: apps[0] } }),
    ...(addresses[0] === undefined ? {} : { src_endpoint: endpointOf(addresses[0]) }),
  },
  ...addresses.slice(1).map(each => ({ src_endpoint: endpointOf(each) })),
  ...apps.slice(1).map(app => ({ actor: { app_name: app } })),
];

/** The same for all findings of one alert. */
const uidOf = ({ id }: Alert): string => {
  const hash = createHash('sha256').update(`postern alert ${id}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
};

/** OCSF 1.8, Detection Finding (2004). What it names of people are their pseudonyms. */
export const alertFinding = (
  alert: Alert,
  options: FindingOptions,
): Readonly<Record<string, unknown>> => {
  const { nowMs, suppressed } = options;
  const [activityId, activity] = activities[options.activity];
  const [severityId, severity] = severities[alert.level];
  const [lifeId, life] =
    suppressed === undefined ? (alert.sightings > 1 ? lives.ongoing : lives.new) : lives.suppressed;
  const attacks = attacksOf(alert.tags);
  return {
    activity_id: activityId,
    activity_name: activity,
    category_uid: 2,
    category_name: 'Findings',
    class_uid: classUid,
    class_name: 'Detection Finding',
    type_uid: classUid * 100 + activityId,
    type_name: `Detection Finding: ${activity}`,
    time: nowMs,
    start_time: alert.sinceMs,
    end_time: alert.lastMs,
    count: alert.events,
    severity_id: severityId,
    severity,
    status_id: lifeId,
    status: life,
    ...(suppressed === undefined
      ? {}
      : { comment: `${suppressed.why} (until ${suppressed.until})` }),
    is_alert: suppressed === undefined,
    message: alert.sentence,
    metadata: {
      version: '1.8.0',
      product: { name: 'Postern', vendor_name: 'Postern', version: options.version },
      log_name: 'postern hunt',
    },
    finding_info: {
      uid: uidOf(alert),
      uid_alt: alert.id,
      title: alert.title,
      desc: alert.sentence,
      analytic: analyticOf(alert),
      created_time: alert.openedMs,
      modified_time: nowMs,
      first_seen_time: alert.firstMs,
      last_seen_time: alert.lastMs,
      related_events_count: alert.events,
      ...(attacks.length === 0 ? {} : { attacks }),
    },
    resources: [{ uid: alert.component, name: alert.component, type: 'component' }],
    evidences: evidencesOf(alert),
    unmapped: {
      postern: { alert: alert.id, rule: alert.rule, sightings: alert.sightings, tags: alert.tags },
    },
  };
};
