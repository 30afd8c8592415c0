import type { AccessLog, LogSink } from '../core/access-log.ts';
import type { Component } from '../core/component.ts';

/** What a program does with its own files has been settled in the trail. */
const sinkRow = (sink: LogSink | undefined): object | undefined =>
  sink?.to === 'file' ? { to: sink.to, path: sink.path } : sink;

const logRow = ({ question, emitted, why, because, remedy, sink, trail }: AccessLog): object => ({
  question,
  emitted,
  why,
  because,
  path: trail?.path ?? (sink?.to === 'file' ? sink.path : undefined),
  oldest: trail?.oldest,
  newest: trail?.newest,
  retainedDays: trail?.retainedDays,
  rotation: trail?.rotation,
  shippedTo: trail?.shippedTo,
  shippedBecause: trail?.shippedBecause,
  level: trail?.level,
  sink: sinkRow(sink),
  unknown: trail?.unknown,
  remedy,
});

/**
 * A component in Postern's own JSON, key by key: what the code adds to its nouns does not leak into a
 * format whose schema is a promise.
 */
export const componentRow = (component: Component): object => ({
  id: component.id,
  name: component.name,
  version: component.version,
  purl: component.purl,
  supplier: component.supplier,
  kind: component.kind,
  origin: component.origin,
  thirdParty: component.thirdParty,
  enabled: component.enabled,
  platform: component.platform,
  partOf: component.partOf,
  owner: component.owner,
  labels: component.labels,
  foundAt: component.foundAt,
  package: component.package,
  runsAs: component.runsAs,
  exposure: component.exposure,
  reach: component.reach,
  logs: component.logs.map(logRow),
});
