import { describe, expect, it } from 'vitest';
import { detectionRules, ruleOf, sayNode, sayProblem } from '../../../test/support/sigma-nodes.ts';
import type { RuleSet } from './nodes.ts';
import { type ReadRulesOptions, type RuleFile, readRules } from './read-rules.ts';

const rule = (head: string): string =>
  `${head}\nlogsource:\n  product: mail\ndetection:\n  sel:\n    F: a\n  condition: sel\n`;
const problemsOf = (...files: readonly RuleFile[]): readonly string[] =>
  readRules(files).problems.map(sayProblem);
const wrongRule = (text: string): readonly string[] => problemsOf({ path: 'a.yml', text });

describe('what a rule says of itself', () => {
  it('is kept as it is written', () => {
    const [read] = detectionRules(`title: 'A: rule'
id: 6F3E2987-DB24-4C78-A860-B4F4095A7095
name: a_rule
description: |
  Two
  lines.
status: Experimental
level: HIGH
author: Ann, Bob
date: 2026-01-31
modified: 2026/02/01
tags: [attack.t1114.002, attack.collection]
references: [https://example.jp/1]
falsepositives:
  - A migration
fields: [user, from.ip]
logsource:
  Category: x
  category: Process_Creation
  product: Windows
  service: null
  definition: switch it on
custom: {anything: [goes]}
detection:
  sel:
    F: a
  condition: sel
`);
    expect(read).toMatchObject({
      kind: 'detection',
      id: '6f3e2987-db24-4c78-a860-b4f4095a7095',
      name: 'a_rule',
      title: 'A: rule',
      description: 'Two\nlines.\n',
      status: 'experimental',
      level: 'high',
      author: 'Ann, Bob',
      date: '2026-01-31',
      modified: '2026/02/01',
      tags: ['attack.t1114.002', 'attack.collection'],
      references: ['https://example.jp/1'],
      falsePositives: ['A migration'],
      fields: ['user', 'from.ip'],
      source: { category: 'process_creation', product: 'windows', definition: 'switch it on' },
      filters: [],
      place: { path: 'a.yml', line: 1 },
    });
    expect(read?.source).not.toHaveProperty('service');
  });

  it('may be single values where lists are expected', () => {
    const [read] = detectionRules(
      rule('title: T\ntags: a.b\nfalsepositives: None\nauthor: [A, B]'),
    );
    expect(read).toMatchObject({ tags: ['a.b'], falsePositives: ['None'], author: 'A, B' });
  });

  it('has an id and a level where none is written, the same each time', () => {
    const file = (line: string): string => `${line}${rule('title: Überall gelesen!')}`;
    const [read] = readRules([{ path: 'rules/x/Mass_Read.yml', text: file('') }]).rules;
    const [moved] = readRules([{ path: 'rules/x/Mass_Read.yml', text: file('# a line\n') }]).rules;
    expect(read).toMatchObject({ id: 'mass_read/überall-gelesen', level: 'medium' });
    expect(moved?.id).toBe(read?.id);
    expect(moved?.place.line).toBe(2);
  });

  it('cannot be changed', () => {
    const set = readRules([{ path: 'a.yml', text: ruleOf('  s:\n    F: [a, b]\n  condition: s') }]);
    const seen: unknown[] = [set];
    for (const each of seen) {
      if (typeof each !== 'object' || each === null) continue;
      if (each !== set.rules[0]?.place) expect(Object.isFrozen(each)).toBe(true);
      seen.push(...Object.values(each));
    }
    expect(seen.length).toBeGreaterThan(20);
  });
});

