import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hitOfEvent } from '../../src/app/hunt/hits.ts';
import type { LoadedRules } from '../../src/app/hunt/pipeline.ts';
import { watchRules } from '../../src/app/hunt/watch-rules.ts';
import { watchedEvent } from '../../src/app/hunt/watched.ts';
import type { WatchedEvent } from '../../src/core/watched-event.ts';
import { Correlator } from '../../src/detect/correlation/correlator.ts';
import type { Rule } from '../../src/detect/sigma/nodes.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { type CaseContext, readLines } from './formats.ts';

/** What a case of a rule says beside its lines; all of it may be absent. */
interface RuleContext extends CaseContext {
  /** Lines of `match.log` that fulfil it; all that make an event, or that nobody understands. */
  readonly hits?: readonly number[];
}

/** `test/fixtures/rules/<file of the rule>/{match.log,other.log,context.json?}`. */
export interface RuleCase {
  readonly name: string;
  readonly match: string;
  readonly other: string;
  readonly context: RuleContext;
}

const folder = 'test/fixtures/rules';

export const ruleCases = (): readonly RuleCase[] =>
  readdirSync(folder)
    .sort()
    .map(name => {
      const read = (file: string): string => readFileSync(join(folder, name, file), 'utf8');
      return {
        name,
        match: read('match.log'),
        other: read('other.log'),
        context: existsSync(join(folder, name, 'context.json'))
          ? (JSON.parse(read('context.json')) as RuleContext)
          : {},
      };
    });

/** Lines of a log as a hunt gets them to see: events, and what nobody understood. */
export const watchedLines = (log: string, context: CaseContext = {}): readonly WatchedEvent[] => {
  let timeMs = 0;
  return readLines(logFormats, log, context).flatMap(({ line, parsed, format }) => {
    if ('quiet' in parsed) return [];
    if ('event' in parsed) timeMs = parsed.event.time.atMs ?? timeMs;
    const kept = {
      source: 'x',
      seq: 0,
      line: line.number,
      sequence: line.number,
      log: 'x.log',
      format,
      text: line.text,
      parsed,
    };
    return [watchedEvent(kept, timeMs)];
  });
};

export interface Told {
  readonly rule: Rule;
  readonly line: number;
}

/** What rules tell of some lines, those that only feed correlations left out. */
export class RuleTeller {
  private readonly loaded: LoadedRules;
  private readonly watched: ReturnType<typeof watchRules>;
  private readonly byId: ReadonlyMap<string, Rule>;

  constructor(loaded: LoadedRules) {
    this.loaded = loaded;
    this.watched = watchRules(loaded);
    this.byId = new Map(loaded.rules.map(rule => [rule.id, rule]));
  }

  tell(lines: readonly WatchedEvent[]): readonly Told[] {
    const correlator = new Correlator(this.loaded.rules);
    const told: Told[] = [];
    const note = (id: string, line: number): void => {
      const rule = this.byId.get(id);
      if (rule !== undefined && this.loaded.alerting.has(id)) told.push({ rule, line });
    };
    for (const event of lines) {
      for (const watched of this.watched) {
        if (!watched.matches(event)) continue;
        note(watched.rule.id, event.line);
        correlator.add(hitOfEvent(watched, event));
      }
    }
    for (const { rule, last } of correlator.advance(Number.POSITIVE_INFINITY))
      note(rule, last.line);
    return told;
  }
}
