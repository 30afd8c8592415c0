import { simplify } from '../matching/simplify.ts';
import type { Comparison, Node } from '../sigma/nodes.ts';
import { CannotSay } from './cannot-say.ts';
import type { SqlField, SqlTable } from './field.ts';
import type { Names } from './let.ts';
import { networksCondition } from './network-condition.ts';
import { numberCondition, numberIsOneOf } from './number-condition.ts';
import { regexCondition } from './regex-condition.ts';
import { textsCondition } from './text-condition.ts';
import { timeCondition } from './time-condition.ts';

type FieldNode = Extract<Node, { is: 'field' }>;
type Of<Is extends Comparison['is']> = Extract<Comparison, { is: Is }>;

/**
 * SQL says "unknown" (NULL) where a field has no value, and `NOT` of that is unknown again. A rule knows only true and
 * false, so what is negated says false first; elsewhere unknown does as well as false, and is left, for the database
 * to plan with.
 */
const signed = (condition: string, isNegated: boolean): string =>
  isNegated ? `NOT coalesce(${condition}, false)` : condition;

/** Of a condition that is never unknown. */
const signedSure = (condition: string, isNegated: boolean): string =>
  isNegated ? `NOT (${condition})` : condition;

/** The condition of a rule over rows of a table, as an expression of type BOOLEAN. */
export class ConditionWriter {
  private readonly table: SqlTable;
  private readonly names: Names;
  private isDeep = false;

  constructor(table: SqlTable, names: Names) {
    this.table = table;
    this.names = names;
  }

  /** @throws CannotSay */
  write(node: Node): string {
    const simple = simplify(node);
    const depth = depthOf(simple);
    this.isDeep = depth > shallowMax;
    if (depth > depthMax) {
      throw new CannotSay(
        `the condition is nested more than ${depthMax} deep: DuckDB is too slow for it`,
      );
    }
    return this.node(simple, false);
  }

  /**
   * The condition or, negated, its opposite: `NOT` stands before what is asked of a field and nowhere else, for
   * DuckDB takes minutes over a hundred that lie within each other.
   */
  private node(node: Node, isNegated: boolean): string {
    switch (node.is) {
      case 'not':
        return this.node(node.of, !isNegated);
      case 'all': {
        const conditions = node.of.map(each => this.node(each, isNegated));
        return isNegated ? either(conditions, this.isDeep) : both(conditions, this.isDeep);
      }
      case 'any':
        return this.any(node.of, isNegated);
      case 'keyword':
        return this.keywords([node.compare], isNegated);
      case 'field':
        return this.field(node.field, node.compare, isNegated);
    }
  }

  /** What one field is compared with is one condition, however many there are. */
  private any(nodes: readonly Node[], isNegated: boolean): string {
    const conditions: string[] = [];
    const lists = new Map<string, FieldNode[]>();
    const keywords: Comparison[] = [];
    for (const node of nodes) {
      const key = node.is === 'field' ? listOf(node) : undefined;
      if (node.is === 'keyword') keywords.push(node.compare);
      else if (node.is === 'field' && key !== undefined) {
        const list = lists.get(key);
        if (list === undefined) lists.set(key, [node]);
        else list.push(node);
      } else conditions.push(this.node(node, isNegated));
    }
    for (const [key, list] of lists) {
      const compares = list.map(({ compare }) => compare);
      conditions.push(this.values(fieldOfKey(key), each => this.list(each, compares), isNegated));
    }
    if (keywords.length > 0) conditions.push(this.keywords(keywords, isNegated));
    return isNegated ? both(conditions, this.isDeep) : either(conditions, this.isDeep);
  }

  private list(text: string, compares: readonly Comparison[]): string {
    const texts = compares.filter(compare => compare.is === 'text');
    if (texts.length > 0) return textsCondition(text, texts);
    const numbers = compares.flatMap(compare => (compare.is === 'number' ? [compare.value] : []));
    if (numbers.length > 0) return numberIsOneOf(text, numbers);
    const networks = compares.flatMap(compare => (compare.is === 'cidr' ? [compare.network] : []));
    return networksCondition(text, networks, this.names);
  }

  /** Whether one of a field's values fulfils a condition. */
  private values(name: string, test: (text: string) => string, isNegated: boolean): string {
    const field = this.table.field(name, this.names);
    return field === undefined ? `${isNegated}` : this.valuesOf(field, test, isNegated);
  }

  private valuesOf(field: SqlField, test: (text: string) => string, isNegated: boolean): string {
    if (field.is === 'one') return signed(test(field.text), isNegated);
    const value = this.names.next('t');
    const found = `len(list_filter(${field.texts}, lambda ${value}: coalesce(${test(value)}, false)))`;
    return `${found} ${isNegated ? '=' : '>'} 0`;
  }

  private field(name: string, compare: Comparison, isNegated: boolean): string {
    switch (compare.is) {
      case 'null':
        return signedSure(this.isNull(name), isNegated);
      case 'exists': {
        const exists = this.table.field(name, this.names)?.exists ?? 'false';
        return signedSure(exists, isNegated === compare.wanted);
      }
      case 'field':
        return this.otherField(name, compare, isNegated);
      case 'text':
      case 'regex':
      case 'cidr':
      case 'number':
      case 'boolean':
      case 'time':
        return this.values(name, text => this.compared(text, compare), isNegated);
    }
  }

