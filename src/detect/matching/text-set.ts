import { Literals } from './literals.ts';
import type { TextTest } from './regex.ts';
import { type Shape, shapeTest } from './text-test.ts';

/** Whether one of many patterns fits, at a cost that does not grow with their number where they are simple. */
export const anyShapeTest = (shapes: readonly Shape[]): TextTest => {
  const wholes = new Set<string>();
  const starts = new Set<string>();
  const ends = new Set<string>();
  const withins = new Set<string>();
  const tests: TextTest[] = [];
  for (const shape of shapes) {
    if (shape.is === 'whole') wholes.add(shape.text);
    else if (shape.is === 'start') starts.add(shape.text);
    else if (shape.is === 'end') ends.add(shape.text);
    else if (shape.is === 'within') withins.add(shape.text);
    else tests.push(shapeTest(shape));
  }
  if (wholes.size > 0) tests.unshift(text => wholes.has(text));
  if (starts.size > 0) tests.push(edgeTest(starts, (text, length) => text.slice(0, length)));
  if (ends.size > 0) tests.push(edgeTest(ends, (text, length) => text.slice(-length)));
  if (withins.size > 0) tests.push(withinTest(withins));
  return text => tests.some(test => test(text));
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

/** From here on one pass for all of them is quicker than a search for each. */
const literalsMin = 5;

const withinTest = (withins: ReadonlySet<string>): TextTest => {
  if (withins.size < literalsMin) {
    const tests = [...withins].map(text => shapeTest({ is: 'within', text }));
    return text => tests.some(test => test(text));
  }
  const literals = new Literals([...withins]);
  return text => literals.has(text);
};
