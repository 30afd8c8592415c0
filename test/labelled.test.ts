import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { confidences } from '../src/core/personal.ts';
import type { Measured } from './support/measure.ts';
import {
  generatedCount,
  measuredMarks,
  measuredPage,
  measurement,
  writtenTexts,
} from './support/measured-page.ts';

const { written, generated, mistakes, table } = measurement();

const both = (type: string): readonly Measured[] =>
  [written.get(type), generated.get(type)].filter(of => of !== undefined);

const sum = (type: string, of: (measured: Measured) => number): number =>
  both(type).reduce((total, measured) => total + of(measured), 0);

test('the texts are as many as they should be, half of them without anything to find', () => {
  const texts = writtenTexts();
  expect(texts.length).toBeGreaterThanOrEqual(400);
  expect(texts.filter(({ spans }) => spans.length === 0).length / texts.length).toBeGreaterThan(
    0.45,
  );
  expect(generatedCount).toBeGreaterThanOrEqual(3_000);
});

test('docs/data-types.md says what is measured', () => {
  const page = readFileSync('docs/data-types.md', 'utf8');
  expect(page).toContain(measuredMarks.begin);
  // `node scripts/measure-data-types.ts` writes it anew.
  expect(page, `\n${table}\n`).toBe(measuredPage(page, table));
});

test.each(['my-number', 'payment-card', 'email'])('of %s at least 99 of 100 are found', type => {
  const labelled = sum(type, of => of.labelled);
  expect(labelled).toBeGreaterThan(100);
  expect(sum(type, of => of.found) / labelled).toBeGreaterThanOrEqual(0.99);
});

test.each([
  'my-number',
  'corporate-number',
  'drivers-licence',
  'payment-card',
  'iban',
  'yucho-account',
  'health-insurance',
  'residence-card',
  'passport',
])('of %s at least 95 of 100 that are said with medium or high confidence are right', type => {
  const right = sum(type, of => of.right.medium + of.right.high);
  const wrong = sum(type, of => of.wrong.medium + of.wrong.high);
  expect(
    right / (right + wrong),
    JSON.stringify(mistakes.filter(each => each.type === type)),
  ).toBeGreaterThanOrEqual(0.95);
});

test('what is said with more confidence is right more often', () => {
  const share = (at: number): number => {
    const confidence = confidences[at] ?? 'low';
    const types = [...written.keys()];
    const right = types.reduce((total, type) => total + sum(type, of => of.right[confidence]), 0);
    const wrong = types.reduce((total, type) => total + sum(type, of => of.wrong[confidence]), 0);
    return right / (right + wrong);
  };
  expect(share(2)).toBeGreaterThan(0.98);
  expect(share(1)).toBeGreaterThan(0.85);
  expect(share(0)).toBeLessThan(share(1));
});
