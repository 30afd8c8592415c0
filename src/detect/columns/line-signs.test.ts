import { describe, expect, test } from 'vitest';
import { textsOf } from '../fields/json-values.ts';
import { recordIn } from '../fields/record.ts';
import { fold } from '../matching/fold.ts';
import { SignBook, SignScan, signOf } from './line-signs.ts';

const wanted = [
  'New-InboxRule',
  '/service/proxy',
  'onerror=',
  '<script',
  'kelvin: sikl',
  'Update application – Certificates and secrets management ',
  'nan',
  'e+21',
  'true story',
  'a"b',
  'ab',
  '${run{',
  '[ 1, 2 ]',
  '$(id)',
];

const signs = wanted.map(text => signOf(fold(text)));
const book = new SignBook();
const numbers = signs.map(sign => (sign === undefined ? -1 : book.number(sign)));
const scan = new SignScan(
  book,
  numbers.filter(number => number > 0),
);

const inBytes = (line: string): readonly boolean[] => {
  const bytes = Buffer.from(`before\n${line}\nonerror=`);
  scan.begin();
  scan.look(bytes, 7, bytes.length - 9);
  return numbers.map(number => scan.hasAny([number]));
};

const inText = (text: string): readonly boolean[] => {
  scan.begin();
  scan.lookAt(text);
  return numbers.map(number => scan.hasAny([number]));
};

let state = 7;
const below = (most: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * most);
};

/** Letters that fold to the same. */
const inOtherCase = (text: string): string =>
  Array.from(text, letter => {
    const others = [letter, letter.toUpperCase(), letter === 'k' ? '\u212a' : letter];
    if (letter === 'i') others.push('\u0130');
    return others[below(others.length)] ?? letter;
  }).join('');

const escaped = (json: string): string =>
  Array.from(json, letter =>
    /[A-Za-z0-9 ]/.test(letter) && below(8) === 0
      ? String.raw`\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
      : letter === '/' && below(2) === 0
        ? String.raw`\/`
        : letter,
  ).join('');

describe('a line without a sign', () => {
  test('has no text in it that the sign is of, however it is written', () => {
    let known = 0;
    for (let turn = 0; turn < 4_000; turn += 1) {
      const which = below(wanted.length);
      const value = `${below(3) === 0 ? 'über ' : ''}${inOtherCase(wanted[which] ?? '')}${below(9)}`;
      const json = below(2) === 0 ? escaped(JSON.stringify(value)) : JSON.stringify(value);
      const record = `{"a":[1e21,{"b":${json}}]}`;
      const lines = [
        value,
        record,
        JSON.stringify({ AuditData: record }),
        `x,"${record.replaceAll('"', '""')}",y`,
      ];
      for (const line of lines) {
        const parsed = recordIn(line);
        const texts = parsed === undefined ? [line] : [line, ...textsOf(parsed)];
        const bytes = inBytes(line);
        const text = inText(line);
        for (const [i, each] of wanted.entries()) {
          const sign = signs[i];
          if (sign === undefined || !texts.some(one => fold(one).includes(fold(each)))) continue;
          known += 1;
          expect([line, each, bytes[i], text[i]]).toEqual([line, each, true, true]);
        }
      }
    }
    expect(known).toBeGreaterThan(5_000);
    // It would be of no use if everything counted as there.
    expect(inBytes('Jun 29 host dovecot: imap(é)<x>: 件名')).not.toContain(true);
    expect(inText('{"Operation":"Set-Mailbox","Subject":"件名"}')).not.toContain(true);
  });

  test('hides no letter behind another one that folds to it', () => {
    for (let code = 0x80; code <= 0x10_ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const letter = String.fromCodePoint(code);
      if (!/[\0-\x7f]/.test(fold(letter)) && letter !== 'ſ') continue;
      expect([letter, inBytes(letter).includes(true)]).toEqual([letter, true]);
      expect([letter, inText(letter).includes(true)]).toEqual([letter, true]);
    }
  });

  test('is not asked for of what may be written otherwise', () => {
    const open = ['nan', 'e+21', '1e5', 'ull', 'a"b', 'ab', '": "', ': [null, ', ': true}'];
    expect(open.map(signOf)).toEqual(open.map(() => undefined));
    expect(signOf('{"name":"forwardto"')).toBe('forwardto');
    expect(signOf('db error: [1064]')).toBe('db error: [1064]');
    expect(signOf('\\x24{run{')).toBe('x24{run{');
  });
});
