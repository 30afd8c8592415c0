import fc from 'fast-check';
import type { SchemeId } from '../../src/core/advisory.ts';

type Text = fc.Arbitrary<string>;

const joined = (...parts: readonly Text[]): Text => fc.tuple(...parts).map(texts => texts.join(''));
const perhaps = (text: Text): Text => fc.oneof(fc.constant(''), text);
const one = (...texts: readonly string[]): Text => fc.constantFrom(...texts);
const number: Text = fc.oneof(
  one('0', '1', '2', '10', '00', '01', '09', '20240101'),
  fc.nat(30).map(String),
);
const dotted = (min: number, max: number): Text =>
  fc.array(number, { minLength: min, maxLength: max }).map(numbers => numbers.join('.'));
const separator = one('', '', '.', '-', '_');

const identifiers = fc
  .array(one('alpha', 'beta', '0', '1', '10', '-', 'a-b', '1a', 'A', 'rc'), {
    minLength: 1,
    maxLength: 4,
  })
  .map(each => each.join('.'));

const plain = one('0', '1', '2', '10', '25');

/** Versions as the ecosystem writes them, with few values, so that equal and near ones meet often. */
export const drawnVersions: Readonly<Record<SchemeId, Text>> = {
  deb: joined(
    one('', '', '', '0:', '1:'),
    fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,5}$/),
    fc.stringMatching(/^(?:-[0-9a-z.+~]{1,4})?$/),
  ),
  rpm: joined(
    one('', '', '1:'),
    fc.stringMatching(/^[0-9a-z.~^_+]{1,6}$/).filter(text => /\d/.test(text)),
    fc.stringMatching(/^(?:-[0-9a-z.~^_+]{1,6})?$/),
  ),
  apk: joined(
    dotted(1, 3),
    one('', '', '', 'a', 'b'),
    one('', '', '_alpha', '_beta2', '_pre1', '_rc', '_p1', '_git2024', '_rc1_p2'),
    one('', '', '', '~ab1', '~ff'),
    one('', '', '-r0', '-r1', '-r10'),
  ),
  composer: fc.oneof(
    joined(
      one('', '', 'v'),
      dotted(1, 4),
      one(
        '',
        '',
        '-alpha',
        'a1',
        '-beta',
        '.beta2',
        '-b-2.1',
        '-RC1',
        'rc',
        '-patch1',
        'pl2',
        '-stable',
      ),
      one('', '', '', '-dev', 'dev', '+b7'),
    ),
    one(
      '2010-01-02',
      '2010.01.02',
      '20100102',
      '20100102-203040',
      '2010-01-02-p1',
      '1.x-dev',
      '1.2.x-dev',
    ),
  ),
  semver: joined(
    one('', '', 'v'),
    plain,
    one('.'),
    plain,
    one('.'),
    plain,
    perhaps(identifiers.map(text => `-${text}`)),
    one('', '', '+b', '+1.2', '+001'),
  ),
  pep440: joined(
    one('', '', 'v', '0!', '1!'),
    dotted(1, 3),
    perhaps(
      joined(
        separator,
        one('a', 'ALPHA', 'b', 'beta', 'rc', 'c', 'pre', 'preview'),
        separator,
        perhaps(number),
      ),
    ),
    fc.oneof(one('', '-1'), joined(separator, one('post', 'rev', 'r'), separator, perhaps(number))),
    perhaps(joined(separator, one('dev'), separator, perhaps(number))),
    one('', '', '', '+1', '+abc', '+a.1', '+1.a', '+ubuntu-1', '+01'),
  ),
  maven: joined(
    dotted(1, 3),
    fc
      .array(
        joined(
          one('', '-', '.'),
          one(
            'alpha',
            'a',
            'b',
            'm',
            'rc',
            'cr',
            'SNAPSHOT',
            'ga',
            'Final',
            'release',
            'sp',
            'x',
            'jre',
            '0',
            '1',
            '2',
          ),
        ),
        { maxLength: 4 },
      )
      .map(each => each.join('')),
  ),
  zimbra: joined(
    one('8.8.12', '8.8.15', '9.0.0', '10.0.0', '10.0.9', '10.1.1'),
    one('', '', '', '_GA_4179.UBUNTU20.64', '.GA.4179', '_BETA1', '_RC2'),
    one('', ' P1', '_P7', '.p41', ' P46', '_P046'),
  ),
  exchange: fc.oneof(
    joined(one('15.0.', '15.1.', '15.2.', '15.02.', '15.02.1118.'), dotted(1, 2)),
    joined(one('Version 15.1 (Build '), dotted(2, 2), one(')')),
  ),
  generic: joined(
    one('', '', 'v'),
    dotted(1, 4),
    one(
      '',
      '',
      '',
      '-rc1',
      'rc2',
      '-RC10',
      '.beta',
      '-alpha1',
      'p1',
      '-p2',
      'pl10',
      '-stable',
      'a',
      'b',
      'b2',
      '-4',
      '-12',
      '+x',
    ),
  ),
  unknown: one('1.0', 'r1234', 'a'),
};
