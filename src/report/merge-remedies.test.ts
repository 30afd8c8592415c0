import { expect, test } from 'vitest';
import { shipCopy } from '../confirm/retained-remedies.ts';
import type { AccessLog } from '../core/access-log.ts';
import { mergeRemedies } from './merge-remedies.ts';

const writes = (path: string): AccessLog => ({
  question: 'who logged in',
  emitted: 'on',
  why: '',
  sink: { to: 'file', path },
});

test('what is the same is not repeated', () => {
  expect(
    mergeRemedies(['# in /etc/x, at its end:\na {\n}', '# in /etc/x, at its end:\na {\n}']),
  ).toBe('# in /etc/x, at its end:\na {\n}');
});

test('a module is loaded once, and a copy sent once, for the files of several parts', () => {
  const merged = mergeRemedies([
    shipCopy([]),
    shipCopy([writes('/srv/a')]),
    shipCopy([writes('/srv/b')]),
  ]);
  const lines = merged.split('\n');
  expect(lines.filter(line => line.startsWith('module('))).toHaveLength(1);
  expect(lines.filter(line => line.startsWith('*.*'))).toHaveLength(1);
  expect(lines.filter(line => line.startsWith('input('))).toHaveLength(2);
  expect(lines.filter(line => line.startsWith('# in '))).toHaveLength(1);
});

test('lines that close blocks are never joined with others', () => {
  const first = '# in /etc/x, at its end:\na {\n}\nb {\n}';
  expect(mergeRemedies([first, '# in /etc/x, at its end:\nc {\n}'])).toBe(first);
});

test('lines for different places stand for the first part alone', () => {
  const first = '# in /etc/x, at its end:\na';
  expect(mergeRemedies([first, '# in /etc/y, at its end:\nb'])).toBe(first);
});
