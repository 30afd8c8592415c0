import { UsageError } from '../../core/errors.ts';
import type { DetectionRule } from '../../detect/sigma/nodes.ts';
import { CannotSay } from '../../detect/sql/cannot-say.ts';
import { correlationQuery } from '../../detect/sql/correlation-query.ts';
import type { SqlView } from '../../detect/sql/field.ts';
import { flatTable } from '../../detect/sql/flat-table.ts';
import { jsonTable } from '../../detect/sql/json-table.ts';
import { eventsTable, ocsfTable } from '../../detect/sql/kept-tables.ts';
import { comment, identifier, textLiteral } from '../../detect/sql/literal.ts';
import { detectionQuery } from '../../detect/sql/query.ts';
import { sourceViews } from '../../detect/sql/source-views.ts';
import type { LoadedRules } from './pipeline.ts';

/** What kinds of tables rules can be asked of, and what each is. */
const sqlKinds = {
  flat: 'columns called as the rules call their fields',
  events: 'what `postern events --format parquet --raw` writes',
  ocsf: 'OCSF as NDJSON, as `postern events --format ndjson --raw` writes it',
  json: 'records as NDJSON, with the names of fields that the rules use',
} as const;
type SqlKind = keyof typeof sqlKinds;

/** Which table, and where it is. */
export interface SqlTarget {
  readonly kind: SqlKind;
  /** A table or view, or a file: Parquet, CSV, NDJSON. */
  readonly from: string;
  /** The field that says when, of `flat` and `json`. */
  readonly time: string;
}

/** What is asked where nothing is said: a table `events`, whose column `time` says when. */
export const sqlTarget: SqlTarget = { kind: 'flat', from: 'events', time: 'time' };

const isKind = (word: string): word is SqlKind => Object.hasOwn(sqlKinds, word);

/** `flat`, `flat:events`, `events:2026.parquet`, `json:audit.ndjson@CreationTime`. @throws UsageError */
export const sqlTargetOf = (text: string): SqlTarget => {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  if (!isKind(kind)) {
    const known = Object.keys(sqlKinds).join(', ');
    throw new UsageError(`--table ${text}: expected one of ${known}, then :TABLE or :FILE`);
  }
  const rest = colon < 0 ? 'events' : text.slice(colon + 1);
  const at = rest.lastIndexOf('@');
  const from = at < 1 ? rest : rest.slice(0, at);
  const time = at < 1 ? sqlTarget.time : rest.slice(at + 1);
  if (from === '' || time === '') throw new UsageError(`--table ${text}: expected ${kind}:TABLE`);
  return { kind, from, time };
};

const readers: readonly (readonly [end: RegExp, reader: string, jsonReader?: string])[] = [
  [/\.parquet$/i, 'read_parquet'],
  [/\.csv(?:\.gz|\.zst)?$/i, 'read_csv'],
  [/\.(?:json|ndjson|jsonl)(?:\.gz|\.zst)?$/i, 'read_json_auto', 'read_ndjson_objects'],
];

/** What stands behind FROM. A name with dots is of a table in a schema. */
const sourceOf = ({ kind, from }: SqlTarget): string => {
  const found = readers.find(([end]) => end.test(from));
  const isDocument = kind === 'ocsf' || kind === 'json';
  if (found !== undefined) {
    return `${(isDocument ? found[2] : undefined) ?? found[1]}(${textLiteral(from)})`;
  }
  const names = from.split('.').map(identifier);
  if (names.includes(undefined))
    throw new UsageError(`--table ${kind}:${from}: no such name can be`);
  return names.join('.');
};

const viewsOf = (
  target: SqlTarget,
  { maps }: Pick<LoadedRules, 'maps'>,
): ((rule: DetectionRule) => readonly SqlView[]) => {
  const source = sourceOf(target);
  switch (target.kind) {
    case 'flat': {
      const views = [{ table: flatTable(source, target.time) }];
      return () => views;
    }
    case 'json': {
      const views = [{ table: jsonTable(source, target.time) }];
      return () => views;
    }
    case 'events': {
      const table = eventsTable(source);
      return rule => sourceViews(table, rule.source, maps);
    }
    case 'ocsf': {
      const table = ocsfTable(source);
      return rule => sourceViews(table, rule.source, maps);
    }
  }
};

export interface PrintedSql {
  /** Statements, each with a comment that says of which rule it is. */
  readonly text: string;
  readonly printed: number;
  /** Rules that cannot be asked of the table, and why. */
  readonly left: readonly { readonly rule: string; readonly why: string }[];
}

/** The rules that tell of what they see, as SQL for DuckDB 1.3 or later. */
export const printSql = (
  rules: Pick<LoadedRules, 'rules' | 'maps' | 'alerting'>,
  target: SqlTarget,
): PrintedSql => {
  const views = viewsOf(target, rules);
  const byId = new Map(rules.rules.map(rule => [rule.id, rule]));
  const statements: string[] = [];
  const left: { rule: string; why: string }[] = [];
  for (const rule of rules.rules) {
    if (!rules.alerting.has(rule.id)) continue;
    try {
      statements.push(
        rule.kind === 'detection'
          ? detectionQuery(rule, views(rule))
          : correlationQuery(rule, byId, views),
      );
    } catch (thrown) {
      if (!(thrown instanceof CannotSay)) throw thrown;
      left.push({ rule: rule.id, why: thrown.message });
      statements.push(
        `${comment(`${rule.title} (${rule.id})`)}\n${comment(`Left out: ${thrown.message}.`)}`,
      );
    }
  }
  return {
    text: `${statements.join('\n\n')}\n`,
    printed: statements.length - left.length,
    left,
  };
};