describe('several documents and files', () => {
  it('are rules of their own', () => {
    const text = `---\n${rule('title: One')}---\n${rule('title: Two')}...\n---\n${rule('title: Three')}`;
    expect(detectionRules(text).map(({ title, place }) => `${title} ${place.line}`)).toEqual([
      'One 2',
      'Two 10',
      'Three 19',
    ]);
  });

  it('may be empty, commented or begin with directives', () => {
    expect(readRules([{ path: 'a.yml', text: '' }])).toEqual({ rules: [], problems: [] });
    expect(readRules([{ path: 'a.yml', text: '---\n---\n# no\n---\nnull\n...\n' }])).toEqual({
      rules: [],
      problems: [],
    });
    expect(detectionRules(`# by me\n%YAML 1.2\n# still\n---\n${rule('title: T')}`)).toHaveLength(1);
    expect(detectionRules(`\uFEFF${rule('title: T')}`)).toHaveLength(1);
    expect(detectionRules(rule('title: T').replaceAll('\n', '\r\n'))).toHaveLength(1);
  });

  it('are not cut within a text', () => {
    const [read] = detectionRules(rule('title: T\ndescription: |\n  one\n  ---\n  two'));
    expect(read?.description).toBe('one\n---\ntwo\n');
  });

  it('do not share what is wrong with one of them', () => {
    const text = `${rule('title: One')}---\ntitle: [\n---\n${rule('title: Two')}---\n${rule('title: Three').replace('condition: sel', 'condition: x')}---\n${rule('title: Four')}`;
    const set = readRules([
      { path: 'a.yml', text },
      { path: 'b.yml', text: ': : :' },
      { path: 'c.yml', text: rule('title: Five') },
    ]);
    expect(set.rules.map(each => each.title)).toEqual(['One', 'Two', 'Four', 'Five']);
    expect(set.problems.map(each => `${each.path}:${each.line}`)).toEqual([
      'a.yml:9',
      'a.yml:25',
      'b.yml:1',
    ]);
  });

  it('may share what a document with an action says', () => {
    const text = `action: global
title: Shared
logsource:
  product: mail
detection:
  condition: sel
---
detection:
  sel:
    F: a
---
title: Other
detection:
  sel:
    F: b
---
action: repeat
title: Again
detection:
  more:
    G: c
  condition: sel and more
---
action: reset
---
action: repeat
title: Once more
---
title: Alone
`;
    const set = readRules([{ path: 'a.yml', text }]);
    expect(
      set.rules.map(
        each => `${each.title}: ${each.kind === 'detection' ? sayNode(each.when) : ''}`,
      ),
    ).toEqual([
      'Shared: F "a"',
      'Other: F "b"',
      'Again: (F "b" & G "c")',
      'Once more: (F "b" & G "c")',
    ]);
    expect(set.problems.map(sayProblem)).toEqual([
      'a.yml:29:1: neither detection nor correlation nor filter: not a rule of Sigma',
    ]);
    expect(wrongRule('action: explode')).toEqual([
      "a.yml:1:9: 'action' is global, reset or repeat, not 'explode'",
    ]);
  });
});

describe('rules without ids', () => {
  it('that are called alike have numbers', () => {
    const twice = `${rule('title: One')}---\n${rule('title: One')}---\n${rule('title: Two')}`;
    const { rules, problems } = readRules([{ path: 'x/a.yml', text: twice }]);
    expect(rules.map(each => each.id)).toEqual(['a/one', 'a/one/2', 'a/two']);
    expect(problems).toEqual([]);
  });

  it('do not get the id of the rule whose values they repeat', () => {
    const text = `action: global\nid: x\n---\n${rule('title: One')}---\n${rule('title: Two')}---\naction: repeat\ntitle: Three\n`;
    const { rules, problems } = readRules([{ path: 'a.yml', text }]);
    expect(rules.map(each => each.id)).toEqual(['x', 'a/two', 'a/three']);
    expect(problems).toEqual([]);
  });
});

