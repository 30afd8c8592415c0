import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdentifierKind } from '../../core/personal.ts';
import { birthDateText } from './birth-date.ts';
import { identifierText } from './normalise.ts';
import { nameText } from './person-name.ts';
import { addressText } from './postal-address.ts';
import { telephoneText } from './telephone-text.ts';

const settings = { regions: ['JP'] };

const text = (kind: IdentifierKind, first: string, second?: string): string | undefined =>
  identifierText(kind, settings, first, second);

/** Writings of one and the same, each line; all lines are different ones. */
const same: Readonly<
  Record<'email' | 'telephone' | 'customer-number', readonly (readonly string[])[]>
> = {
  email: [
    [
      'taro@example.jp',
      'Taro@Example.JP',
      'ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ',
      '<taro@example.jp>',
      'mailto:taro@example.jp',
      '"taro"@example.jp',
      ' taro@example.jp. ',
    ],
    ['taro+shop@example.jp'],
    ['ta.ro@example.jp'],
    ['taro@例え.jp', 'taro@xn--r8jz45g.jp', 'TARO@XN--R8JZ45G.jp'],
    ['taro@example.com'],
    ['taro..@example.jp'],
  ],
  telephone: [
    [
      '03-1234-5678',
      '0312345678',
      '０３（１２３４）５６７８',
      '+81 3 1234 5678',
      '+81 (0)3-1234-5678',
      '03ー1234ー5678',
      'TEL：03-1234-5678',
      '03‐1234‐5678',
      '03 1234 5678 内線 12',
      '010-81-3-1234-5678',
    ],
    ['090-1234-5678', '+819012345678', '9012345678', '(090) 1234-5678'],
    ['0120-444-444'],
    ['+1 212 555 0100', '+1 (212) 555-0100', '010-1-212-555-0100'],
    ['+44 20 7946 0958'],
  ],
  'customer-number': [
    ['ab-123 456', 'AB123456', 'ａｂ－１２３４５６', 'AB/123.456', 'AB_123‐456'],
    ['00123456'],
    ['123456'],
  ],
};

describe('one identifier, however it is written', () => {
  test.each(Object.entries(same))('%s', (kind, lines) => {
    const found = lines.map(writings => [
      ...new Set(writings.map(written => text(kind as IdentifierKind, written))),
    ]);
    for (const texts of found) expect(texts).toEqual([expect.any(String)]);
    expect(new Set(found.flat()).size).toBe(lines.length);
  });

  test.each([
    [['髙橋 太郎', '高橋太郎', '高橋　太郎 様', '高橋･太郎']],
    [['山﨑 花子', '山崎花子', '山嵜花子さん']],
    [['渡邊一郎', '渡辺 一郎', '渡邉一郎']],
    [['ヤマダ タロウ', 'ﾔﾏﾀﾞ ﾀﾛｳ', 'やまだ たろう', 'ヤマダタロウ']],
    [['キヨウコ', 'キョウコ', 'きょうこ', 'ｷｮｳｺ']],
    [['Taro Yamada', 'YAMADA Taro', 'yamada, taro', 'Mr. Taro Yamada', 'Ｔａｒｏ Ｙａｍａｄａ']],
    [["Seán O'Brien", 'Sean OBrien', 'O’BRIEN SEÁN']],
  ])('a name: %j', writings => {
    expect(new Set(writings.map(nameText))).toEqual(new Set([expect.any(String)]));
    expect(new Set(writings.map(nameText)).size).toBe(1);
  });

  test.each([
    [
      [
        '東京都千代田区千代田一丁目2番地3号',
        '千代田区千代田1-2-3',
        '〒100-0001 東京都千代田区千代田１－２－３ 皇居ビル405号室',
        '千代田区千代田1丁目2-3',
        '東京都 千代田区 千代田 1-2-3-405',
      ],
    ],
    [['札幌市中央区北一条西二丁目3番地', '北海道札幌市中央区北1条西2-3']],
    [['千代田区霞が関2-1-2', '東京都千代田区霞ヶ関二丁目一番二号', '千代田区霞ケ関2の1の2']],
    [['千代田区一番町5-6', '東京都千代田区一番町5番地6']],
    [['横浜市中区本町6丁目50番地の10', '神奈川県横濱市中区本町6-50-10']],
    [['10 Downing Street, London', '10 downing st london']],
  ])('an address: %j', writings => {
    expect(writings.map(addressText)).toEqual(writings.map(() => addressText(writings[0] ?? '')));
    expect(addressText(writings[0] ?? '')).toBeDefined();
  });

  test.each([
    '1980-01-02',
    '1980/1/2',
    '1980年1月2日',
    '1980.01.02',
    '19800102',
    '昭和55年1月2日',
    'S55.1.2',
    'S55/01/02',
    '１９８０年１月２日',
    '1980-01-02T00:00:00Z',
    '1980-01-02 00:00:00',
  ])('a date of birth: %s', written => {
    expect(birthDateText(written)).toBe('1980-01-02');
  });
});

describe('what is none', () => {
  test.each<[IdentifierKind, string, string?]>([
    ['email', 'taro'],
    ['email', '@example.jp'],
    ['email', 'taro@'],
    ['email', 'ta ro@example.jp'],
    ['email', `${'a'.repeat(400)}@example.jp`],
    ['telephone', '110'],
    ['telephone', 'none'],
    ['telephone', '9.01E+10'],
    ['customer-number', '---'],
    ['name-and-birth-date', '山田太郎', '02/01/1980'],
    ['name-and-birth-date', '山田太郎', '1980-02-30'],
    ['name-and-birth-date', '山', '1980-01-02'],
    ['name-and-birth-date', '山田太郎', '昭和0年1月2日'],
    ['name-and-address', '山田太郎', '東京都千代田区'],
    ['name-and-address', '山田太郎'],
    ['name-and-address', '', '千代田区千代田1-2-3'],
  ])('%s: %s %s', (kind, first, second) => {
    expect(text(kind, first, second)).toBeUndefined();
  });
});

test('numbers of other countries are read with their own rules', () => {
  expect(telephoneText('(212) 555-0100 ext. 5', ['US'])).toBe('+12125550100');
  expect(telephoneText('020 7946 0958', ['GB'])).toBe('+442079460958');
  expect(telephoneText('0312345678', ['XX', 'JP'])).toBe('+81312345678');
});

test('whatever is written comes out the same once more, and in little time', () => {
  const kinds: readonly IdentifierKind[] = ['email', 'telephone', 'customer-number'];
  const letters = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        ...Array.from('@.-+()0123456789 aAzｱァー﨑髙丁目番地号一二十〒県市ﬁİẞ"<>:・々の条線区字ﾞ'),
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 60,
  });
  fc.assert(
    fc.property(letters, written => {
      for (const kind of kinds) {
        const once = text(kind, written);
        if (once !== undefined) expect(text(kind, once)).toBe(once);
      }
      for (const fold of [nameText, addressText, birthDateText]) {
        const once = fold(written);
        if (once !== undefined) {
          expect(fold(once)).toBe(once);
          expect(once).not.toContain('\n');
        }
      }
    }),
    { numRuns: 1_500 },
  );
});
