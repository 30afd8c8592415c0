import { describe, expect, test } from 'vitest';
import { readAddresses } from './addresses.ts';
import { readDate } from './date.ts';
import { decodeWords } from './encoded-words.ts';
import { readParameters } from './parameters.ts';

const shown = (folded: string): readonly string[] =>
  readAddresses(folded).map(({ name, address }) => `${name}|${address}`);

describe('addresses', () => {
  test.each<readonly [string, readonly string[]]>([
    ['taro@example.jp', ['|taro@example.jp']],
    ['Taro <taro@example.jp>', ['Taro|taro@example.jp']],
    ['"Sato, Hanako" <h@example.jp>, b@example.jp', ['Sato, Hanako|h@example.jp', '|b@example.jp']],
    ['Sato, Hanako <h@example.jp>, b@example.jp', ['Sato, Hanako|h@example.jp', '|b@example.jp']],
    ['root, Hanako <h@example.jp>', ['root|', 'Hanako|h@example.jp']],
    ['taro@example.jp (Taro (the first))', ['Taro (the first)|taro@example.jp']],
    ['undisclosed-recipients:;', []],
    [
      'Staff: A <a@example.jp>, b@example.jp;, c@example.jp',
      ['A|a@example.jp', '|b@example.jp', '|c@example.jp'],
    ],
    ['P(with \\) in) <p(his account)@example.jp(his host)>', ['P|p@example.jp']],
    ['"taro yamada"@example.jp', ['|"taro yamada"@example.jp']],
    ['<@a.example,@b.example:taro@example.jp>', ['|taro@example.jp']],
    ['Taro <taro@[192.0.2.1]>', ['Taro|taro@[192.0.2.1]']],
    ['=?utf-8?B?55Sw5LitLCDlpKrpg44=?= <t@example.jp>', ['田中, 太郎|t@example.jp']],
    ['"=?utf-8?B?55Sw5Lit?=" <t@example.jp>', ['田中|t@example.jp']],
    ['=?utf-8?Q?T_<t@example.jp>?=', ['T|t@example.jp']],
    ['田中 <用户@例え.jp>', ['田中|用户@例え.jp']],
    ['a@example.jp; b@example.jp', ['|a@example.jp', '|b@example.jp']],
    ['a@example.jp b@example.jp', ['|a@example.jp', '|b@example.jp']],
    ['A <a@example.jp> B <b@example.jp>', ['A B|a@example.jp', '|b@example.jp']],
    ['"no end <a@example.jp>, b@example.jp', ['no end|a@example.jp', '|b@example.jp']],
    ['<a@example.jp', ['|a@example.jp']],
    ['mailto:a@example.jp', ['|a@example.jp']],
    ["'a@example.jp' <a@example.jp>", ["'a@example.jp'|a@example.jp"]],
    ['root', ['root|']],
    ['A\r\n\t<a@example.jp>,\r\n b@example.jp', ['A|a@example.jp', '|b@example.jp']],
    ['', []],
  ])('of %j', (folded, expected) => {
    expect(shown(folded)).toEqual(expected);
  });
});

