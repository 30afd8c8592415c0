import { describe, expect, test } from 'vitest';
import type { Answer, AnsweredComponent } from '../../src/core/answer.ts';
import { componentId } from '../../src/core/component.ts';
import type { Finding, FlawFacts } from '../../src/core/finding.ts';
import { flawCounts, flawGroups } from '../../src/report/flaw-groups.ts';
import { html } from '../../src/report/html.ts';
import { json } from '../../src/report/json.ts';
import { text } from '../../src/report/text.ts';
import { answerWith, component } from '../support/answers.ts';
import { comparedAnswer } from '../support/compared-answer.ts';
import { fullAnswer } from '../support/full-answer.ts';
import { judgedSample } from './answers.ts';

const [example] = fullAnswer().components;
const [finding] = example?.flaws?.findings ?? [];

const flaw = (id: string, differently: Partial<Finding> = {}): Finding => {
  if (finding === undefined) throw new Error('the full answer tells of no flaw');
  return { ...finding, id, ...differently };
};

/** 250 parts, 25 of each source package, with 100 flaws each. */
const large = (): Answer =>
  answerWith(
    Array.from({ length: 250 }, (_, i): AnsweredComponent => {
      const source = `source${Math.floor(i / 25)}`;
      return component(`${source}/part${i}`, {
        package: {
          ecosystem: 'deb',
          name: `package${i}`,
          version: '1.0',
          source: { name: source, version: '1.0' },
        },
        flaws: {
          judges: [],
          exploitation: 'current',
          findings: Array.from({ length: 100 }, (_none, k) =>
            flaw(`CVE-2026-${source}-${k}`, {
              outcome: k < 20 ? 'affected' : k < 25 ? 'undetermined' : 'not-affected',
              title: 'A flaw with a title of the usual length in some part of the software',
            }),
          ),
        },
      });
    }),
    { advisories: [] },
  );

describe('flaws by piece of software', () => {
  const parts = (...all: readonly AnsweredComponent[]): Answer => answerWith(all);
  const facts = (...findings: readonly Finding[]): FlawFacts => ({
    findings,
    judges: [],
    exploitation: 'current',
  });

  test('what comes from one source package, or lies in one copy, is one', () => {
    const owned = {
      ecosystem: 'deb',
      version: '1',
      source: { name: 'dovecot', version: '1' },
    } as const;
    const groups = flawGroups(
      parts(
        component('dovecot', {
          package: { ...owned, name: 'dovecot-core' },
          flaws: facts(flaw('A')),
        }),
        component('dovecot/sieve', {
          package: { ...owned, name: 'dovecot-sieve' },
          partOf: componentId('dovecot'),
          flaws: facts(flaw('A')),
        }),
        component('webmail@/srv', { platform: 'webmail', flaws: facts(flaw('A')) }),
        component('webmail@/srv/acl', {
          platform: 'webmail',
          partOf: componentId('webmail@/srv'),
          flaws: facts(flaw('A')),
        }),
        component('silent'),
      ),
    );
    expect(groups.map(({ name, components }) => [name, components.length])).toEqual([
      ['dovecot', 2],
      ['webmail@/srv', 2],
    ]);
    expect(flawCounts(groups)).toMatchObject({ open: 2, groups: 2, exploited: 2, overdue: 2 });
  });

  test('where parts are judged differently, the worse stands for all', () => {
    const [group] = flawGroups(
      parts(
        component('a', { platform: 'a', flaws: facts(flaw('A', { outcome: 'not-affected' })) }),
        component('a/b', {
          platform: 'a',
          partOf: componentId('a'),
          flaws: facts(flaw('A', { outcome: 'affected' })),
        }),
      ),
    );
    expect(group?.open.map(each => each.finding.id)).toEqual(['A']);
    expect(group?.notAffected).toEqual([]);
  });

  test('a person closes what could not be told, never what is seen to apply', () => {
    const steps = [
      { state: 'triaged-clean', on: '2026-11-01T00:00:00Z', by: 'Mail Team', why: 'looked' },
    ] as const;
    const [group] = flawGroups(
      parts(
        component('a', {
          flaws: facts(flaw('A', { steps }), flaw('B', { steps, outcome: 'undetermined' })),
        }),
      ),
    );
    expect(group?.open.map(each => each.finding.id)).toEqual(['A']);
    expect(group?.closed.map(each => each.finding.id)).toEqual(['B']);
    expect(group?.undetermined).toEqual([]);
  });

  test('a page on 250 parts with 100 flaws each stays small, and says what it left out', () => {
    const page = html(large());
    expect(page.length).toBeLessThan(3_000_000);
    expect(page).toContain('Shared by 25 parts');
    const written = text(large(), { color: false });
    expect(written.split('\n').length).toBeLessThan(900);
    expect(written).toMatch(/^ {2}and 20 more$/m);
  });
});

