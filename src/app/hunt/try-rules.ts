import { UsageError } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { WatchPolicy } from '../../core/watch-policy.ts';
import { Correlator } from '../../detect/correlation/correlator.ts';
import type { FieldValue, Scalar } from '../../detect/fields/field-space.ts';
import { type JsonEvent, jsonSpace } from '../../detect/fields/json-space.ts';
import type { CorrelationHit, Hit } from '../../detect/hit.ts';
import { askAll, type RuleSetMatcher } from '../../detect/matching/rule-set-matcher.ts';
import type { DetectionRule, Rule, RuleProblem } from '../../detect/sigma/nodes.ts';
import { givenUp, loadRules } from './load-rules.ts';
import type { LoadedRules } from './pipeline.ts';
import { type RawEvent, readRawEvents } from './try-events.ts';

export interface TryRulesRequest {
  /** Of `--rules`, and how that was spelt. */
  readonly folders: readonly string[];
  readonly said: string;
  readonly policy: WatchPolicy;
  /** Globs over ids and names of rules; none: all. */
  readonly only: readonly string[];
  /** Files, folders and globs of `--events`; without `-`. */
  readonly words: readonly string[];
  /** What comes on standard input, where `-` is named. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Is told of each match, in the order of the events; correlations come last. */
  readonly take: (match: TriedMatch) => void;
}

/** Where an event stands. */
export interface EventPlace {
  readonly log: string;
  readonly line: number;
}

export interface TriedMatch extends EventPlace {
  readonly rule: Rule;
  /** Milliseconds since 1970; absent where the event says no time. */
  readonly timeMs?: number;
  /** What matched; of a correlation where it held. */
  readonly event?: JsonEvent;
  readonly correlation?: CorrelationHit;
}

/** What a rule came to. */
export interface TriedRule {
  readonly rule: Rule;
  matches: number;
  /** The first of them. */
  readonly places: EventPlace[];
}

export interface TriedReport {
  readonly events: number;
  /** Events that some rule matched. */
  readonly matched: number;
  /** Lines that are no JSON objects, and were taken for texts. */
  readonly texts: number;
  /** Events that correlations placed by those before them. */
  readonly untimed: number;
  /** Those that tell of what they see; correlations stand behind what they refer to. */
  readonly rules: readonly TriedRule[];
  readonly problems: readonly RuleProblem[];
  readonly unseen: readonly Unseen[];
  /** What correlations had to let go, and rules that were not asked. */
  readonly limits: readonly string[];
}

const placesMax = 20;
const unseenMax = 1_000;

const textsOf = (value: FieldValue): string | readonly string[] | undefined => {
  const all: readonly (Scalar | undefined)[] =
    typeof value === 'object' && value !== null ? value : [value];
  const texts = all.filter(each => each !== null && each !== undefined).map(String);
  return texts.length > 1 ? texts : texts[0];
};

class Trial {
  readonly unseen: Unseen[] = [];
  readonly rules: ReadonlyMap<string, TriedRule>;
  events = 0;
  matched = 0;
  texts = 0;
  untimed = 0;
  private readonly loaded: LoadedRules;
  private readonly take: (match: TriedMatch) => void;
  private readonly matcher: RuleSetMatcher<JsonEvent>;
  private readonly correlator: Correlator;
  private readonly correlations: ReadonlyMap<string, Rule>;
  private lastMs = 0;

  constructor(loaded: LoadedRules, take: (match: TriedMatch) => void) {
    this.loaded = loaded;
    this.take = take;
    const detections = loaded.rules.filter(rule => rule.kind === 'detection');
    this.matcher = askAll(detections, jsonSpace);
    this.correlator = new Correlator(loaded.rules);
    this.correlations = new Map(
      loaded.rules.filter(({ kind }) => kind === 'correlation').map(rule => [rule.id, rule]),
    );
    this.rules = new Map(
      loaded.rules
        .filter(({ id }) => loaded.alerting.has(id))
        .map(rule => [rule.id, { rule, matches: 0, places: [] }]),
    );
  }

