import { messageOf } from '../../core/errors.ts';
import { bounded } from './bounded.ts';
import { expandActions } from './collection.ts';
import { type CorrelationDraft, readCorrelation } from './correlation.ts';
import { readSelections } from './detection.ts';
import { readDocuments } from './documents.ts';
import { entry, optionalMap, scalars } from './entries.ts';
import { type Filter, readFilter } from './filter.ts';
import { type Head, readHead, readLogSource } from './head.ts';
import { anyOf } from './joined-nodes.ts';
import { Mistake } from './mistake.ts';
import type { DetectionRule, LogSource, RuleProblem } from './nodes.ts';
import type { Placeholders } from './placeholders.ts';
import { Places } from './places.ts';
import type { Tell } from './remarks.ts';
import { readRuleCondition } from './rule-condition.ts';
import type { MapTree, RuleDocument } from './yaml-tree.ts';

export type Draft = DetectionRule | CorrelationDraft | Filter;

/** Something that was read, with what is needed to say where it stands. */
export interface Read<T> {
  readonly draft: T;
  readonly file: FileReader;
  readonly document: Subject;
}

/** A document as its problems speak of it. */
export interface Subject {
  readonly at: number;
  /** Title or id, where it has one. */
  readonly rule: string | undefined;
  readonly hasId: boolean;
}

export interface FileOptions {
  readonly placeholders: Placeholders;
  /** Whether a rule without a log source is of no use. */
  readonly needsSource: boolean;
}

/** Reads the documents of one file, and gathers what is wrong with them. */
export class FileReader {
  readonly path: string;
  private readonly text: string;
  private readonly options: FileOptions;
  private places: Places | undefined;
  /** What is wrong with rules that are run all the same, as long as nothing else is. */
  private readonly doubts: { readonly mistake: Mistake; readonly subject: Subject }[] = [];
  readonly problems: RuleProblem[] = [];

  constructor(path: string, text: string, options: FileOptions) {
    this.path = path;
    this.text = text;
    this.options = options;
  }

  read(): readonly Read<Draft>[] {
    return expandActions(readDocuments(this.text)).flatMap(document => {
      if ('mistake' in document) {
        this.report(document.mistake, { at: document.at, rule: undefined, hasId: false });
        return [];
      }
      const { map } = document;
      if (!keysOfRules.some(key => map.entries.has(key))) return [];
      const hasId = said(map, 'id') !== undefined;
      const subject = { at: map.at, rule: said(map, 'title') ?? said(map, 'id'), hasId };
      const tell: Tell = mistake => this.doubts.push({ mistake, subject });
      const draft = this.attempt(subject, () => this.draft(document, tell));
      return draft === undefined ? [] : [{ draft, file: this, document: subject }];
    });
  }

  /** What somebody does with a rule, whose mistakes become problems of this file. */
  attempt<T>(subject: Subject, act: () => T): T | undefined {
    try {
      return act();
    } catch (thrown) {
      const mistake =
        thrown instanceof Mistake
          ? thrown
          : new Mistake(`Postern failed to read the rule, please report it: ${messageOf(thrown)}`);
      this.report(mistake, subject);
      return undefined;
    }
  }

  /** Says what is doubtful, once it is known which rules are run. */
  tell(isRun: (line: number) => boolean): void {
    for (const { mistake, subject } of this.doubts) {
      const { at } = mistake;
      const isWhole = isRun(this.placeOf(subject.at).line);
      const why = isWhole ? `${mistake.message}; it is run all the same` : mistake.message;
      this.report(new Mistake(why, at), subject);
    }
  }

  report(mistake: Mistake, { at, rule }: Subject): void {
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

  private draft({ at, map }: Extract<RuleDocument, { map: MapTree }>, tell: Tell): Draft {
    const head = readHead(map, { path: this.path, line: this.placeOf(at).line }, tell);
    if (map.entries.has('correlation')) return readCorrelation(map, head);
    if (map.entries.has('filter')) return readFilter(map, head, this.options.placeholders);
    if (map.entries.has('detection')) return this.detection(map, head, tell);
    throw new Mistake('neither detection nor correlation nor filter: not a rule of Sigma', map.at);
  }

  private detection(map: MapTree, head: Head, tell: Tell): DetectionRule {
    const source = this.source(map, tell);
    const detection = optionalMap(map, 'detection');
    if (detection === undefined) throw new Mistake('the detection is empty', map.at);
    const selections = readSelections(detection, this.options.placeholders);
    const conditions = scalars(detection, 'condition');
    if (conditions.length === 0) {
      throw new Mistake(
        'the rule has no condition',
        entry(detection, 'condition')?.at ?? detection.at,
      );
    }
    const when = anyOf(conditions.map(each => readRuleCondition(each, selections)));
    return Object.freeze({
      ...head,
      level: head.level ?? 'medium',
      kind: 'detection',
      source,
      when: bounded(when, detection.at),
      fields: Object.freeze(fieldsIn(map)),
      filters: Object.freeze([]),
    });
  }

  private source(map: MapTree, tell: Tell): LogSource {
    try {
      return readLogSource(map);
    } catch (thrown) {
      if (!(thrown instanceof Mistake) || this.options.needsSource) throw thrown;
      tell(thrown);
      return Object.freeze({});
    }
  }
}

/** What a document has at least one of, if somebody meant it to be a rule: other YAML may lie beside them. */
const keysOfRules = ['title', 'logsource', 'detection', 'correlation', 'filter', 'action'];

/** For whoever looks at an alert: those that are none are told of with the head. */
const fieldsIn = (map: MapTree): readonly string[] => {
  const fields = entry(map, 'fields');
  if (fields?.is === 'scalar') return [fields.source];
  const items = fields?.is === 'list' ? fields.items : [];
  return items.flatMap(each => (each.is === 'scalar' && each.value !== null ? each.source : []));
};

const said = (map: MapTree, key: string): string | undefined => {
  const value = entry(map, key);
  return value?.is === 'scalar' ? value.source : undefined;
};
