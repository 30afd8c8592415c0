import { existsSync, readdirSync } from 'node:fs';
import type { Answer } from '../../src/core/answer.ts';
import { answerOf, answerWith, component, hostileAnswer } from '../support/answers.ts';
import { casesIn } from '../support/cases.ts';
import { fullAnswer } from '../support/full-answer.ts';

const platformsFolder = 'test/fixtures/platforms';

/** Every fixture of every platform, the sample, nothing at all, everything, and everything hostile. */
export const manyAnswers = (): readonly (readonly [name: string, answer: Answer])[] => [
  ['nothing', answerWith([])],
  ['one part in order', answerWith([component('example')])],
  ['all that can be said', fullAnswer()],
  ['hostile names', hostileAnswer()],
  ...(existsSync('sample/root')
    ? [['the sample', answerOf('sample/root', 'sample/postern.yaml')] as const]
    : []),
  ...readdirSync(platformsFolder).flatMap(id =>
    casesIn(`${platformsFolder}/${id}`).map(
      ({ name, root }) => [`${id}/${name}`, answerOf(root)] as const,
    ),
  ),
];
