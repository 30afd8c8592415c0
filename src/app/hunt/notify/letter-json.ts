import type { Alert } from '../../../core/alert.ts';
import { type LetterContent, stampOf, subjectOf } from './letter.ts';

const alertJson = (alert: Alert): object => ({
  id: alert.id,
  rule: alert.rule,
  title: alert.title,
  level: alert.level,
  component: alert.component,
  ...(alert.who === '' ? {} : { who: alert.who }),
  ...(alert.kind === undefined ? {} : { kind: alert.kind }),
  since: stampOf(alert.sinceMs),
  first: stampOf(alert.firstMs),
  last: stampOf(alert.lastMs),
  sentence: alert.sentence,
  sightings: alert.sightings,
  events: alert.events,
  tags: alert.tags,
  addresses: alert.addresses,
  apps: alert.apps,
  lines: alert.lines.map(({ source, seq, line }) => `${source}/${seq}/${line}`),
});

/** What a generic webhook is sent; `schemas/alerts.schema.json` says the same. */
export const alertsJson = (content: LetterContent): object => ({
  schema: 'postern.alerts/1',
  id: content.id,
  kind: content.kind,
  made: stampOf(content.madeMs),
  host: content.host,
  ...(content.organisation === undefined ? {} : { organisation: content.organisation }),
  subject: subjectOf(content),
  notes: content.notes,
  alerts: content.groups.flatMap(group => group.alerts.map(alertJson)),
  more: content.more,
});
