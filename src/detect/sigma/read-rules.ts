import { type CorrelationDraft } from './correlation.ts';
import { decodeRules } from './decode.ts';
import type { Filter } from './filter.ts';
import { joinCorrelations } from './join-correlations.ts';
import { Mistake, shown } from './mistake.ts';
import type { DetectionRule, Rule, RuleProblem, RuleSet } from './nodes.ts';
import type { Placeholders } from './placeholders.ts';
import { type Draft, FileReader, type Read } from './read-file.ts';
import { applies, filtered, RuleNames } from './resolve.ts';

/** A file of rules; bytes where nobody knows yet whether they are text. */
export interface RuleFile {
  readonly path: string;
  readonly text: string | Uint8Array;
}

export interface ReadRulesOptions {
  /** What `%name%` stands for in values with `expand`, by name. */
  readonly placeholders?: Placeholders;
  /** For events of which nobody says whose they are: a rule without a log source is run, and told of. */
  readonly anySource?: boolean;
}

/** A file over this is named and not read: the largest of SigmaHQ's has half a megabyte. */
export const ruleBytesMax: number = 11 << 20;

/**
 * Reads files of rules, each of one or several YAML documents: rules, correlations and filters. Never throws; a rule
 * that is wrong is a problem with its place, and not among the rules.
 */
export const readRules = (files: readonly RuleFile[], options: ReadRulesOptions = {}): RuleSet => {
  const { placeholders = new Map(), anySource = false } = options;
  const readers: FileReader[] = [];
  const problems: RuleProblem[] = [];
  const read: Read<Draft>[] = [];
  for (const { path, text } of files) {
    const decoded = decodeRules(path, text, ruleBytesMax);
    if (typeof decoded !== 'string') {
      problems.push(decoded);
      continue;
    }
    const reader = new FileReader(path, decoded, { placeholders, needsSource: !anySource });
    readers.push(reader);
    for (const each of reader.read()) read.push(each);
  }
  const rules = joinRules(read);
  const filters = read.map(each => each.draft).filter(isFilter);
  const running = new Set([...rules, ...filters.map(each => each.head)].map(placeText));
  for (const reader of readers) {
    reader.tell(line => running.has(placeText({ place: { path: reader.path, line } })));
  }
  for (const reader of readers) for (const each of reader.problems) problems.push(each);
  return Object.freeze({ rules: Object.freeze(rules), problems: Object.freeze(problems) });
};

const placeText = ({ place: { path, line } }: Pick<Rule, 'place'>): string => `${path}:${line}`;

const isDetection = (draft: Draft): draft is DetectionRule => 'when' in draft && 'kind' in draft;
const isFilter = (draft: Draft): draft is Filter => 'when' in draft && !('kind' in draft);

type Ids = RuleNames<Pick<Rule, 'id' | 'name' | 'title' | 'place'>>;

const headOf = (draft: Draft): Pick<Rule, 'id' | 'name' | 'title' | 'place'> =>
  isDetection(draft) ? draft : draft.head;

/** Of rules without an id that are called alike, each but the first has a number. */
class FreeIds {
  private readonly ids: Ids;
  private readonly counts = new Map<string, number>();

  constructor(ids: Ids) {
    this.ids = ids;
  }

  give(draft: Draft): Draft {
    const { id: made } = headOf(draft);
    let id = made;
    while (this.ids.has(id)) {
      const next = (this.counts.get(made) ?? 1) + 1;
      this.counts.set(made, next);
      id = `${made}/${next}`;
    }
    if (id === made) return draft;
    if (isDetection(draft)) return Object.freeze({ ...draft, id });
    return { ...draft, head: { ...draft.head, id } };
  }
}

const joinRules = (read: readonly Read<Draft>[]): readonly Rule[] => {
  const detections: Read<DetectionRule>[] = [];
  const correlations: Read<CorrelationDraft>[] = [];
  const filters: Read<Filter>[] = [];
  const ids: Ids = new RuleNames();
  const free = new FreeIds(ids);
  for (const { draft: written, ...rest } of read) {
    const draft = rest.document.hasId ? written : free.give(written);
    const head = headOf(draft);
    const other = ids.add(head);
    if (other !== undefined) {
      const { path, line } = other.place;
      const why = `the id ${shown(head.id)} is that of ${path}:${line} already`;
      rest.file.report(new Mistake(why), rest.document);
    } else if (isDetection(draft)) detections.push({ draft, ...rest });
    else if (isFilter(draft)) filters.push({ draft, ...rest });
    else correlations.push({ draft, ...rest });
  }
  const complete = applyFilters(
    detections.map(each => each.draft),
    filters,
  );
  return [...complete, ...joinCorrelations(complete, correlations)];
};

const applyFilters = (
  rules: readonly DetectionRule[],
  filters: readonly Read<Filter>[],
): readonly DetectionRule[] => {
  const byId = new Map(rules.map(rule => [rule.id, rule]));
  const names = new RuleNames<DetectionRule>();
  for (const rule of rules) names.add(rule);
  for (const { draft: filter, file, document } of filters) {
    const named = filter.rules?.flatMap(reference => {
      const rule = file.attempt(document, () => names.find(reference));
      if (rule !== undefined && !applies(filter, rule)) {
        const why = `the filter is not for the log source of ${shown(rule.title)}, and leaves it as it is`;
        file.report(new Mistake(why, reference.at), document);
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
