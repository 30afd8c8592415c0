import { fieldOf } from '../correlation/fields.ts';
import { fieldsOf } from '../sigma/fields-of.ts';
import type { CorrelationRule, DetectionRule, Rule } from '../sigma/nodes.ts';
import { measureSql } from './correlation-measure.ts';
import { neededBy } from './correlation-needs.ts';
import type { SqlView } from './field.ts';
import { Names } from './let.ts';
import { comment, identifier } from './literal.ts';
import { numberHolds, numberIn } from './number-condition.ts';
import { viewsCondition, viewsField } from './view-condition.ts';

/** A column of the hits of a rule: what an event says under a name; a list where it may say several things. */
interface Column {
  readonly sql: string;
  readonly isList: boolean;
}

/** Hits of a rule: a row each, with `event_id`, `t` (milliseconds since 1970) and a column for each name. */
interface Hits {
  readonly from: string;
  /** Whether an event may be there several times, in several groups. */
  readonly isGrouped: boolean;
  readonly where?: string;
  readonly columns: ReadonlyMap<string, Column>;
}

const absent: Column = { sql: 'NULL::VARCHAR', isList: false };

const listOf = ({ sql, isList }: Column): string =>
  isList ? sql : `CASE WHEN ${sql} IS NULL THEN []::VARCHAR[] ELSE [${sql}] END`;

/** Each value of a list as a row of its own, and NULL of an empty one. */
const each = (list: string, as: string): string =>
  `LATERAL (SELECT unnest(CASE WHEN len(${list}) > 0 THEN list_distinct(${list}) ELSE [NULL] END) AS v) AS ${as}`;

class CorrelationWriter {
  private readonly names = new Names();
  private readonly parts: string[] = [];
  private readonly hits = new Map<string, Hits>();
  private readonly fields: ReadonlyMap<string, readonly string[]>;

  constructor(fields: ReadonlyMap<string, readonly string[]>) {
    this.fields = fields;
  }

  get with(): string {
    return this.parts.join(',\n');
  }

  private part(name: string, sql: string, manner = ''): void {
    this.parts.push(`${name} AS ${manner}(\n${sql}\n)`);
  }

  /** One pass over the table for all rules. */
  matched(
    rules: readonly DetectionRule[],
    views: (rule: DetectionRule) => readonly SqlView[],
  ): void {
    const columns: string[] = [];
    const asked = new Set<string>();
    let first: SqlView | undefined;
    rules.forEach((rule, at) => {
      const ofRule = views(rule);
      first ??= ofRule[0];
      columns.push(`${viewsCondition(rule.when, ofRule, this.names)} AS r${at}`);
      const shown = new Map<string, Column>();
      for (const name of fieldsOf(rule.when)) asked.add(name);
      (this.fields.get(rule.id) ?? []).forEach((name, place) => {
        asked.add(name);
        const field = viewsField(name, ofRule, this.names);
        const column = `r${at}_f${place}`;
        columns.push(`${field.is === 'one' ? field.text : field.texts} AS ${column}`);
        shown.set(name, { sql: `h.${column}`, isList: field.is === 'many' });
      });
      this.hits.set(rule.id, {
        from: 'matched AS h',
        isGrouped: false,
        where: `h.r${at}`,
        columns: shown,
      });
    });
    if (first === undefined) return;
    const { table } = first;
    if (table.timeField !== undefined) asked.add(table.timeField);
    const from = table.from([...asked]);
    const any = rules.map((_, at) => `r${at}`).join(' OR ');
    this.part(
      'matched',
      `SELECT row_number() OVER () AS event_id, *
FROM (SELECT ${table.timeMs(this.names)} AS t,
  ${columns.join(',\n  ')}
FROM ${from})
WHERE t IS NOT NULL AND (${any})`,
      'MATERIALIZED ',
    );
  }

  correlation(rule: CorrelationRule, at: number): void {
    const passed = (this.fields.get(rule.id) ?? []).filter(name => !rule.groupBy.includes(name));
    const places = [...new Set(rule.rules)];
    const lists = passed.map(name =>
      places.some(id => this.hits.get(id)?.columns.get(name)?.isList === true),
    );
    const entries = places.map((id, place) =>
      this.entries(
        rule,
        id,
        place,
        passed.map((name, of) => [name, lists[of] === true]),
      ),
    );
    this.part(`entries${at}`, entries.join('\nUNION ALL\n'));
    const groups = rule.groupBy.map((_, of) => `g${of}`);
    const measured = measureSql(rule, `entries${at}`, groups, places);
    for (const [name, sql] of measured.steps) this.part(`${name}_${at}`, sql(`${at}`));
    // Names of rules are a condition of their own.
    const written = rule.expression === undefined ? rule.condition : [];
    const conditions = [
      ...measured.conditions,
      ...written.map(({ relation, value }) => numberHolds('value::DOUBLE', relation, value)),
    ];
    const kept = [...groups, ...passed.map((_, of) => `arg_min(p${of}, place) AS p${of}`)];
    this.part(
      `held${at}`,
      `SELECT event_id, t, min(first) AS first, any_value(value) AS value${kept.map(sql => `, ${sql}`).join('')}
FROM ${measured.from(`${at}`)}
WHERE ${conditions.length === 0 ? 'true' : conditions.join(' AND ')}
GROUP BY ${['event_id', 't', ...groups].join(', ')}`,
    );
    this.hits.set(rule.id, {
      from: `held${at} AS h`,
      isGrouped: true,
      columns: new Map<string, Column>([
        ...passed.map((name, of): [string, Column] => [
          name,
          { sql: `h.p${of}`, isList: lists[of] === true },
        ]),
        ...rule.groupBy.map((name, of): [string, Column] => [
          name,
          { sql: `h.g${of}`, isList: false },
        ]),
      ]),
    });
  }

