import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleOf, sayDetection, sayNode } from '../../../test/support/sigma-nodes.ts';
import { modifiers } from './modifiers.ts';
import type { Node } from './nodes.ts';
import { readRules } from './read-rules.ts';

const whys = (text: string): readonly string[] =>
  readRules([{ path: 'a.yml', text }]).problems.map(({ why }) => why);

const lists = (levels: number, width: number): string =>
  Array.from({ length: levels }, (_, level) => {
    const item = level === 0 ? 'x' : `*a${level - 1}`;
    return `  a${level}: &a${level} [${Array.from({ length: width }, () => item).join(', ')}]`;
  }).join('\n');

describe('hostile rules', () => {
  it('may not stand within themselves', () => {
    expect(sayDetection('  sel: &a\n    F: *a\n  condition: sel')).toBe(
      "a.yml:6:8: the alias 'a' stands within what it stands for",
    );
    expect(whys('&a\ntitle: T\nlogsource: *a\ndetection: *a')[0]).toContain('stands within');
    expect(whys(ruleOf('  sel: &a [x, *a]\n  condition: sel'))[0]).toContain('stands within');
  });

  it('may not multiply', () => {
    expect(whys(ruleOf(`${lists(12, 10)}\n  condition: a11`))[0]).toContain(
      'more than 1000000 values',
    );
    expect(whys(ruleOf(`${lists(4, 10)}\n  condition: a3`))).toEqual([]);
    const dashed = Array.from({ length: 4_001 }, (_, index) => `'-a -b -c ${index}'`).join(', ');
    expect(whys(ruleOf(`  sel:\n    F|windash: [${dashed}]\n  condition: sel`))[0]).toContain(
      'more than 500000 values',
    );
    const keywords = Array.from({ length: 2_000 }, (_, index) => `k${index}`).join(', ');
    const again = `${'(a or (b and '.repeat(600)}c${'))'.repeat(600)}`;
    expect(
      whys(ruleOf(`  a: [${keywords}]\n  b: [z]\n  c: [y]\n  condition: ${again}`))[0],
    ).toContain('more than 1000000 parts, written out');
    const selections = Array.from({ length: 40 }, (_, index) => `  s${index}:\n    F: ${index}`);
    expect(sayDetection(`${selections.join('\n')}\n  condition: 20 of them`)).toContain('too much');
  });

  it('may not be nested without end', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{a: ', '}'],
      ['- ', ''],
    ] as const) {
      const deep = (times: number): string => `${open.repeat(times)}a${close.repeat(times)}`;
      for (const times of [100, 3_000, 30_000]) {
        expect(whys(ruleOf(`  sel: ${deep(times)}\n  condition: sel`))).toHaveLength(1);
      }
    }
  });

  it('may have as many wildcards and percent signs around a placeholder as they like', () => {
    const placeholders = new Map([['m', Array.from({ length: 100 }, (_, index) => `v${index}`)]]);
    const whyOf = (value: string): string | undefined => {
      const text = ruleOf(`  sel:\n    F|expand: '${value}'\n  condition: sel`);
      return readRules([{ path: 'a.yml', text }], { placeholders }).problems[0]?.why;
    };
    expect(whyOf(`%m%${'x*'.repeat(40_000)}`)).toContain('more than 4000000 pieces of text');
    expect(whyOf('x*'.repeat(60_000))).toContain('more than 1000 wildcards');
    expect(whyOf(String.raw`\\%`.repeat(60_000))).toBeUndefined();
    expect(whyOf('%m%%m%%m%')).toContain('more than 100000 values');
  });

  it('may be long', () => {
    const values = Array.from({ length: 20_000 }, (_, index) => `      - value ${index}`);
    const [rule] = readRules([
      { path: 'a.yml', text: ruleOf(`  sel:\n    F:\n${values.join('\n')}\n  condition: sel`) },
    ]).rules;
    const when = rule?.kind === 'detection' ? rule.when : undefined;
    expect(when?.is === 'any' ? when.of.length : 0).toBe(20_000);
  });

  it('may not be too long', () => {
    expect(whys(ruleOf(`  sel: "${'x'.repeat(12 << 20)}"\n  condition: sel`))[0]).toContain(
      'more than 11 MiB',
    );
    expect(whys(ruleOf(`  sel: [${'x,'.repeat(1_100_000)}]\n  condition: sel`))[0]).toContain(
      'more than 1000000 values',
    );
  });

  it('may have patterns of one dialect only, and no larger than it can bear', () => {
    const say = (source: string): string =>
      sayDetection(`  sel:\n    F|re: '${source}'\n  condition: sel`);
    expect(say('(x+x+)+y')).toBe('F /(x+x+)+y/');
    expect(say('((a{1000}){1000}){1000}')).toContain('is not one of RE2');
    expect(say('('.repeat(2_000) + ')'.repeat(2_000))).toContain('is not one of RE2');
    expect(say('x{1000}'.repeat(2_000))).toContain('is not one of RE2');
    expect(say('.{0,1000}'.repeat(10))).toContain('come to too much');
    expect(say('.*'.repeat(2_000))).toContain('come to too much');
    expect(say('[a-z]{500,}')).toBe('F /[a-z]{500,}/');
    expect(say(Array.from({ length: 2_000 }, (_, index) => `host${index}`).join('|'))).toMatch(
      /^F /,
    );
    const list = Array.from({ length: 20 }, (_, index) => `"${index}.{0,500}"`).join(', ');
    expect(sayDetection(`  sel:\n    F|re: [${list}]\n  condition: sel`)).toContain('too much');
    expect(say('a|'.repeat(20_000))).toContain('more than 32768 characters');
  });

  it('may have wildcards, and not thousands of them in one value', () => {
    const say = (value: string): string =>
      sayDetection(`  sel:\n    F: '${value}'\n  condition: sel`);
    expect(say('?*'.repeat(400))).toMatch(/^F \? \*/);
    expect(say('?*'.repeat(600))).toContain('more than 1000 wildcards');
    expect(say(`${'x'.repeat(40_000)}?`)).toContain('32768 characters around them');
    expect(say(`${'x'.repeat(40_000)}*`)).toMatch(/^F "x/);
  });

  it('never say more than a line in a message', () => {
    const name = String.raw`"\e[31m\n\u202E${'x'.repeat(500)}"`;
    const [why = ''] = whys(ruleOf(`  sel:\n    F|${name.slice(1, -1)}: a\n  condition: sel`));
    const [quoted = ''] = whys(
      ruleOf(`  sel:\n    "F|\\e[31m\\n\\u202E${'x'.repeat(500)}": a\n  condition: sel`),
    );
    for (const each of [why, quoted]) {
      expect(each.length).toBeLessThan(250);
      expect(each).not.toMatch(/[\p{C}\u2028]/u);
    }
  });
});

