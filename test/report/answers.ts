import { readdirSync } from 'node:fs';
import type { Answer } from '../../src/core/answer.ts';
import { answerOf, answerWith, component, hostileAnswer } from '../support/answers.ts';
import { casesIn } from '../support/cases.ts';

const platformsFolder = 'test/fixtures/platforms';

/** Every fixture of every platform, nothing at all, and everything hostile. */
export const manyAnswers = (): readonly (readonly [name: string, answer: Answer])[] => [
  ['nothing', answerWith([])],
  ['one part in order', answerWith([component('example')])],
  ['hostile names', hostileAnswer()],
  ...readdirSync(platformsFolder).flatMap(id =>
    casesIn(`${platformsFolder}/${id}`).map(
      ({ name, root }) => [`${id}/${name}`, answerOf(root)] as const,
    ),
  ),
];
