import { expect, test } from 'vitest';
import { countStates } from '../confirm/ask.ts';
import type { AnsweredComponent } from '../core/answer.ts';
import { componentId } from '../core/component.ts';
import type { Verdict } from '../core/verdict.ts';
import { sentenceOf } from './sentence.ts';

const verdict = (state: Verdict['state']): Verdict => ({ state, why: 'so', evidence: [] });

const part = (
  logged: Verdict['state'],
  patched: Verdict['state'] = 'pass',
  thirdParty = true,
): AnsweredComponent => ({
  id: componentId('part'),
  name: 'part',
  version: { value: '1' },
  kind: 'milter',
  origin: 'upstream',
  thirdParty,
  enabled: true,
  platform: 'part',
  foundAt: [],
  reach: [],
  logs: [],
  checks: {
    inventoried: verdict('pass'),
    patched: verdict(patched),
    logged: verdict(logged),
    retained: verdict('pass'),
    monitored: verdict('pass'),
    contained: verdict('pass'),
  },
});

const say = (parts: readonly AnsweredComponent[], unseen = 0): string =>
  sentenceOf(parts, countStates(parts), unseen);

test('the sentence counts what fails first, then what is unknown and what was not seen', () => {
  expect(say([part('pass'), part('pass', 'pass', false)])).toBe(
    '2 parts of the mail platform found, 1 of them third-party: none fails a check.',
  );
  expect(say([part('fail', 'fail'), part('unknown')], 1)).toBe(
    '2 parts of the mail platform found, 2 of them third-party: 1 patched too late or without support and 1 not fully logged; 1 answer is unknown, 1 thing could not be seen.',
  );
  expect(say([part('unknown', 'unknown')])).toMatch(/none fails a check; 2 answers are unknown\.$/);
});

test('nothing found is said plainly, and whether something could not be seen', () => {
  expect(say([])).toBe('No mail software was found below this root.');
  expect(say([], 2)).toMatch(/found below this root, and 2 things could not be seen\.$/);
});
