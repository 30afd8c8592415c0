import type { FittedLog, FittedRule, RuleFit } from '../../core/rule-fit.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import { mapsOf, placesOf, type SourceMap } from '../fields/source-map.ts';
import { recordTest, scopeKeyOf, scopesOf, sourceSpace } from '../fields/source-space.ts';
import { watchedSpace } from '../fields/watched-space.ts';
import { compileMatcher } from '../matching/compile.ts';
import { fieldsOf } from '../sigma/fields-of.ts';
import type {
  Comparison,
  CorrelationRule,
  DetectionRule,
  LogSource,
  Node,
  Rule,
} from '../sigma/nodes.ts';
import { type Chance, chanceOf } from './can-hold.ts';

/** A log that is kept, which is one source, and events of it that between them have all that its events have. */
export interface SeenLog {
  readonly source: string;
  readonly log: string;
  readonly samples: readonly WatchedEvent[];
  /** Events that the samples stand for. */
  readonly events: number;
}

/** Fields of which there are few values, so that one that was never seen is worth a word. */
const worded = new Set(['kind', 'service', 'component', 'format', 'unparsed']);

const shownFieldsMax = 5;

const list = (names: readonly string[]): string =>
  names.length <= shownFieldsMax
    ? names.join(', ')
    : `${names.slice(0, shownFieldsMax).join(', ')} and ${names.length - shownFieldsMax} more`;

const says = (source: LogSource): string =>
  (['product', 'category', 'service'] as const)
    .flatMap(key => (source[key] === undefined ? [] : [`${key}: ${source[key]}`]))
    .join(', ') || 'none';

interface Fitting {
  readonly fit: RuleFit;
  readonly logSource: string;
}

/** Says of each rule whether it can tell of anything in some logs. Asks each question of a source and a log once. */
export class Applicability {
  private readonly maps: readonly SourceMap[];
  private readonly logs: readonly SeenLog[];
  private readonly inScope = new Map<SourceMap, readonly SeenLog[]>();
  private readonly known = new Map<string, Fitting>();
  private readonly present = new Map<string, boolean>();

  constructor(maps: readonly SourceMap[], logs: readonly SeenLog[]) {
    this.maps = maps;
    this.logs = logs;
  }

  /** @param rules rules before the correlations that refer to them */
  rules(rules: readonly Rule[]): readonly FittedRule[] {
    return rules.map(rule => {
      const fitting = rule.kind === 'detection' ? this.detection(rule) : this.correlation(rule);
      this.known.set(rule.id, fitting);
      const { id, name, title, level, place } = rule;
      const { path, line } = place;
      return {
        id,
        ...(name === undefined ? {} : { name }),
        title,
        level,
        place: { path, line },
        ...fitting,
      };
    });
  }

  /** How many of the rules are about each log. */
  counted(rules: readonly FittedRule[]): readonly FittedLog[] {
    return this.logs.map(({ source, log, samples, events }) => {
      const about = (state: RuleFit['state']): number =>
        rules.filter(({ fit }) => fit.state === state && 'logs' in fit && fit.logs.includes(source))
          .length;
      const components = new Set(
        samples.filter(each => !each.isUnparsed).map(({ event }) => event.component),
      );
      return {
        source,
        log,
        components: [...components].toSorted(),
        events,
        applies: about('applies'),
        waits: about('waits'),
      };
    });
  }

  private correlation(rule: CorrelationRule): Fitting {
    const parts = rule.rules.flatMap(id => this.known.get(id) ?? []);
    const logSource = parts[0]?.logSource ?? 'none';
    const needsAll = rule.type === 'temporal' || rule.type === 'temporal_ordered';
    const needed = rule.expression === undefined && needsAll;
    const order = ['cannot', 'waits', 'applies'] as const;
    const rank = ({ fit }: Fitting): number => order.indexOf(fit.state);
    const sorted = parts.toSorted((a, b) => rank(a) - rank(b));
    const decisive = needed ? sorted[0] : sorted.at(-1);
    if (decisive !== undefined) return { fit: decisive.fit, logSource };
    return {
      logSource,
      fit: {
        state: 'cannot',
        because: 'unknown-source',
        why: 'none of the rules that it refers to is there',
        how: 'Put their files beside it.',
      },
    };
  }

  private detection(rule: DetectionRule): Fitting {
    return { fit: this.fit(rule), logSource: says(rule.source) };
  }