  event(raw: RawEvent): void {
    this.events += 1;
    if (raw.isText) this.texts += 1;
    const found = this.matcher.match(raw.event);
    // Where there are correlations, every event may place one that says no time.
    if (found.length === 0 && this.correlations.size === 0) return;
    const said = jsonSpace.timeMs(raw.event);
    const isTimed = Number.isFinite(said);
    if (isTimed) this.lastMs = said;
    let isTold = false;
    let isCorrelated = false;
    for (const rule of found) {
      if (this.correlator.wants(rule.id)) {
        this.correlator.add(this.hitOf(rule, raw));
        isCorrelated = true;
      }
      const { event, log, line } = raw;
      isTold =
        this.tell({ rule, log, line, event, ...(isTimed ? { timeMs: said } : {}) }) || isTold;
    }
    if (isTold) this.matched += 1;
    if (isCorrelated && !isTimed) this.untimed += 1;
  }

  /** All events were there. */
  end(): void {
    for (const hit of this.correlator.advance(Number.POSITIVE_INFINITY)) {
      const rule = this.correlations.get(hit.rule);
      if (rule === undefined) continue;
      const { source, line } = hit.last;
      this.tell({ rule, log: source, line, timeMs: hit.timeMs, correlation: hit });
    }
  }

  get limits(): readonly string[] {
    return this.correlator.limits;
  }

  note(unseen: Unseen): void {
    if (this.unseen.length < unseenMax) this.unseen.push(unseen);
  }

  /** @returns whether anybody wants to know */
  private tell(match: TriedMatch): boolean {
    const tried = this.rules.get(match.rule.id);
    if (tried === undefined) return false;
    tried.matches += 1;
    const { log, line } = match;
    if (tried.places.length < placesMax) tried.places.push({ log, line });
    this.take(match);
    return true;
  }

  private hitOf(rule: DetectionRule, { event, log, line }: RawEvent): Hit {
    const values: Record<string, string | readonly string[]> = {};
    for (const name of this.loaded.fields.get(rule.id) ?? []) {
      const texts = textsOf(jsonSpace.getter(name)?.(event));
      if (texts !== undefined) values[name] = texts;
    }
    return {
      rule: rule.id,
      source: log,
      seq: 0,
      line,
      timeMs: this.lastMs,
      component: '',
      kind: 'other',
      values,
    };
  }
}

const notAsked = (rules: readonly Rule[]): readonly string[] => {
  const names = givenUp(rules).map(({ title }) => title);
  if (names.length === 0) return [];
  const some = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return [`Deprecated or unsupported, and not asked: ${some}${more}.`];
};

/**
 * Runs rules over events that are not in the store, as they are: fields are what they are called there, and the rules'
 * log sources are not looked at. @throws UsageError
 */
export const tryRules = async (request: TryRulesRequest): Promise<TriedReport> => {
  const { folders, said, policy, only, words, input, take } = request;
  if (folders.length === 0) {
    throw new UsageError('hunt: --events needs --rules: name the rules that are to be tried');
  }
  const loaded = loadRules({
    folders,
    said,
    policy: { ...policy, rules: [], ownRules: false },
    only,
    anySource: true,
  });
  const trial = new Trial(loaded, take);
  const [missing] = await readRawEvents({
    words,
    ...(input === undefined ? {} : { input }),
    note: unseen => trial.note(unseen),
    take: raw => trial.event(raw),
  });
  if (missing !== undefined) {
    throw new UsageError(`hunt: --events ${missing.slice(0, 200)}: no such file or folder`);
  }
  trial.end();
  const { events, matched, texts, untimed, unseen } = trial;
  const limits = [...trial.limits, ...notAsked(loaded.all)];
  const rules = [...trial.rules.values()];
  return { events, matched, texts, untimed, rules, problems: loaded.problems, unseen, limits };
};
