import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../src/app/configuration.ts';
import { findingsOf } from '../../src/report/findings.ts';
import { manyAnswers } from '../report/answers.ts';
import { readRemedy } from '../support/remedy.ts';

/** Answers whose texts are made up, so that every key and every odd name is there once. */
const invented: ReadonlySet<string> = new Set([
  'hostile names',
  'all that can be said',
  'held against others',
]);

/** Whoever pastes a remedy must not have to guess where it goes, whatever the platform. */
describe('remedies', () => {
  test.each(manyAnswers().filter(([name]) => !invented.has(name)))(
    'of %s say where each line goes, and fit a terminal',
    (_, { components }) => {
      for (const { id, logs, checks: verdicts } of components) {
        for (const { question, remedy } of logs) {
          if (remedy === undefined) continue;
          expect(() => readRemedy(remedy), `${id}, ${question}:\n${remedy}`).not.toThrow();
        }
        for (const [check, { remedy }] of Object.entries(verdicts)) {
          // Packages are mended by commands.
          if (remedy === undefined || check === 'patched') continue;
          expect(() => readRemedy(remedy), `${id}, ${check}:\n${remedy}`).not.toThrow();
        }
      }
    },
  );

  test.each(manyAnswers())('of %s for postern.yaml are what it reads', (_, answer) => {
    for (const { check, verdict } of findingsOf(answer)) {
      const remedy = verdict.remedy ?? '';
      if (!remedy.includes('postern.yaml (below the key')) continue;
      expect(
        () => parseConfiguration('postern.yaml', remedy),
        `${check}:\n${remedy}`,
      ).not.toThrow();
    }
  });
});
