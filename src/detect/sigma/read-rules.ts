import { expandActions } from './collection.ts';
import { type CorrelationDraft, readCorrelation } from './correlation.ts';
import { decodeRules } from './decode.ts';
import { shallow } from './depth.ts';
import { readSelections } from './detection.ts';
import { readDocuments } from './documents.ts';
import { entry, optionalMap, scalars, texts } from './entries.ts';
import { type Filter, readFilter } from './filter.ts';
import { type Head, readHead, readLogSource } from './head.ts';
import { anyOf } from './joined-nodes.ts';
import { Mistake, shown } from './mistake.ts';
import type { DetectionRule, Rule, RuleProblem, RuleSet } from './nodes.ts';
import type { Placeholders } from './placeholders.ts';
import { Places } from './places.ts';
import { applies, filtered, RuleNames, resolved } from './resolve.ts';
import { readRuleCondition } from './rule-condition.ts';
import type { MapTree, RuleDocument } from './yaml-tree.ts';

/** A file of rules; bytes where nobody knows yet whether they are text. */
export interface RuleFile {
  readonly path: string;
  readonly text: string | Uint8Array;
}

export interface ReadRulesOptions {
  /** What `%name%` stands for in values with `expand`, by name. */
  readonly placeholders?: Placeholders;
}

/** A file over this is named and not read: the largest of SigmaHQ's has half a megabyte. */
export const ruleBytesMax: number = 11 << 20;

type Draft = DetectionRule | CorrelationDraft | Filter;

/** Something that was read, with what is needed to say where it stands. */
interface Read<T> {
  readonly draft: T;
  readonly file: FileReader;
  readonly map: MapTree;
}

const isDetection = (draft: Draft): draft is DetectionRule => 'when' in draft && 'kind' in draft;
const isFilter = (draft: Draft): draft is Filter => 'when' in draft && !('kind' in draft);

class FileReader {
  private readonly path: string;
  private readonly text: string;
  private readonly placeholders: Placeholders;
  private places: Places | undefined;
  readonly problems: RuleProblem[] = [];

  constructor(path: string, text: string, placeholders: Placeholders) {
    this.path = path;
    this.text = text;
    this.placeholders = placeholders;
  }

  read(): readonly Read<Draft>[] {
    return expandActions(readDocuments(this.text)).flatMap(document => {
      if ('mistake' in document) {
        this.report(document.mistake, document.at);
        return [];
      }
      const draft = this.attempt(document.map, () => this.draft(document));
      return draft === undefined ? [] : [{ draft, file: this, map: document.map }];
    });
  }

  /** What somebody does with a rule, whose mistakes become problems of this file. */
  attempt<T>(map: MapTree, act: () => T): T | undefined {
    try {
      return act();
    } catch (thrown) {
      if (!(thrown instanceof Mistake)) throw thrown;
      this.report(thrown, map.at, map);
      return undefined;
    }
  }

  report(mistake: Mistake, at: number, map?: MapTree): void {
    const rule = map === undefined ? undefined : (said(map, 'title') ?? said(map, 'id'));
    const { line, column } = this.placeOf(mistake.at ?? at);
    this.problems.push({
      path: this.path,
      line,
      column,
      ...(rule !== undefined && { rule }),
      why: mistake.message,
    });
  }

  private placeOf(offset: number): { readonly line: number; readonly column: number } {
    this.places ??= new Places(this.text);
    return this.places.of(offset);
  }

  private draft({ at, map }: Extract<RuleDocument, { map: MapTree }>): Draft {
    const head = readHead(map, { path: this.path, line: this.placeOf(at).line });
    if (map.entries.has('correlation')) return readCorrelation(map, head);
    if (map.entries.has('filter')) return readFilter(map, head, this.placeholders);
    if (map.entries.has('detection')) return this.detection(map, head);
    throw new Mistake('neither detection nor correlation nor filter: not a rule of Sigma', map.at);
  }

  private detection(map: MapTree, head: Head): DetectionRule {
    const source = readLogSource(map);
    const detection = optionalMap(map, 'detection');
    if (detection === undefined) throw new Mistake('the detection is empty', map.at);
    const selections = readSelections(detection, this.placeholders);
    const conditions = scalars(detection, 'condition');
    if (conditions.length === 0) {
      throw new Mistake(
        'the rule has no condition',
        entry(detection, 'condition')?.at ?? detection.at,
      );
    }
    const when = anyOf(conditions.map(each => readRuleCondition(each.source, selections, each.at)));
    return Object.freeze({
      ...head,
      level: head.level ?? 'medium',
      kind: 'detection',
      source,
      when: shallow(when, detection.at),
      fields: Object.freeze(texts(map, 'fields')),
      filters: Object.freeze([]),
    });
  }
}