describe('JSON', () => {
  interface Told {
    readonly components: readonly {
      readonly id: string;
      readonly flaws?: { readonly findings: readonly string[] };
    }[];
    readonly flaws?: Readonly<Record<string, Finding & { readonly software: string }>>;
  }
  const told = (answer: Answer): Told => JSON.parse(json(answer)) as Told;

  test.each([
    ['250 parts with 100 flaws each', large()],
    ['the sample', judgedSample()],
  ])('%s: whoever follows a part’s references reads what was found of it', (_, answer) => {
    const { components, flaws } = told(answer);
    const read = components.map(each =>
      each.flaws?.findings.map(name => {
        const { software, ...found } = flaws?.[name] ?? { software: '' };
        expect(name.startsWith(software) && software !== '').toBe(true);
        return found;
      }),
    );
    expect(read).toEqual(answer.components.map(each => each.flaws?.findings));
    const used = new Set(components.flatMap(each => each.flaws?.findings ?? []));
    expect(new Set(Object.keys(flaws ?? {}))).toEqual(used);
  });

  test('says a flaw once for each piece of software, however many parts share it', () => {
    const { flaws } = told(large());
    expect(Object.keys(flaws ?? {})).toHaveLength(1_000);
    expect(json(large()).length).toBeLessThan(5_000_000);
  });

  test('says it again where it is not the same of all parts, and under no other one’s name', () => {
    const answer = answerWith(
      (['A', 'A', 'A (2)', 'A'] as const).map((id, i) =>
        component(`part${i}`, {
          package: { ecosystem: 'deb', name: 'one', version: '1' },
          flaws: {
            judges: [],
            exploitation: 'current',
            findings: [flaw(id, { why: i < 3 ? 'of most' : 'of the last' })],
          },
        }),
      ),
    );
    const { components, flaws } = told(answer);
    expect(components.map(each => each.flaws?.findings)).toEqual([
      ['deb:one A'],
      ['deb:one A'],
      ['deb:one A (2)'],
      ['deb:one A (3)'],
    ]);
    expect(Object.values(flaws ?? {}).map(({ id, why }) => `${id} ${why}`)).toEqual([
      'A of most',
      'A (2) of most',
      'A of the last',
    ]);
  });

  test('speaks of no flaws where there is no database', () => {
    expect(told(answerWith([component('example')])).flaws).toBeUndefined();
  });
});

describe('what an answer is compared with', () => {
  const written = text(comparedAnswer(), { color: false });

  test('stands in the text: what to patch first, both sides, what changed', () => {
    expect(written).toMatch(/^1\. roundcube@.* 1\.5\.12: 1680 days overdue$/m);
    expect(written).toMatch(
      /^2\. nginx .*: due 2026-12-01\n    mends CVE-1900-10003, exploitation likely \(EPSS 31%\)$/m,
    );
    expect(written).toMatch(/^apt update && apt install --only-upgrade nginx$/m);
    expect(written).toMatch(/^ {2}mail platform +12 +19 days +61 days +13 +10$/m);
    expect(written).toMatch(/^ {2}other answers: example0 patched pass → fail$/m);
  });
});