describe('a wrong rule', () => {
  it.each([
    ['no title', rule('id: x'), '1:1: the rule has no title'],
    ['a long title', rule(`title: ${'x'.repeat(257)}`), '1:8: the title is longer than 256'],
    ['a level', rule('title: T\nlevel: severe'), "2:8: 'level' is informational, low, medium"],
    ['a status', rule('title: T\nstatus: [a]'), "2:9: 'status' is stable, test, experimental"],
    ['tags', rule('title: T\ntags: {a: b}'), "2:7: 'tags' is a list of texts"],
    ['no source', 'title: T\ndetection:\n  a: b\n  condition: a', '1:1: the rule has no logsource'],
    [
      'an empty source',
      rule('title: T').replace('product: mail', 'x: y'),
      '3:3: the logsource names no',
    ],
    ['a source', 'title: T\nlogsource: mail\ndetection: {}', "2:12: 'logsource' is a map"],
    ['no detection', 'title: T\nlogsource: {product: x}', '1:1: neither detection nor correlation'],
    [
      'an empty detection',
      'title: T\nlogsource: {product: x}\ndetection:',
      'the detection is empty',
    ],
    [
      'a detection',
      'title: T\nlogsource: {product: x}\ndetection: x',
      "3:12: 'detection' is a map",
    ],
    ['only a condition', ruleOf('  condition: a'), '5:3: no search identifier'],
    ['no condition', ruleOf('  sel:\n    F: a'), '5:3: the rule has no condition'],
    ['an empty map', ruleOf('  sel: {}\n  condition: sel'), "5:3: 'sel' is empty"],
    ['an empty list', ruleOf('  sel: []\n  condition: sel'), "5:3: 'sel' is empty"],
    ['nothing', ruleOf('  sel:\n  condition: sel'), 'a keyword is a text'],
    ['a list', '- title: T', '1:1: no map of keys and values'],
    ['a text', 'hello', '1:1: no map of keys and values'],
    [
      'a key twice',
      ruleOf('  sel:\n    F: a\n    F: b\n  condition: sel'),
      "7:5: the key 'F' stands twice",
    ],
    ['a key that is a list', '[a]: b', '1:1: a key that is no text'],
    ['a tag', 'title: !secret x', '1:8: not valid YAML: Unresolved tag: !secret'],
    ['no YAML', 'title: "x', 'not valid YAML: Missing closing "quote'],
    ['a tab', 'title: T\n\tx: y', '2:1: not valid YAML: Tabs are not allowed'],
    ['no anchor', 'title: *x', "1:8: no anchor 'x' before it"],
    ['a merge of a text', 'title: T\n<<: x', '2:1: << takes a map'],
  ])('%s', (_title, text, why) => {
    expect(wrongRule(text)).toHaveLength(1);
    expect(wrongRule(text)[0]).toContain(why);
    expect(wrongRule(text)[0]).toMatch(/^a\.yml:\d+:\d+: /);
  });

  it('is named by its title', () => {
    const [problem] = readRules([{ path: 'a.yml', text: rule('title: T\nlevel: x') }]).problems;
    expect(problem).toMatchObject({ path: 'a.yml', line: 2, column: 8, rule: 'T' });
  });

  it('may not have the id of another', () => {
    const one = { path: 'a.yml', text: rule('title: One\nid: X') };
    const two = { path: 'b.yml', text: rule('title: Two\nid: x') };
    const set = readRules([one, two]);
    expect(set.rules.map(each => each.title)).toEqual(['One']);
    expect(set.problems.map(sayProblem)).toEqual([
      "b.yml:1:1: the id 'x' is that of a.yml:1 already",
    ]);
  });
});