describe('encoded words', () => {
  test.each([
    ['=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?Q?a?= b =?utf-8?Q?c?=', 'a b c'],
    ['=?utf-8?Q?a?= b\r\n =?utf-8?Q?c?=', 'a b c'],
    ['b\r\n\t=?utf-8?Q?c?=', 'b c'],
    ['a=?utf-8?Q?b?=c', 'abc'],
    ['=?ISO-8859-1?q?J=F8rn_S?=', 'Jørn S'],
    ['=?utf-8*ja?Q?=41?=', 'A'],
    // Cut in the middle of a character, in all the ways programs do.
    ['=?UTF-8?Q?=E3=81?= =?UTF-8?Q?=82?=', 'あ'],
    ['=?UTF-8?B?44GC44?= =?UTF-8?B?GE?=', 'あい'],
    ['=?iso-2022-jp?B?GyRCJEY=?= =?iso-2022-jp?B?JDkkSBsoQg==?=', 'てすと'],
    ['=?Shift_JIS?B?g2WD?= =?Shift_JIS?B?WINn?=', 'テスト'],
    ['=?gb2312?B?xOO6ww==?= =?utf-8?B?44GC?=', '你好あ'],
    ['=?utf-7?Q?+MEI-?=', 'あ'],
    ['=?hz-gb-2312?Q?~{<:Ky2;S{#,NpJ)l6HK!#~}?=', '己所不欲，勿施於人。'],
    // What is not encoded inside stays.
    ['=?utf-8?Q?a b?c?=', 'a b?c'],
    ['=?utf-8?B?44GC 44GE?=', 'あい'],
    ['=?utf-8?Q?foo\r\n bar?=', 'foobar'],
    ['=?us-ascii?Q?=E3=81=82?=', 'あ'],
    ['=?x-nobody?Q?=E3=81=82?=', 'あ'],
    ['=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
    ['=?utf-8?Q?no end', '=?utf-8?Q?no end'],
    ['=?utf-8?Q??=', ''],
  ])('of %j', (folded, expected) => {
    expect(decodeWords(folded)).toBe(expected);
  });
});

describe('parameters', () => {
  test.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ['TEXT/Plain; CHARSET="utf-8" (comment)', 'text/plain', { charset: 'utf-8' }],
    ['text/plain charset=utf-8', 'text/plain', { charset: 'utf-8' }],
    ['text/plain; charset=utf-8 name=a.txt', 'text/plain', { charset: 'utf-8', name: 'a.txt' }],
    ['a/b t*0*=utf-8\'\'%E3%81 t*1*=%82 u="x"', 'a/b', { t: 'あ', u: 'x' }],
    ['text/plain; charset=(c)utf-8; charset=b', 'text/plain', { charset: 'utf-8' }],
    ['multipart/mixed; boundary="a;b=\\"c"', 'multipart/mixed', { boundary: 'a;b="c' }],
    ['multipart/mixed; boundary=a=b c; x=y', 'multipart/mixed', { boundary: 'a=b c', x: 'y' }],
    ['attachment; filename=a b.pdf', 'attachment', { filename: 'a b.pdf' }],
    ['attachment; filename="C:\\tmp\\a.txt"', 'attachment', { filename: 'C:\\tmp\\a.txt' }],
    ['a/b; t*1*=%2A; t*0*=us-ascii\'en\'is%20; t*2="it!"', 'a/b', { t: 'is *it!' }],
    [
      "attachment; filename*=iso-2022-jp'ja'%1B$B$%22%1B(B.txt",
      'attachment',
      { filename: 'あ.txt' },
    ],
    ["attachment; filename*0*=utf-8''%E5%86; filename*1*=%99", 'attachment', { filename: '写' }],
    ['attachment; filename*=utf-8\'\'%E3%81%82; filename="b"', 'attachment', { filename: 'あ' }],
    [
      'attachment; filename="=?utf-8?Q?=E3=81=82?= =?utf-8?Q?b?="',
      'attachment',
      { filename: 'あb' },
    ],
    ['; charset=a', '', { charset: 'a' }],
    ['', '', {}],
  ])('of %j', (folded, value, parameters) => {
    const read = readParameters(folded);
    expect(read.value).toBe(value);
    expect(Object.fromEntries(read.parameters)).toEqual(parameters);
  });
});

describe('dates', () => {
  test.each<readonly [string, string | undefined]>([
    ['Mon, 29 Jun 2026 09:00:00 +0900 (JST)', '2026-06-29T00:00:00.000Z'],
    ['29 Jun 26 09:00 EST', '2026-06-29T14:00:00.000Z'],
    ['Thu,\r\n 13\r\n  Feb (x) 1969 23:32 -0330 (Newfoundland)', '1969-02-14T03:02:00.000Z'],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z'],
    ['Thu Feb 13 23:32:54 1969', '1969-02-13T23:32:54.000Z'],
    ['2026-06-29T09:00:00+09:00', '2026-06-29T00:00:00.000Z'],
    ['Fri, 07 Jun 2002 16:35:51 GMT+1', '2002-06-07T15:35:51.000Z'],
    ['Mon, 29 Jun 2026 9:00:00 PM +0900', '2026-06-29T12:00:00.000Z'],
    ['Wed, 32 Jan 2020 00:00:00 +0000', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ])('of %j', (text, expected) => {
    const date = readDate(text);
    expect(date === undefined ? undefined : new Date(date).toISOString()).toBe(expected);
  });
});
