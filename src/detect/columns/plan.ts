import type { FieldSpace, FieldValue, Scalar } from '../fields/field-space.ts';
import { compileMatcher } from '../matching/compile.ts';
import type { Node } from '../sigma/nodes.ts';

/** What is asked of the value of one field: the same object for the same question, so that it is asked once. */
export interface ColumnTest {
  readonly id: number;
  /** What is asked, about a field of whatever name. */
  readonly node: Node;
  readonly matches: (value: FieldValue) => boolean;
}

/** A condition, cut into what each field is asked for by itself. */
export type Plan =
  /** Without a field: of all texts of the event. */
  | { readonly is: 'test'; readonly field: string | undefined; readonly test: ColumnTest }
  /** Needs the whole event: fields that are compared with each other. */
  | { readonly is: 'line' }
  | { readonly is: 'all' | 'any'; readonly of: readonly Plan[] }
  | { readonly is: 'not'; readonly of: Plan };

const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value);

/** Whatever a field is called, it is the value that is asked about. */
const valueSpace: FieldSpace<FieldValue> = {
  getter: () => value => value,
  texts: value => (isList(value) ? value : [value]).filter(each => typeof each === 'string'),
  timeMs: () => 0,
};

const mixed = Symbol('several fields');

/** The one field that a condition asks for; undefined: all texts. */
const fieldOf = (node: Node): string | undefined | typeof mixed => {
  switch (node.is) {
    case 'field':
      return node.compare.is === 'field' ? mixed : node.field;
    case 'keyword':
      return undefined;
    case 'not':
      return fieldOf(node.of);
    case 'all':
    case 'any': {
      const [first, ...others] = node.of;
      if (first === undefined) return mixed;
      const field = fieldOf(first);
      return others.every(each => fieldOf(each) === field) ? field : mixed;
    }
  }
};

/** The same question about another field is the same test. */
const keyOf = (node: Node): string =>
  JSON.stringify(node, (key, value: unknown) => (key === 'field' ? undefined : value));

/** Makes plans; those of all rules share their tests. */
export class Planner {
  private readonly tests = new Map<string, ColumnTest>();

  plan(node: Node): Plan {
    const field = fieldOf(node);
    if (field !== mixed) return { is: 'test', field, test: this.test(node) };
    switch (node.is) {
      case 'field':
      case 'keyword':
        return { is: 'line' };
      case 'not':
        return { is: 'not', of: this.plan(node.of) };
      case 'all':
      case 'any':
        return this.several(node.is, node.of);
    }
  }

  /** What is asked of one field, here and there in a list, is asked at once: a list of values is one test. */
  private several(is: 'all' | 'any', of: readonly Node[]): Plan {
    const byField = new Map<string | undefined, Node[]>();
    const others: Plan[] = [];
    for (const each of of) {
      const field = fieldOf(each);
      if (field === mixed) others.push(this.plan(each));
      else {
        const list = byField.get(field);
        if (list === undefined) byField.set(field, [each]);
        else list.push(each);
      }
    }
    const tests = [...byField].map(([field, list]): Plan => {
      const [only] = list;
      const node: Node = list.length === 1 && only !== undefined ? only : { is, of: list };
      return { is: 'test', field, test: this.test(node) };
    });
    return { is, of: [...tests, ...others] };
  }

  private test(node: Node): ColumnTest {
    const key = keyOf(node);
    const known = this.tests.get(key);
    if (known !== undefined) return known;
    const test = { id: this.tests.size, node, matches: compileMatcher({ when: node }, valueSpace) };
    this.tests.set(key, test);
    return test;
  }
}