  private fit(rule: DetectionRule): RuleFit {
    const { definition } = rule.source;
    const named = mapsOf(rule.source, this.maps);
    const [first] = named;
    if (first === undefined) {
      return {
        state: 'cannot',
        because: 'unknown-source',
        why: `nobody has said which events its log source means (${says(rule.source)})`,
        how: 'Give the rule one of the log sources in docs/rules.md.',
      };
    }
    const readable = named.filter(map => map.events.length > 0);
    if (readable.length === 0) {
      return {
        state: 'cannot',
        because: 'not-read',
        why: `${first.title}: Postern does not read them`,
        how: first.advice,
      };
    }
    const possible = readable.filter(map => this.canEverHold(rule.when, map));
    const [usable] = possible;
    if (usable === undefined) return this.noField(rule, readable[0] ?? first);
    const logs = possible.flatMap(map => this.logsOf(map).map(log => ({ map, log })));
    if (logs.length === 0) {
      return {
        state: 'cannot',
        because: 'no-log',
        why: `${usable.title}: none of the logs that are kept`,
        how: usable.advice,
      };
    }
    const names = (of: typeof logs): readonly string[] => [
      ...new Set(of.map(each => each.log.source)),
    ];
    const applying = logs.filter(({ map, log }) => this.canHold(rule.when, map, [log]));
    if (applying.length > 0) return { state: 'applies', logs: names(applying) };
    // What nobody needs to switch on has merely not happened yet.
    if (definition === undefined && this.mayCome(rule.when, logs)) {
      return { state: 'applies', logs: names(logs) };
    }
    return {
      state: 'waits',
      logs: names(logs),
      why: this.missingWords(rule, logs),
      ...(definition === undefined ? {} : { how: definition }),
    };
  }

  /** Whether it lacks nothing but what Postern itself tells of events: a crash, say, and not a field of a record. */
  private mayCome(
    when: Node,
    logs: readonly { readonly map: SourceMap; readonly log: SeenLog }[],
  ): boolean {
    return logs.some(
      ({ map, log }) =>
        chanceOf(when, field =>
          this.has(field, map, log) || !isOfRecord(field, map) ? both : undefined,
        ).holds,
    );
  }

  private noField(rule: DetectionRule, map: SourceMap): RuleFit {
    const absent = [...fieldsOf(rule.when)].filter(field => !isKnown(field, map));
    const reason = absent.flatMap(field => map.lacking.get(field) ?? [])[0];
    return {
      state: 'cannot',
      because: 'no-field',
      why: `${map.title}: no event has ${list(absent)}`,
      how: reason ?? `Say in rules/sources/${map.id}.yaml where such events have it, if they do.`,
    };
  }

  private canEverHold(when: Node, map: SourceMap): boolean {
    return chanceOf(when, field => (isKnown(field, map) ? both : undefined)).holds;
  }

  /** By what was seen of some logs. */
  private canHold(when: Node, map: SourceMap, logs: readonly SeenLog[]): boolean {
    return chanceOf(when, (field, compare) => {
      if (map.constants.has(field)) return both;
      if (!logs.some(log => this.has(field, map, log))) return undefined;
      return worded.has(field) ? seenChance(field, compare, map, logs) : both;
    }).holds;
  }

  /** What was never seen, without which the rule cannot hold. */
  private missingWords(
    rule: DetectionRule,
    logs: readonly { readonly map: SourceMap; readonly log: SeenLog }[],
  ): string {
    const events = logs.reduce((sum, { log }) => sum + log.events, 0);
    const of = `of ${events.toLocaleString('en-US')} events that were looked at none`;
    const absent = [...fieldsOf(rule.when)].filter(
      field => !logs.some(({ map, log }) => map.constants.has(field) || this.has(field, map, log)),
    );
    const isMissed = !chanceOf(rule.when, field => (absent.includes(field) ? undefined : both))
      .holds;
    if (isMissed) return `${of} has ${list(absent)}`;
    return `${of} is of the kind that it asks for`;
  }

  private logsOf(map: SourceMap): readonly SeenLog[] {
    const known = this.inScope.get(map);
    if (known !== undefined) return known;
    const found = this.logs.flatMap(log => {
      const samples = log.samples.filter(event => isOf(event, map));
      return samples.length === 0 ? [] : [{ ...log, samples }];
    });
    this.inScope.set(map, found);
    return found;
  }

  private has(field: string, map: SourceMap, log: SeenLog): boolean {
    const key = `${map.id}\0${log.source}\0${field}`;
    const known = this.present.get(key);
    if (known !== undefined) return known;
    const getter = sourceSpace(map).getter(field);
    const found =
      getter !== undefined &&
      log.samples.some(event => {
        const value = getter(event);
        return value !== undefined && value !== null;
      });
    this.present.set(key, found);
    return found;
  }
}

const both: Chance = { holds: true, fails: true };

/** Whether events of a source may have such a field at all. */
const isKnown = (field: string, map: SourceMap): boolean =>
  map.constants.has(field) ||
  placesOf(field, map).some(place => watchedSpace.getter(place) !== undefined);

/** Whether it stands in the record alone, of which nobody knows what else it may hold. */
const isOfRecord = (field: string, map: SourceMap): boolean =>
  !map.constants.has(field) &&
  placesOf(field, map).every(
    place => place.startsWith('record.') || watchedSpace.getter(place) === undefined,
  );

const isOf = (event: WatchedEvent, map: SourceMap): boolean => {
  const scopes = scopesOf(map, scopeKeyOf(event));
  return scopes.length > 0 && recordTest(scopes)?.(event) !== false;
};

const seenChance = (
  field: string,
  compare: Comparison,
  map: SourceMap,
  logs: readonly SeenLog[],
): Chance => {
  const matches = compileMatcher({ when: { is: 'field', field, compare } }, sourceSpace(map));
  const all = logs.flatMap(log => log.samples);
  return { holds: all.some(matches), fails: !all.every(matches) };
};
