import type { Exploited, Severity, Ssvc } from '../../../core/advisory.ts';
import { baseScoreOf } from '../../cvss.ts';
import {
  isObject,
  type JsonObject,
  numberIn,
  objectIn,
  objectsIn,
  textIn,
  timeIn,
} from '../../json-value.ts';

const cvssMembers = ['cvssV4_0', 'cvssV3_1', 'cvssV3_0', 'cvssV2_0'] as const;
const metricsMax = 50;

/** A score of a CVSS object; its own, or what its vector says. */
export const severityOf = (by: string, cvss: JsonObject): Severity | undefined => {
  const vector = textIn(cvss, 'vectorString', 300);
  const stated = numberIn(cvss, 'baseScore');
  const computed = vector === undefined ? undefined : baseScoreOf(vector);
  const score = stated !== undefined && stated >= 0 && stated <= 10 ? stated : computed;
  const word = textIn(cvss, 'baseSeverity', 40)?.toLowerCase();
  if (score === undefined && word === undefined) return undefined;
  return {
    by,
    ...(score === undefined ? {} : { score }),
    ...(vector === undefined || computed === undefined ? {} : { vector }),
    ...(score !== undefined || word === undefined ? {} : { word }),
  };
};

const exploitation: ReadonlyMap<string, NonNullable<Ssvc['exploitation']>> = new Map([
  ['none', 'none'],
  ['poc', 'poc'],
  ['public poc', 'poc'],
  ['active', 'active'],
]);

const ssvcOf = (content: JsonObject): Ssvc => {
  const said = new Map<string, string>();
  for (const option of objectsIn(content, 'options', 20)) {
    for (const [name, value] of Object.entries(option).slice(0, 10)) {
      if (typeof value === 'string') said.set(name.toLowerCase(), value.trim().toLowerCase());
    }
  }
  const used = exploitation.get(said.get('exploitation') ?? '');
  const automatable = said.get('automatable');
  const impact = said.get('technical impact');
  return {
    ...(used === undefined ? {} : { exploitation: used }),
    ...(automatable === 'yes' || automatable === 'no'
      ? { automatable: automatable === 'yes' }
      : {}),
    ...(impact === 'partial' || impact === 'total' ? { impact } : {}),
  };
};

export interface Metrics {
  readonly severities: readonly Severity[];
  readonly ssvc?: Ssvc;
  readonly exploited?: Exploited;
}

/** Scores, CISA's categories and its note that the flaw is in its catalogue, as one container gives them. */
export const metricsOf = (flaw: string, by: string, container: JsonObject): Metrics => {
  const severities: Severity[] = [];
  let ssvc: Ssvc | undefined;
  let exploited: Exploited | undefined;
  for (const metric of objectsIn(container, 'metrics', metricsMax)) {
    for (const member of cvssMembers) {
      const cvss = metric[member];
      const severity = isObject(cvss) ? severityOf(by, cvss) : undefined;
      if (severity !== undefined) severities.push(severity);
    }
    const other = objectIn(metric, 'other');
    const content = other === undefined ? undefined : objectIn(other, 'content');
    if (other === undefined || content === undefined) continue;
    const type = textIn(other, 'type', 40);
    if (type === 'ssvc') ssvc ??= ssvcOf(content);
    const on = type === 'kev' ? timeIn(content, 'dateAdded')?.slice(0, 10) : undefined;
    if (on !== undefined) exploited ??= { flaw, by: 'CISA KEV', on };
  }
  return {
    severities,
    ...(ssvc === undefined || Object.keys(ssvc).length === 0 ? {} : { ssvc }),
    ...(exploited === undefined ? {} : { exploited }),
  };
};
