import { Literals } from './literals.ts';
import type { TextTest } from './regex.ts';
import { longestLiteral, type Shape, shapeTest } from './text-test.ts';

/** From here on one pass for all of them is quicker than a search for each. */
const literalsMin = 5;

/** Whether one of many patterns fits, at a cost that does not grow with their number where they are simple. */
export const anyShapeTest = (shapes: readonly Shape[]): TextTest => {
  const wholes = new Set<string>();
  const starts = new Set<string>();
  const ends = new Set<string>();
  const withins = new Set<string>();
  const others: Shape[] = [];
  for (const shape of shapes) {
    if (shape.is === 'whole') wholes.add(shape.text);
    else if (shape.is === 'start') starts.add(shape.text);
    else if (shape.is === 'end') ends.add(shape.text);
    else if (shape.is === 'within') withins.add(shape.text);
    else others.push(shape);
  }
  const tests = othersTests(others);
  if (wholes.size > 0) tests.unshift(text => wholes.has(text));
  if (starts.size > 0) tests.push(edgeTest(starts, (text, length) => text.slice(0, length)));
  if (ends.size > 0) tests.push(edgeTest(ends, (text, length) => text.slice(-length)));
  if (withins.size > 0) tests.push(withinTest(withins));
  return text => tests.some(test => test(text));
};

/** Patterns that have to be looked at one by one: only those of which a part stands in the text. */
const othersTests = (shapes: readonly Shape[]): TextTest[] => {
  const byLiteral = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const literal = longestLiteral(shape);
    const list = byLiteral.get(literal);
    if (list === undefined) byLiteral.set(literal, [shape]);
    else list.push(shape);
  }
  const bare = (byLiteral.get('') ?? []).map(shapeTest);
  byLiteral.delete('');
  if (byLiteral.size < literalsMin)
    return [...bare, ...[...byLiteral.values()].flat().map(shapeTest)];
  return [...bare, gatedTest(new Literals([...byLiteral.keys()]), [...byLiteral.values()])];
};

const gatedTest = (literals: Literals, lists: readonly (readonly Shape[])[]): TextTest => {
  // Of a long list most are never needed.
  const made: (readonly TextTest[] | undefined)[] = lists.map(() => undefined);
  const testsOf = (index: number): readonly TextTest[] => {
    const tests = made[index] ?? (lists[index] ?? []).map(shapeTest);
    made[index] = tests;
    return tests;
  };
  return text => {
    let isFound = false;
    literals.each(text, index => {
      isFound ||= testsOf(index).some(test => test(text));
    });
    return isFound;
  };
};

/** Beginnings or ends: one look-up for each length that they have. */
const edgeTest = (
  edges: ReadonlySet<string>,
  cut: (text: string, length: number) => string,
): TextTest => {
  const lengths = [...new Set([...edges].map(edge => edge.length))].sort((a, b) => a - b);
  return text => {
    for (const length of lengths) {
      if (length > text.length) return false;
      if (edges.has(cut(text, length))) return true;
    }
    return false;
  };
};

const withinTest = (withins: ReadonlySet<string>): TextTest => {
  if (withins.size < literalsMin) {
    const tests = [...withins].map(text => shapeTest({ is: 'within', text }));
    return text => tests.some(test => test(text));
  }
  const literals = new Literals([...withins]);
  return text => literals.has(text);
};