describe('what is wrong only in what a rule says of itself', () => {
  const one = (head: string, options: ReadRulesOptions = {}): RuleSet =>
    readRules([{ path: 'rules/mass_read.yml', text: rule(head) }], options);

  it.each([
    ['no title', 'id: x', '1:1: the rule has no title'],
    ['an empty title', "title: ''\nid: x", '1:1: the rule has no title'],
    ['a long title', `title: ${'x'.repeat(257)}`, '1:8: the title is longer than 256 characters'],
    ['a level', 'title: T\nlevel: severe', "2:8: 'level' is informational, low"],
    ['a status', 'title: T\nstatus: finished', "2:9: 'status' is stable, test"],
    ['tags', 'title: T\ntags: {a: b}', "2:7: 'tags' is a list of texts"],
    ['references', 'title: T\nreferences: [[a]]', "2:14: 'references' is a list of texts"],
    ['fields', 'title: T\nfields: {a: b}', "2:9: 'fields' is a list of texts"],
    ['a date', 'title: T\ndate: Jan 2026', "2:7: 'date' is a day, as 2026-06-29 is"],
    ['no day', 'title: T\nmodified: 2026-02-30', "2:11: 'modified' is a day"],
    ['related', 'title: T\nrelated: x', "2:10: 'related' is a list"],
    ['a relation', 'title: T\nrelated:\n  - id: x\n    type: akin', '4:11: what is related is'],
    ['half of one', 'title: T\nrelated:\n  - id: x', "3:5: what is related has an 'id' and"],
    ['a taxonomy', 'title: T\ntaxonomy: 7', "2:11: 'taxonomy' is a text"],
  ])('%s is told, and the rule is run', (_title, head, why) => {
    const { rules, problems } = one(head);
    expect(rules).toHaveLength(1);
    expect(problems.map(sayProblem)).toEqual([expect.stringContaining(`yml:${why}`)]);
    expect(problems[0]?.why).toMatch(/; it is run all the same$/);
  });

  it('leaves it a title, a level and no status', () => {
    expect(one('id: X1').rules[0]).toMatchObject({ id: 'x1', title: 'x1' });
    expect(one('level: x').rules[0]).toMatchObject({ title: 'mass_read', level: 'medium' });
    expect(one('title: T\nstatus: x').rules[0]).not.toHaveProperty('status');
    expect(one(`title: ${'x'.repeat(300)}`).rules[0]?.title).toHaveLength(256);
  });

  it('is told with what keeps it from being run', () => {
    const text = rule('title: T\nlevel: x').replace('condition: sel', 'condition: y');
    expect(problemsOf({ path: 'a.yml', text })).toEqual([
      "a.yml:8:14: the condition names 'y', which no search identifier is called",
      "a.yml:2:8: 'level' is informational, low, medium, high, critical; not 'x'",
    ]);
  });

  it('is not that dates have slashes, as they had before Sigma 2', () => {
    expect(one('title: T\ndate: 2019/10/3\nmodified: 2026-06-29').problems).toEqual([]);
  });
});

describe('a rule without a log source', () => {
  const bare = 'title: T\ndetection:\n  a: b\n  condition: a';

  it('is run where nobody looks at log sources, and told', () => {
    for (const text of [bare, `logsource:\n${bare}`, `logsource: {x: y}\n${bare}`]) {
      const { rules, problems } = readRules([{ path: 'a.yml', text }], { anySource: true });
      expect(rules[0]).toMatchObject({ title: 'T', source: {} });
      expect(problems).toHaveLength(1);
      expect(problems[0]?.why).toMatch(/logsource.*; it is run all the same$/);
    }
  });
});

describe('YAML that nobody meant to be a rule', () => {
  it('is passed over', () => {
    const info = 'id: x\nrule_metadata:\n  - id: y\nregression_tests_info: []\n';
    const pipeline = 'name: mapping\npriority: 10\ntransformations: []\n';
    const text = `${info}---\n${rule('title: T')}---\n${pipeline}`;
    const { rules, problems } = readRules([{ path: 'a.yml', text }]);
    expect(rules).toHaveLength(1);
    expect(problems).toEqual([]);
  });
});

describe('bytes', () => {
  it('are UTF-8, or UTF-16 with its mark', () => {
    const text = rule('title: Größe');
    const wide = Buffer.from(`\uFEFF${text}`, 'utf16le');
    for (const bytes of [Buffer.from(text), wide, Buffer.from(wide).swap16()]) {
      expect(readRules([{ path: 'a.yml', text: bytes }]).rules[0]?.title).toBe('Größe');
    }
  });

  it('that are neither are named by their place', () => {
    const text = Buffer.concat([
      Buffer.from('title: T\nauthor: M'),
      Buffer.of(0xfc),
      Buffer.from('ller'),
    ]);
    expect(problemsOf({ path: 'a.yml', text })).toEqual(['a.yml:2:10: the file is not UTF-8']);
  });
});
