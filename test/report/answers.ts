import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { sampleIndex } from '../../src/app/advisories/sample.ts';
import { confirm } from '../../src/app/confirm.ts';
import { loadConfiguration } from '../../src/app/load-configuration.ts';
import type { Answer } from '../../src/core/answer.ts';
import { openRoot } from '../../src/host/view.ts';
import { markers } from '../../src/inventory/take.ts';
import { answerOf, answerWith, component, hostileAnswer } from '../support/answers.ts';
import { casesIn } from '../support/cases.ts';
import { comparedAnswer } from '../support/compared-answer.ts';
import { fullAnswer } from '../support/full-answer.ts';

const sampleNow = new Date(readFileSync('sample/clock', 'utf8').trim());
const sampleConfiguration = await loadConfiguration('sample/postern.yaml');
const sampleAdvisories = await sampleIndex('sample/advisories', sampleNow);

/** What `postern confirm --sample` says, before it is put on paper. */
export const judgedSample = (): Answer =>
  confirm({
    files: openRoot('sample/root', markers),
    configuration: sampleConfiguration,
    target: { sample: true },
    now: sampleNow,
    advisories: sampleAdvisories,
  });

const platformsFolder = 'test/fixtures/platforms';

/** Every fixture of every platform, the sample, nothing at all, everything, and everything hostile. */
export const manyAnswers = (): readonly (readonly [name: string, answer: Answer])[] => [
  ['nothing', answerWith([])],
  ['one part in order', answerWith([component('example')])],
  ['all that can be said', fullAnswer()],
  ['held against others', comparedAnswer()],
  ['hostile names', hostileAnswer()],
  ...(existsSync('sample/root')
    ? [['the sample', answerOf('sample/root', sampleConfiguration)] as const]
    : []),
  ['the sample, judged by its advisories', judgedSample()],
  ...readdirSync(platformsFolder).flatMap(id =>
    casesIn(`${platformsFolder}/${id}`).map(
      ({ name, root }) => [`${id}/${name}`, answerOf(root)] as const,
    ),
  ),
];