describe('whatever somebody writes', () => {
  const parts = fc.constantFrom(
    'title: T\n',
    'logsource:\n  product: x\n',
    'detection:\n',
    '  sel:\n',
    '    F: a\n',
    '    - a\n',
    '  condition: sel\n',
    '  condition: 1 of sel* and not (a or b)\n',
    'correlation:\n',
    '  type: temporal\n',
    '  rules: [a, b]\n',
    '  timespan: 5m\n',
    'filter:\n',
    '  rules: any\n',
    'action: repeat\n',
    'action: global\n',
    '---\n',
    '...\n',
    '&a ',
    '*a',
    '<<: ',
    '!!binary ',
    '? ',
    '|\n',
    '>-\n',
    '"',
    "'",
    '\\',
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    ', ',
    '#',
    '%',
    '\0',
    '\uD800',
    '\t',
    '\r\n',
    '  ',
  );

  it('is read or said to be wrong, with its place, and never thrown', () => {
    const text = fc.oneof(
      fc
        .array(fc.oneof(parts, fc.string({ maxLength: 4 })), { maxLength: 40 })
        .map(all => all.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(
      fc.property(text, written => {
        const { rules, problems } = readRules([{ path: 'a.yml', text: written }]);
        const lines = written.split('\n').length;
        for (const { line, column, why } of problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column ?? 1).toBeGreaterThanOrEqual(1);
          expect(why).not.toContain('please report');
        }
        expect(rules.length + problems.length).toBeLessThanOrEqual(written.length + 1);
      }),
      { numRuns: 500 },
    );
  });

  it('as bytes, too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        const { problems } = readRules([{ path: 'a.yml', text: bytes }]);
        for (const { why } of problems) expect(why).not.toContain('please report');
      }),
      { numRuns: 600 },
    );
  });

  it('with any modifiers and values, is a comparison or a reason', () => {
    const names = [...modifiers.keys(), 'all', 'neq', 'cased', 'unknown', ''];
    const key = fc
      .tuple(fc.string({ maxLength: 5 }), fc.array(fc.constantFrom(...names), { maxLength: 4 }))
      .map(([field, chain]) => [field, ...chain].join('|'));
    const value = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('-a', '*', '?', '10.0.0.0/8', '%x%', '5', 'a -b /c', 'é', '\\*', '^a$', ''),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(key, fc.oneof(value, fc.array(value, { maxLength: 3 })), (field, values) => {
        // JSON is YAML, and quotes everything.
        const detection = { sel: { [field]: values }, condition: 'sel' };
        const text = JSON.stringify({ title: 'T', logsource: { product: 'p' }, detection });
        const { rules, problems } = readRules([{ path: 'a.yml', text }]);
        expect(rules.length + problems.length).toBe(1);
        for (const { why } of problems) expect(why).not.toContain('please report');
      }),
      { numRuns: 600 },
    );
  });

  it('in a condition, has its meaning', () => {
    type Tree = string | readonly ['not', Tree] | readonly ['and' | 'or', Tree, Tree];
    const { tree } = fc.letrec<{ tree: Tree }>(tie => ({
      tree: fc.oneof(
        { maxDepth: 6, depthIdentifier: 'condition' },
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.tuple(fc.constant('not' as const), tie('tree')),
        fc.tuple(fc.constantFrom('and' as const, 'or' as const), tie('tree'), tie('tree')),
      ),
    }));
    const binding = { or: 1, and: 2, not: 3 } as const;
    /** With no more brackets than precedence asks for. */
    const write = (of: Tree, around = 0): string => {
      if (typeof of === 'string') return of;
      const own = binding[of[0]];
      const text =
        of[0] === 'not'
          ? `not ${write(of[1], own)}`
          : `${write(of[1], own)} ${of[0]} ${write(of[2], own)}`;
      return own < around ? `(${text})` : text;
    };
    const holds = (of: Tree, set: ReadonlySet<string>): boolean => {
      if (typeof of === 'string') return set.has(of);
      if (of[0] === 'not') return !holds(of[1], set);
      return of[0] === 'and'
        ? holds(of[1], set) && holds(of[2], set)
        : holds(of[1], set) || holds(of[2], set);
    };
    const nodeHolds = (node: Node, set: ReadonlySet<string>): boolean => {
      switch (node.is) {
        case 'all':
          return node.of.every(each => nodeHolds(each, set));
        case 'any':
          return node.of.some(each => nodeHolds(each, set));
        case 'not':
          return !nodeHolds(node.of, set);
        case 'field':
        case 'keyword':
          return set.has(sayNode(node).replaceAll(/^F |"/g, ''));
      }
    };
    const selections = ['a', 'b', 'c', 'd'].map(name => `  ${name}:\n    F: ${name}`).join('\n');
    fc.assert(
      fc.property(tree, fc.subarray(['a', 'b', 'c', 'd']), (of, named) => {
        const set = new Set(named);
        const text = ruleOf(`${selections}\n  condition: ${write(of)}`);
        const [rule] = readRules([{ path: 'a.yml', text }]).rules;
        expect(rule?.kind).toBe('detection');
        if (rule?.kind === 'detection') expect(nodeHolds(rule.when, set)).toBe(holds(of, set));
      }),
      { numRuns: 500 },
    );
  });
});
