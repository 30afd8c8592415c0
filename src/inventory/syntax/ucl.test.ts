import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { isUclTrue, parseUcl, readUcl, type UclValue, uclAll, uclGet, uclTexts } from './ucl.ts';

/** As plain data: lists for keys written several times. */
const plain = (value: UclValue): unknown => {
  if (value.kind === 'array') return value.items.map(plain);
  if (value.kind !== 'object') return value.text;
  return Object.fromEntries(
    [...value.keys].map(([key, values]) => [
      key,
      values.length === 1 ? values.map(plain)[0] : values.map(plain),
    ]),
  );
};

const parse = (text: string): unknown => plain(parseUcl(text, memoryView({})));

describe('UCL', () => {
  test('takes every spelling of a pair', () => {
    expect(parse('a = 1; b: two\nc three,d "fo\\"ur"; e \'f$ive\'\n"g h" = no # x\n')).toEqual({
      a: '1',
      b: 'two',
      c: 'three',
      d: 'fo"ur',
      e: 'f$ive',
      'g h': 'no',
    });
  });

  test('nests named sections and lists', () => {
    expect(
      parse('worker "normal" { bind = "*:1"; }\nrule x { y = [ 1, "2", { z = 3 } ]; list [a,b] }'),
    ).toEqual({
      worker: { normal: { bind: '*:1' } },
      rule: { x: { y: ['1', '2', { z: '3' }], list: ['a', 'b'] } },
    });
  });

  test('makes a list of what is written twice', () => {
    expect(parse('ip = "a"; ip = "b";')).toEqual({ ip: ['a', 'b'] });
  });

  test('passes over comments, nested ones too, and reads here-documents', () => {
    expect(parse('/* a = 1; /* b */ c = 2; */ d = <<EOD\none\ntwo\nEOD\ne = 5;')).toEqual({
      d: 'one\ntwo',
      e: '5',
    });
  });

  test('takes JSON', () => {
    expect(parse('{ "a": { "b": [true, null] }, "c": "\\u0041" }')).toEqual({
      a: { b: ['true', 'null'] },
      c: 'A',
    });
  });

  test('keeps the line of each value', () => {
    const root = parseUcl('a {\n  # x\n  b = [\n 1,\n 2 ]\n  c = 3;\n}', memoryView({}), '/f');
    expect(uclGet(root, 'a', 'c')?.place).toEqual({ path: '/f', line: 6 });
    expect(uclAll(uclGet(root, 'a'), 'b').map(each => each.place.line)).toEqual([4, 5]);
  });

  test('higher priority replaces, lower is dropped, merging fills what is there', () => {
    const files = memoryView({
      '/m': 's { x = 1; keep = 2; r { a = 1 }\n.include(try=true; priority=1,duplicate=merge) "l"\n.include(try=true,priority=10) "$D/o"\n.include(try=true) "none" }',
      '/l': 'x = 5; r { b = 2 }',
      '/o': 'x = 9; r { c = 3 }',
    });
    expect(plain(readUcl(files, '/m', { variables: { D: '' } }))).toEqual({
      s: { x: '9', keep: '2', r: { c: '3' } },
    });
    expect(files.unseen).toEqual([]);
  });

  test('expands variables outside single quotes, longest name first', () => {
    const files = memoryView({
      '/m': 'a = "$CONF/x"; b = ${CONF}y; c = \'$CONF\'; d = $CONFDIR/z;',
    });
    expect(plain(readUcl(files, '/m', { variables: { CONF: '1', CONFDIR: '2' } }))).toEqual({
      a: '1/x',
      b: '1y',
      c: '$CONF',
      d: '2/z',
    });
  });

  test('a file that includes itself ends, and is reported', () => {
    const files = memoryView({ '/m': 'a = 1;\n.include "/m"' });
    expect(uclGet(readUcl(files, '/m', { variables: {} }), 'a')?.text).toBe('1');
    expect(files.unseen.length).toBeGreaterThan(0);
  });

  test('what is missing or from the network is reported', () => {
    const files = memoryView({
      '/m': '.include "/gone"\n.include "https://example.test/x"\nb = 1',
    });
    expect(plain(readUcl(files, '/m', { variables: {} }))).toEqual({ b: '1' });
    expect(files.unseen.map(item => item.what)).toEqual(['/gone', 'https://example.test/x']);
  });

  test('reads lists of words and flags', () => {
    const root = parseUcl('f = "a,b; c"; on = yes; off = "false"; n = 3s', memoryView({}));
    expect(uclTexts(root, 'f').map(each => each.text)).toEqual(['a', 'b', 'c']);
    expect(['on', 'off', 'n'].map(key => isUclTrue(uclGet(root, key)))).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  test('never throws and always ends', () => {
    const token = fc.constantFrom(
      ...'{}[]();,=:"\'#\n\\$ab.'.split(''),
      '.include(try=true) "/m"',
      '<<EOD\n',
      '/*',
      '*/',
      '{%',
      '%}',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 80 }), parts => {
        const text = parts.join('');
        readUcl(memoryView({ '/m': text }), '/m', { variables: { a: 'b' } });
      }),
      { numRuns: 400 },
    );
  });

  test('a deep nest costs no stack', () => {
    expect(() => parseUcl('a {'.repeat(100_000), memoryView({}))).not.toThrow();
    expect(() => parseUcl(`a = ${'['.repeat(100_000)}`, memoryView({}))).not.toThrow();
  });

  test('text survives quoting', () => {
    fc.assert(
      fc.property(fc.string(), value => {
        const root = parseUcl(
          `k = ${JSON.stringify(value).replaceAll('$', '$$$$')};`,
          memoryView({}),
        );
        expect(uclGet(root, 'k')?.text).toBe(value);
      }),
    );
  });
});