  private compared(
    text: string,
    compare: Exclude<Comparison, { is: 'null' | 'exists' | 'field' }>,
  ): string {
    switch (compare.is) {
      case 'text':
        return textsCondition(text, [compare]);
      case 'regex':
        return regexCondition(text, compare);
      case 'cidr':
        return networksCondition(text, [compare.network], this.names);
      case 'number':
        return numberCondition(text, compare.relation, compare.value);
      case 'boolean':
        return `lower(${text}) = '${compare.value}'`;
      case 'time':
        return timeCondition(text, compare, this.names);
    }
  }

  /** Absent, null, a null among others, or a list of nothing. */
  private isNull(name: string): string {
    const field = this.table.field(name, this.names);
    if (field === undefined) return 'true';
    if (field.is === 'one') return `${field.text} IS NULL`;
    const value = this.names.next('t');
    return this.names.let(
      field.texts,
      texts =>
        `(len(${texts}) = 0 OR len(list_filter(${texts}, lambda ${value}: ${value} IS NULL)) > 0)`,
    );
  }

  private otherField(name: string, compare: Of<'field'>, isNegated: boolean): string {
    const other = this.table.field(compare.field, this.names);
    if (other === undefined) return `${isNegated}`;
    const as = (text: string): string => (compare.cased ? text : `lower(${text})`);
    const fits = (text: string, part: string): string => {
      const both = `${as(text)}, ${as(part)}`;
      switch (compare.where) {
        case 'whole':
          return `${as(text)} = ${as(part)}`;
        case 'within':
          return `contains(${both})`;
        case 'start':
          return `starts_with(${both})`;
        case 'end':
          return `ends_with(${both})`;
      }
    };
    return this.values(
      name,
      text => this.valuesOf(other, part => fits(text, part), false),
      isNegated,
    );
  }

  /** Of any text of a row; the reader has put wildcards around what may stand anywhere in it. */
  private keywords(compares: readonly Comparison[], isNegated: boolean): string {
    const texts: SqlField = { is: 'many', texts: this.table.texts(this.names), exists: 'true' };
    const lists = new Map<string, Comparison[]>();
    for (const compare of compares) {
      const key = compare.is === 'text' ? `${compare.cased}` : 'others';
      lists.set(key, [...(lists.get(key) ?? []), compare]);
    }
    const conditions = [...lists].map(([key, list]) =>
      this.valuesOf(
        texts,
        text => {
          if (key !== 'others') return this.list(text, list);
          return either(
            list.map(compare => this.keyword(text, compare)),
            false,
          );
        },
        isNegated,
      ),
    );
    return isNegated ? both(conditions, this.isDeep) : either(conditions, this.isDeep);
  }

  private keyword(text: string, compare: Comparison): string {
    // Of no field nothing can be said; the reader of rules makes no such keywords.
    return compare.is === 'null' || compare.is === 'exists' || compare.is === 'field'
      ? 'false'
      : this.compared(text, compare);
  }
}

/** Nodes with the same are one list; undefined: by itself. */
const listOf = ({ field, compare }: FieldNode): string | undefined => {
  if (compare.is === 'text') return `${compare.cased ? 'c' : 'f'}${field}`;
  if (compare.is === 'number' && compare.relation === 'eq') return `=${field}`;
  return compare.is === 'cidr' ? `n${field}` : undefined;
};

/** More of them by OR, and DuckDB takes minutes to plan the query: it compares each with every other. */
const byOrMax = 20;

const cases = (conditions: readonly string[]): string =>
  `CASE ${conditions.map(each => `WHEN ${each} THEN true`).join(' ')} ELSE false END`;

/** @param isDeep where many lie within each other, AND and OR take DuckDB minutes as well */
const either = (conditions: readonly string[], isDeep: boolean): string => {
  const [only] = conditions;
  if (only === undefined) return 'false';
  if (conditions.length === 1) return only;
  if (isDeep || conditions.length > byOrMax) return cases(conditions);
  return `(${conditions.join(' OR ')})`;
};

const both = (conditions: readonly string[], isDeep: boolean): string => {
  const [only] = conditions;
  if (only === undefined) return 'true';
  if (conditions.length === 1) return only;
  if (!isDeep) return `(${conditions.join(' AND ')})`;
  const refused = conditions.map(each => `WHEN NOT coalesce(${each}, false) THEN false`);
  return `CASE ${refused.join(' ')} ELSE true END`;
};

/** From here on a condition is deep. */
const shallowMax = 12;

/** Beyond it DuckDB, whose expressions may have 1,000 levels, takes many seconds to plan or refuses. */
const depthMax = 700;

const depthOf = (node: Node): number => {
  if (node.is === 'not') return depthOf(node.of) + 1;
  if (node.is !== 'all' && node.is !== 'any') return 1;
  let deepest = 0;
  for (const each of node.of) deepest = Math.max(deepest, depthOf(each));
  return deepest + 1;
};

const fieldOfKey = (key: string): string => key.slice(1);
