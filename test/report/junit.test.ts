import { describe, expect, test } from 'vitest';
import { readXml, type XmlElement } from '../../src/core/formats/xml.ts';
import { checks } from '../../src/core/verdict.ts';
import { junit } from '../../src/report/junit.ts';
import { answerWith, component, hostileAnswer } from '../support/answers.ts';
import { fullAnswer } from '../support/full-answer.ts';
import { manyAnswers } from './answers.ts';

const parse = (text: string): XmlElement => {
  const { root, fault } = readXml(text);
  expect(fault).toBeUndefined();
  if (root === undefined) throw new Error('no root element');
  return root;
};

const casesOf = ({ children }: XmlElement): readonly XmlElement[] =>
  children.filter(({ name }) => name === 'testcase');

const number = (element: XmlElement, name: string): number => Number(element.attributes.get(name));

describe('JUnit', () => {
  test.each(manyAnswers())('%s is well formed and counts what it holds', (_, answer) => {
    const root = parse(junit(answer));
    expect(root.name).toBe('testsuites');
    expect(root.children.map(each => each.attributes.get('name'))).toEqual([...checks]);
    const cases = root.children.flatMap(casesOf);
    expect(cases.length).toBe(answer.components.length * checks.length);
    expect(number(root, 'tests')).toBe(cases.length);
    const holding = (name: string): number =>
      cases.filter(each => each.children.some(child => child.name === name)).length;
    expect(number(root, 'failures')).toBe(holding('failure'));
    expect(number(root, 'skipped')).toBe(holding('skipped'));
    for (const suite of root.children) {
      expect(number(suite, 'tests')).toBe(casesOf(suite).length);
    }
  });

  test('a failure carries its reason and remedy, unknown is skipped with its reason', () => {
    const answer = answerWith([
      component('example', {
        checks: {
          ...component('example').checks,
          logged: { state: 'fail', why: 'it is "off" & <quiet>', evidence: [], remedy: 'a = 1\nb' },
          patched: { state: 'unknown', why: 'no index', evidence: [], remedy: '# look' },
        },
      }),
    ]);
    const cases = parse(junit(answer)).children.flatMap(casesOf);
    const caseOf = (name: string) => cases.find(each => each.attributes.get('name') === name);
    const failure = caseOf('logged')?.children[0];
    expect(failure?.attributes.get('message')).toBe('it is "off" & <quiet>');
    expect(failure?.text).toBe('a = 1\nb');
    expect(caseOf('patched')?.children[0]?.attributes.get('message')).toBe('unknown: no index');
    expect(caseOf('contained')?.children).toEqual([]);
    expect(caseOf('contained')?.attributes.get('classname')).toBe('example');
  });

  test('a failure of patched names each flaw that is overdue, the longest first', () => {
    const example = fullAnswer().components[0];
    const finding = example?.flaws?.findings[0];
    if (example === undefined || finding === undefined) throw new Error('no finding');
    const late = (id: string, overdueDays: number) => ({
      ...finding,
      id,
      deadline: { days: 3, on: '2026-06-02', why: 'x', overdueDays, triage: false },
    });
    const answer = answerWith([
      {
        ...example,
        flaws: {
          judges: [],
          exploitation: 'current',
          findings: [late('CVE-2026-1', 2), late('CVE-2026-2', 40), late('CVE-2026-3', -1)],
        },
        checks: {
          ...example.checks,
          patched: { state: 'fail', why: 'open', evidence: [], remedy: 'mend' },
        },
      },
    ]);
    const failure = parse(junit(answer))
      .children.flatMap(casesOf)
      .find(each => each.attributes.get('name') === 'patched')?.children[0];
    expect(failure?.text).toBe(
      '# CVE-2026-2: 40 days past 2026-06-02, exploited, mended in 1.1\n# CVE-2026-1: 2 days past 2026-06-02, exploited, mended in 1.1\nmend',
    );
  });

  test('no character that XML forbids comes out', () => {
    expect(junit(hostileAnswer())).not.toMatch(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff]/u,
    );
  });

  test('the suite of patched says how old each source is', () => {
    const suite = parse(junit(fullAnswer())).children.find(
      each => each.attributes.get('name') === 'patched',
    );
    const ages = suite?.children.find(({ name }) => name === 'properties')?.children;
    expect(ages?.map(each => each.attributes.get('value'))).toEqual([
      expect.stringMatching(/^osv\/Debian as of .*old, .*the last fetch failed/),
      expect.stringMatching(/names single flaws only$/),
    ]);
  });
});