const said = (map: MapTree, key: string): string | undefined => {
  const value = entry(map, key);
  return value?.is === 'scalar' ? value.source : undefined;
};

/**
 * Reads files of rules, each of one or several YAML documents: rules, correlations and filters. Never throws; a rule
 * that is wrong is a problem with its place, and not among the rules.
 */
export const readRules = (files: readonly RuleFile[], options: ReadRulesOptions = {}): RuleSet => {
  const placeholders = options.placeholders ?? new Map();
  const readers: FileReader[] = [];
  const problems: RuleProblem[] = [];
  const read: Read<Draft>[] = [];
  for (const { path, text } of files) {
    const decoded = decodeRules(path, text, ruleBytesMax);
    if (typeof decoded !== 'string') {
      problems.push(decoded);
      continue;
    }
    const reader = new FileReader(path, decoded, placeholders);
    readers.push(reader);
    read.push(...reader.read());
  }
  const rules = joinRules(read);
  for (const reader of readers) problems.push(...reader.problems);
  return Object.freeze({ rules: Object.freeze(rules), problems: Object.freeze(problems) });
};

const joinRules = (read: readonly Read<Draft>[]): readonly Rule[] => {
  const detections: Read<DetectionRule>[] = [];
  const correlations: Read<CorrelationDraft>[] = [];
  const filters: Read<Filter>[] = [];
  const ids = new RuleNames<{ id: string; name?: string; title: string; place: Rule['place'] }>();
  for (const { draft, ...rest } of read) {
    const head = isDetection(draft) ? draft : draft.head;
    const other = ids.add(head);
    if (other !== undefined) {
      const { path, line } = other.place;
      rest.file.report(
        new Mistake(`the id ${shown(head.id)} is that of ${path}:${line} already`),
        rest.map.at,
        rest.map,
      );
    } else if (isDetection(draft)) detections.push({ draft, ...rest });
    else if (isFilter(draft)) filters.push({ draft, ...rest });
    else correlations.push({ draft, ...rest });
  }
  const complete = applyFilters(
    detections.map(each => each.draft),
    filters,
  );
  return [...complete, ...orderCorrelations(complete, correlations)];
};

const applyFilters = (
  rules: readonly DetectionRule[],
  filters: readonly Read<Filter>[],
): readonly DetectionRule[] => {
  const byId = new Map(rules.map(rule => [rule.id, rule]));
  const names = new RuleNames<DetectionRule>();
  for (const rule of rules) names.add(rule);
  for (const { draft: filter, file, map } of filters) {
    const named = filter.rules?.flatMap(reference => {
      const rule = file.attempt(map, () => names.find(reference));
      if (rule !== undefined && !applies(filter, rule)) {
        const why = `the filter is not for the log source of ${shown(rule.title)}, and leaves it as it is`;
        file.report(new Mistake(why, reference.at), map.at, map);
      }
      return rule ?? [];
    });
    for (const { id } of named ?? rules) {
      const rule = byId.get(id);
      if (rule !== undefined && applies(filter, rule)) byId.set(id, filtered(rule, filter));
    }
  }
  return [...byId.values()];
};

/** Correlations behind all that they refer to; those that lead back to themselves are problems. */
const orderCorrelations = (
  rules: readonly DetectionRule[],
  correlations: readonly Read<CorrelationDraft>[],
): readonly Rule[] => {
  const names = new RuleNames<Rule>();
  for (const rule of rules) names.add(rule);
  const ids = new RuleNames<CorrelationDraft['head']>();
  for (const { draft } of correlations) ids.add(draft.head);
  const out: Rule[] = [];
  let waiting = correlations;
  while (waiting.length > 0) {
    const names_ = new Set(
      waiting.flatMap(({ draft }) => [draft.head.id, draft.head.name ?? []].flat()),
    );
    const isReady = ({ draft }: Read<CorrelationDraft>): boolean =>
      !draft.rules.some(({ to }) => names_.has(to) || names_.has(to.toLowerCase()));
    const ready = waiting.filter(isReady);
    for (const { draft, file, map } of ready) {
      const rule = file.attempt(map, () => resolved(draft, names));
      if (rule === undefined) continue;
      names.add(rule);
      out.push(rule);
    }
    if (ready.length === 0) break;
    waiting = waiting.filter(each => !isReady(each));
  }
  for (const { draft, file, map } of waiting) {
    file.report(
      new Mistake('the correlation leads back to itself through its rules', draft.at),
      map.at,
      map,
    );
  }
  return out;
};
