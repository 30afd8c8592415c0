import { messageOf } from '../../core/errors.ts';
import { bounded } from './bounded.ts';
import { expandActions } from './collection.ts';
import { type CorrelationDraft, readCorrelation } from './correlation.ts';
import { readSelections } from './detection.ts';
import { readDocuments } from './documents.ts';
import { entry, optionalMap, scalars, texts } from './entries.ts';
import { type Filter, readFilter } from './filter.ts';
import { type Head, readHead, readLogSource } from './head.ts';
import { anyOf } from './joined-nodes.ts';
import { Mistake } from './mistake.ts';
import type { DetectionRule, RuleProblem } from './nodes.ts';
import type { Placeholders } from './placeholders.ts';
import { Places } from './places.ts';
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

/** Reads the documents of one file, and gathers what is wrong with them. */
export class FileReader {
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
        this.report(document.mistake, { at: document.at, rule: undefined, hasId: false });
        return [];
      }
      const { map } = document;
      const hasId = said(map, 'id') !== undefined;
      const subject = { at: map.at, rule: said(map, 'title') ?? said(map, 'id'), hasId };
      const draft = this.attempt(subject, () => this.draft(document));
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

  private draft({ at, map }: Extract<RuleDocument, { map: MapTree }>): Draft {
    const head = readHead(map, { path: this.path, line: this.placeOf(at).line });
    if (map.entries.has('correlation')) return readCorrelation(map, head);
    if (map.entries.has('filter')) return readFilter(map, head, this.placeholders);
    if (map.entries.has('detection')) return this.detection(map, head);
    throw new Mistake('neither detection nor correlation nor filter: not a rule of Sigma', map.at);
  }

  private detection(map: MapTree, head: Head): DetectionRule {
    const source = readLogSource(map);
    if (source === undefined) throw new Mistake('the rule has no logsource', map.at);
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
      when: bounded(when, detection.at),
      fields: Object.freeze(texts(map, 'fields')),
      filters: Object.freeze([]),
    });
  }
}

const said = (map: MapTree, key: string): string | undefined => {
  const value = entry(map, key);
  return value?.is === 'scalar' ? value.source : undefined;
};