  /** Hits of one rule, as many times as they have groups and values. */
  private entries(
    rule: CorrelationRule,
    id: string,
    place: number,
    passed: readonly (readonly [name: string, isList: boolean])[],
  ): string {
    const hits = this.onceEach(rule, id);
    const columnOf = (name: string): Column => hits?.columns.get(fieldOf(rule, name, id)) ?? absent;
    const laterals: string[] = [];
    const one = (column: Column, as: string): string => {
      if (!column.isList) return column.sql;
      laterals.push(each(column.sql, as));
      return `${as}.v`;
    };
    const groups = rule.groupBy.map((name, of) => `${one(columnOf(name), `g${of}`)} AS g${of}`);
    const values = this.values(rule, rule.valueFields.map(columnOf), one, laterals);
    const shown = passed.map(([name, isList], of) => {
      const column = hits?.columns.get(name) ?? absent;
      return `${isList ? listOf(column) : column.sql} AS p${of}`;
    });
    return `SELECT h.event_id, h.t, ${place} AS place${[...groups, ...values, ...shown].map(sql => `, ${sql}`).join('')}
FROM ${[hits?.from ?? '', ...laterals].join(', ')}${hits?.where === undefined ? '' : `\nWHERE ${hits.where}`}`;
  }

  /** An event at which a correlation holds for several groups is one hit in each group of another. */
  private onceEach(rule: CorrelationRule, id: string): Hits | undefined {
    const hits = this.hits.get(id);
    if (hits === undefined || !hits.isGrouped) return hits;
    const grouping = new Set(rule.groupBy.map(name => fieldOf(rule, name, id)));
    const columns = [...hits.columns].map(([name, { sql, isList }], of) => {
      const column = `c${of}`;
      return { name, sql, isList, column, isKey: grouping.has(name) };
    });
    const shown = columns.map(
      ({ sql, column, isKey }) => `, ${isKey ? sql : `first(${sql})`} AS ${column}`,
    );
    const keys = columns.filter(({ isKey }) => isKey).map(({ column }) => `, ${column}`);
    return {
      isGrouped: false,
      from: `(SELECT event_id, t${shown.join('')} FROM ${hits.from} GROUP BY event_id, t${keys.join('')}) AS h`,
      columns: new Map(
        columns.map(({ name, isList, column }) => [name, { sql: `h.${column}`, isList }]),
      ),
    };
  }

  private values(
    rule: CorrelationRule,
    columns: readonly Column[],
    one: (column: Column, as: string) => string,
    laterals: string[],
  ): readonly string[] {
    if (columns.length === 0) return [];
    if (rule.type === 'value_count') {
      const texts = columns.map((column, of) => one(column, `x${of}`));
      const [only] = texts;
      if (texts.length === 1 && only !== undefined) return [`${only} AS v`];
      return [
        `CASE WHEN ${texts.map(text => `${text} IS NOT NULL`).join(' AND ')} THEN to_json([${texts.join(', ')}])::VARCHAR END AS v`,
      ];
    }
    const [only] = columns;
    if (columns.length === 1 && only !== undefined && !only.isList)
      return [`${boundedNumber(only.sql)} AS v`];
    const lists = columns.map(listOf).map(list => `list_distinct(${list})`);
    laterals.push(
      `LATERAL (SELECT unnest(CASE WHEN len(l) > 0 THEN l ELSE [NULL] END) AS v FROM (SELECT list_concat(${lists.join(', ')}, []::VARCHAR[]) AS l)) AS x`,
    );
    return [`${boundedNumber('x.v')} AS v`];
  }
}

/** What is larger might make sums that no number can say. */
const boundedNumber = (text: string): string =>
  `CASE WHEN abs(${numberIn(text)}) <= 1e290 THEN ${numberIn(text)} END`;

/**
 * One statement that answers with the events at which a correlation holds: `time`, its groups, `value` and
 * `first_time`, when the first hit of its window was. @throws CannotSay
 */
export const correlationQuery = (
  rule: CorrelationRule,
  rules: ReadonlyMap<string, Rule>,
  views: (rule: DetectionRule) => readonly SqlView[],
): string => {
  const needed = neededBy(rule, rules);
  const writer = new CorrelationWriter(needed.fields);
  writer.matched(
    needed.rules.filter(each => each.kind === 'detection'),
    views,
  );
  const correlations = needed.rules.filter(each => each.kind === 'correlation');
  correlations.forEach((each, at) => {
    writer.correlation(each, at);
  });
  const groups = rule.groupBy.map((name, of) => `g${of} AS ${identifier(name) ?? `group_${of}`}`);
  const columns = ['epoch_ms(t) AS "time"', ...groups, 'value', 'epoch_ms(first) AS first_time'];
  return `${comment(`${rule.title} (${rule.id})`)}
WITH ${writer.with}
SELECT ${columns.join(', ')}
FROM held${correlations.length - 1}
ORDER BY t;`;
};
