import { describe, expect, it } from 'vitest';
import { sayDetection, sayItem } from '../../../test/support/sigma-nodes.ts';

/** What stands in the rule, and what it means. */
type Case = readonly [key: string, value: string, meaning: string];

const cases = (title: string, all: readonly Case[]): void => {
  describe(title, () => {
    it.each(all)('%s: %s', (key, value, meaning) => {
      expect(sayItem(key, value)).toBe(meaning);
    });
  });
};

const wrong = (title: string, all: readonly Case[]): void => {
  describe(title, () => {
    it.each(all)('%s: %s', (key, value, why) => {
      expect(sayItem(key, value)).toMatch(/^a\.yml:6:\d+: /);
      expect(sayItem(key, value)).toContain(why);
    });
  });
};

cases('a value without modifiers', [
  ['F', 'abc', 'F "abc"'],
  ['F', "''", 'F ""'],
  ['F', '""', 'F ""'],
  ['F', 'null', 'F is null'],
  ['F', '~', 'F is null'],
  ['F', '', 'F is null'],
  ['F', '[]', 'F is null'],
  ['F', 'true', 'F is true'],
  ['F', 'False', 'F is false'],
  ['F', 'yes', 'F "yes"'],
  ['F', "'true'", 'F "true"'],
  ['F', '4624', 'F = 4624'],
  ['F', '-1.5', 'F = -1.5'],
  ['F', '0x1F', '(F = 31 | F "0x1F")'],
  ['F', "'4624'", 'F "4624"'],
  ['F', '2024-01-01', 'F "2024-01-01"'],
  ['F', '.inf', 'F ".inf"'],
  ['F', '9007199254740993', 'F "9007199254740993"'],
  ['F', '[a, b]', '(F "a" | F "b")'],
  ['F', '[a, a]', '(F "a" | F "a")'],
  ['F', '[a, 1, null]', '(F "a" | F = 1 | F is null)'],
  ['Threat Name', 'x', 'Threat Name "x"'],
  ['a.b.c', 'x', 'a.b.c "x"'],
  [`'it"s'`, 'x', 'it"s "x"'],
  [`"quote's"`, 'x', `quote's "x"`],
  ['"a\\0b"', 'x', 'a\0b "x"'],
  ['4624', 'x', '4624 "x"'],
  ['F', '"a\\0b"', 'F "a\\u0000b"'],
  ['F', `"it's 100%_\\""`, `F "it's 100%_\\""`],
]);

cases('wildcards and what takes their meaning away', [
  ['F', "'a*b?c'", 'F "a" * "b" ? "c"'],
  ['F', "'*'", 'F *'],
  ['F', "'a**b'", 'F "a" * "b"'],
  ['F', "'??'", 'F ? ?'],
  ['F', String.raw`'C:\Windows\System32'`, String.raw`F "C:\\Windows\\System32"`],
  ['F', String.raw`'a\*b'`, 'F "a*b"'],
  ['F', String.raw`'a\?b'`, 'F "a?b"'],
  ['F', String.raw`'a\\*b'`, String.raw`F "a\\" * "b"`],
  ['F', String.raw`'a\\\*b'`, String.raw`F "a\\*b"`],
  ['F', String.raw`'\\\\host'`, String.raw`F "\\\\host"`],
  ['F', String.raw`'\\\host'`, String.raw`F "\\\\host"`],
  ['F', String.raw`'\\host'`, String.raw`F "\\host"`],
  ['F', String.raw`'\host'`, String.raw`F "\\host"`],
  ['F', String.raw`'ends\'`, String.raw`F "ends\\"`],
  ['F', String.raw`'ends\\'`, String.raw`F "ends\\"`],
  ['F', String.raw`'\\*\\'`, String.raw`F "\\" * "\\"`],
]);

cases('where a text is expected', [
  ['F|contains', 'a', 'F * "a" *'],
  ['F|contains', "'*a*'", 'F * "a" *'],
  ['F|startswith', 'a', 'F "a" *'],
  ['F|endswith', 'a', 'F * "a"'],
  ['F|endswith', String.raw`'\a.exe'`, String.raw`F * "\\a.exe"`],
  ['F|contains', "''", 'F *'],
  ['F|contains', '4624', 'F * "4624" *'],
  ['F|startswith', '007', 'F "007" *'],
  ['F|contains', 'true', 'F * "true" *'],
  ['F|contains|all', '[a, b]', '(F * "a" * & F * "b" *)'],
  ['F|all|contains', '[a, b]', '(F * "a" * & F * "b" *)'],
  ['F|all', 'a', 'F "a"'],
  ['F|contains|cased', 'aB', 'F * "aB" * cased'],
  ['F|cased', '[a, B]', '(F "a" cased | F "B" cased)'],
]);

cases('not equal: none of the values', [
  ['F|neq', 'a', '!F "a"'],
  ['F|neq', '5', '!F = 5'],
  ['F|neq', '[a, b]', '!(F "a" | F "b")'],
  ['F|contains|neq', 'a', '!F * "a" *'],
  ['F|contains|all|neq', '[a, b]', '!(F * "a" * & F * "b" *)'],
  ['F|neq', 'null', '!F is null'],
  ['F|fieldref|neq', 'G', '!F whole of G'],
  ['F|exists|neq', 'true', '!F exists'],
  ['F|neq|cidr', '10.0.0.0/8', '!F in 10.0.0.0/8'],
]);

cases('regular expressions', [
  ['F|re', "'^a.*b$'", 'F /^a.*b$/'],
  ['F|re', String.raw`'\\\\host\*'`, String.raw`F /\\\\host\*/`],
  ['F|re|i', 'a', 'F /a/i'],
  ['F|re|i|m|s', 'a', 'F /a/ims'],
  ['F|re|s|i', 'a', 'F /a/is'],
  ['F|re|ignorecase|multiline|dotall', 'a', 'F /a/ims'],
  ['F|re', "'(?i)abc'", 'F /(?i)abc/'],
  ['F|re', '123', 'F /123/'],
  ['F|re|all', '[a, b]', '(F /a/ & F /b/)'],
  ['F|re', '[a, b]', '(F /a/ | F /b/)'],
  ['F|re|contains', 'a|b', 'F /a|b/'],
  ['F|re|startswith', 'a|b', String.raw`F /\A(?:a|b)/`],
  ['F|re|endswith', 'a|b', String.raw`F /(?:a|b)\z/`],
  ['F|re|cased', 'a', 'F /a/'],
]);

cases('networks', [
  ['F|cidr', '10.0.0.0/8', 'F in 10.0.0.0/8'],
  ['F|cidr', "'2001:db8::/32'", 'F in 2001:db8::/32'],
  ['F|cidr', '203.0.113.7', 'F in 203.0.113.7/32'],
  ['F|cidr', "'::1'", 'F in ::1/128'],
  ['F|cidr', '192.0.2.0/255.255.255.0', 'F in 192.0.2.0/24'],
  ['F|cidr', '0.0.0.0/0.0.0.0', 'F in 0.0.0.0/0'],
  ['F|cidr', '[10.0.0.0/8, 192.168.0.0/16]', '(F in 10.0.0.0/8 | F in 192.168.0.0/16)'],
]);

cases('numbers and times', [
  ['F|lt', '5', 'F < 5'],
  ['F|lte', '5.5', 'F <= 5.5'],
  ['F|gt', '-1', 'F > -1'],
  ['F|gte', "'100'", 'F >= 100'],
  ['F|gt', '[1, 2]', '(F > 1 | F > 2)'],
  ['F|hour', '9', 'F hour = 9'],
  ['F|minute', '0', 'F minute = 0'],
  ['F|day', '31', 'F day = 31'],
  ['F|week', '53', 'F week = 53'],
  ['F|month', '12', 'F month = 12'],
  ['F|year', '2026', 'F year = 2026'],
  ['F|hour|gte', '22', 'F hour >= 22'],
  ['F|lt|hour', '6', 'F hour < 6'],
  ['F|hour|neq', '[1, 2]', '!(F hour = 1 | F hour = 2)'],
]);

cases('whether there is a field, and another field', [
  ['F|exists', 'true', 'F exists'],
  ['F|exists', 'false', 'F is absent'],
  ['F|exists', 'yes', 'F exists'],
  ['F|exists', 'no', 'F is absent'],
  ['F|exists', "'true'", 'F exists'],
  ['F|fieldref', 'G', 'F whole of G'],
  ['F|fieldref', "'Threat Name'", 'F whole of Threat Name'],
  ['F|fieldref|contains', 'G', 'F within of G'],
  ['F|fieldref|startswith', 'G', 'F start of G'],
  ['F|fieldref|endswith', 'G', 'F end of G'],
  ['F|contains|fieldref', 'G', 'F within of G'],
  ['F|fieldref|cased', 'G', 'F whole of G cased'],
  ['F|fieldref', '[G, H]', '(F whole of G | F whole of H)'],
]);

// The values are what `printf … | iconv | base64` gives; of the offsets, what stays the same at every place.
cases('encodings', [
  ['F|base64', 'foobar', 'F "Zm9vYmFy"'],
  ['F|base64|contains', 'foobar', 'F * "Zm9vYmFy" *'],
  ['F|base64', String.raw`'a\*b'`, 'F "YSpi"'],
  ['F|base64', 'é', 'F "w6k="'],
  ['F|base64offset|contains', 'foobar', '(F * "Zm9vYmFy" * | F * "Zvb2Jhc" * | F * "mb29iYX" *)'],
  ['F|base64offset', 'foob', '(F * "Zm9vY" * | F * "Zvb2" * | F * "mb29i" *)'],
  ['F|base64offset|startswith', 'foob', '(F "Zm9vY" * | F "Zvb2" * | F "mb29i" *)'],
  ['F|wide', 'cmd', String.raw`F "c\u0000m\u0000d\u0000"`],
  ['F|utf16le', 'cmd', String.raw`F "c\u0000m\u0000d\u0000"`],
  ['F|utf16be', 'cmd', String.raw`F "\u0000c\u0000m\u0000d"`],
  ['F|utf16', 'cmd', 'F "\uFEFFc\\u0000m\\u0000d\\u0000"'],
  ['F|wide|contains', "'c*d'", String.raw`F * "c\u0000" * "d\u0000" *`],
  ['F|utf16le|base64', 'foo', 'F "ZgBvAG8A"'],
  ['F|utf16be|base64', 'foo', 'F "AGYAbwBv"'],
  ['F|utf16|base64', 'foo', 'F "//5mAG8AbwA="'],
  ['F|utf16le|base64', 'é', 'F "6QA="'],
  ['F|wide|base64offset|contains', 'foo', '(F * "ZgBvAG8A" * | F * "YAbwBvA" * | F * "mAG8Abw" *)'],
]);

describe('dashes', () => {
  const dashes = ['-', '/', '–', '—', '―'];
  const all = (make: (dash: string) => string): string =>
    `(${dashes.map(dash => `F ${make(dash)}`).join(' | ')})`;

  it('stand for each other where they begin a word', () => {
    expect(sayItem('F|windash', "'-a'")).toBe(all(dash => `"${dash}a"`));
    expect(sayItem('F|windash|contains', "' -a'")).toBe(all(dash => `* " ${dash}a" *`));
    expect(sayItem('F|windash', "'cmd -first-name'")).toBe(all(dash => `"cmd ${dash}first-name"`));
  });

  it('are also found where a rule has another of them', () => {
    for (const dash of dashes) {
      const said = sayItem('F|windash', `'${dash}a'`);
      for (const other of dashes) expect(said).toContain(`F "${other}a"`);
    }
  });

  it('are left alone within a word, at its end and by themselves', () => {
    expect(sayItem('F|windash', "'a-b'")).toBe('F "a-b"');
    expect(sayItem('F|windash', "'a-'")).toBe('F "a-"');
    expect(sayItem('F|windash', "'- '")).toBe('F "- "');
    expect(sayItem('F|windash', "'é-x'")).toBe('F "é-x"');
  });

  it('are combined in every way', () => {
    const said = sayItem('F|windash', "'-a /b'");
    expect(said.split(' | ')).toHaveLength(25);
    for (const one of dashes) for (const two of dashes) expect(said).toContain(`"${one}a ${two}b"`);
  });

  it('of a long command line become one regular expression', () => {
    expect(sayItem('F|windash|contains', "'x.exe -a -b -c -d*'")).toBe(
      String.raw`F /x\.exe [\-\/–—―]a [\-\/–—―]b [\-\/–—―]c [\-\/–—―]d.*/is`,
    );
    expect(sayItem('F|windash|startswith|cased', "'-a -b -c -d'")).toBe(
      String.raw`F /\A[\-\/–—―]a [\-\/–—―]b [\-\/–—―]c [\-\/–—―]d/s`,
    );
  });

  it('of several values that must all be there count one value each', () => {
    const one = (text: string): string =>
      `(${dashes.map(dash => `F * "${dash}${text}" *`).join(' | ')})`;
    expect(sayItem('F|windash|contains|all', "['-a', '-b']")).toBe(`(${one('a')} & ${one('b')})`);
  });

  it('are written out before they are encoded', () => {
    const said = sayItem('F|windash|base64', "'-a'");
    for (const dash of dashes)
      expect(said).toContain(`"${btoa(unescape(encodeURIComponent(`${dash}a`)))}"`);
  });
});

describe('placeholders', () => {
  const placeholders = new Map([
    ['admins', ['adm*', 'root']],
    ['servers', ['srv1', 'srv2']],
  ]);
  const say = (key: string, value: string): string => sayItem(key, value, { placeholders });

  it('become what is said to stand for them', () => {
    expect(say('F|expand', "'%admins%'")).toBe('(F "adm" * | F "root")');
    expect(say('F|expand', String.raw`'HOST\%admins%$'`)).toBe('F "HOST%admins%$"');
    expect(say('F|expand', "'x-%admins%-y'")).toBe('(F "x-adm" * "-y" | F "x-root-y")');
  });

  it('are combined where a value has several', () => {
    expect(say('F|expand', "'%servers%/%servers%'")).toBe(
      '(F "srv1/srv1" | F "srv2/srv1" | F "srv1/srv2" | F "srv2/srv2")',
    );
  });

  it('are any of their values, also where all values of the list must be there', () => {
    expect(say('F|expand|contains|all', "['%servers%', x]")).toBe(
      '((F * "srv1" * | F * "srv2" *) & F * "x" *)',
    );
  });

  it('are plain text without the modifier, and behind a backslash', () => {
    expect(say('F', "'%admins%'")).toBe('F "%admins%"');
    expect(say('F|expand', String.raw`'\%plain%servers%'`)).toBe(
      '(F "%plainsrv1" | F "%plainsrv2")',
    );
    expect(say('F|expand', "'100%'")).toBe('F "100%"');
  });

  it('stand behind a backslash that is one itself', () => {
    const paths = String.raw`(F "C:\\srv1\\x" | F "C:\\srv2\\x")`;
    expect(say('F|expand', String.raw`'C:\\%servers%\x'`)).toBe(paths);
    expect(say('F|re|expand', String.raw`'C:\\%servers%'`)).toBe(
      String.raw`(F /C:\\(?:srv1)/ | F /C:\\(?:srv2)/)`,
    );
    expect(say('F', String.raw`'C:\\%x'`)).toBe(String.raw`F "C:\\%x"`);
  });

  it('are quoted within a regular expression', () => {
    expect(say('F|re|expand', "'^%admins%@'")).toBe('(F /^(?:adm(?s:.*))@/ | F /^(?:root)@/)');
  });

  it('nobody knows are a reason to leave the rule out', () => {
    expect(sayItem('F|expand', "'%Administrators%'")).toBe(
      'a.yml:6:15: nothing is said to stand for the placeholder %Administrators%',
    );
  });
});

describe('keywords', () => {
  const say = (selection: string): string => sayDetection(`  sel:${selection}\n  condition: sel`);

  it('stand anywhere in any text', () => {
    expect(say(' abc')).toBe('any * "abc" *');
    expect(say('\n    - a\n    - b*c')).toBe('(any * "a" * | any * "b" * "c" *)');
    expect(say('\n    - 4624')).toBe('any * "4624" *');
    expect(say('\n    - true')).toBe('any * "true" *');
  });

  it('take modifiers', () => {
    expect(say("\n    '|all':\n      - a\n      - b")).toBe('(any * "a" * & any * "b" *)');
    expect(say("\n    '|re': a.b")).toBe('any /a.b/');
    expect(say("\n    '|cased': a")).toBe('any * "a" * cased');
    expect(say("\n    '|contains': a")).toBe('any * "a" *');
    expect(say("\n    '|startswith': a")).toBe('any "a" *');
    expect(say("\n    '|neq': a")).toBe('!any * "a" *');
    expect(say("\n    '|cidr': 10.0.0.0/8")).toBe('any in 10.0.0.0/8');
    expect(say("\n    '|base64': foobar")).toBe('any * "Zm9vYmFy" *');
  });

  it('need something to look for, and a text', () => {
    expect(say("\n    - ''")).toContain('an empty keyword');
    expect(say("\n    - '*'")).toContain('an empty keyword');
    expect(say('\n    - null')).toContain('a keyword is a text');
    expect(say("\n    '|exists': true")).toContain('a keyword is a text');
    expect(say("\n    '|gt': 5")).toContain('a keyword is a text');
    expect(say("\n    '|fieldref': G")).toContain('a keyword is a text');
  });
});

wrong('a mistake has its place', [
  ['F|contians', 'a', "unknown modifier 'contians' in 'F|contians'"],
  ['F|Contains', 'a', 'modifiers are written in lower case'],
  ['F|', 'a', "a '|' without a modifier"],
  ['F|contains|contains', 'a', 'stands twice'],
  ['F|re', '(', 'is not one of RE2'],
  ['F|re', '(?=a)b', 'is not one of RE2'],
  ['F|re', String.raw`(a)\1`, 'is not one of RE2'],
  ['F|re', '~', 'without a regular expression'],
  ['F|contains|re', 'a', "stands behind 'contains'"],
  ['F|i', 'a', "the modifier 'i' without 're'"],
  ['F|re|i|cased', 'a', 'contradict each other'],
  ['F|cidr', '10.0.0.0/33', 'is no network'],
  ['F|cidr', '10.0.0.0/255.0.255.0', 'is no network'],
  ['F|cidr', "'2001:db8::/255.0.0.0'", 'is no network'],
  ['F|cidr', '10.0.0.0/', 'is no network'],
  ['F|cidr', '10.0.0.*', 'cannot be used with a text'],
  ['F|cidr', 'fe80::1%eth0/64', 'is no network'],
  ['F|contains|cidr', '10.0.0.0/8', "stands behind 'contains'"],
  ['F|gt', 'abc', 'cannot be used with a text'],
  ['F|gt', 'null', 'cannot be used with null'],
  ['F|gt', "'0x10'", 'cannot be used with a text'],
  ['F|hour', '24', 'a whole number from 0 to 23'],
  ['F|minute', '1.5', 'a whole number from 0 to 59'],
  ['F|hour', 'noon', 'cannot be used with a text'],
  ['F|exists', 'maybe', "'exists' takes true or false"],
  ['F|contains|exists', 'true', "stands behind 'contains'"],
  ['F|contains|startswith', 'a', "'contains' and 'startswith' contradict each other"],
  ['F|startswith|endswith', 'a', "'startswith' and 'endswith' contradict each other"],
  ['F|fieldref|contains|endswith', 'G', "'contains' and 'endswith' contradict"],
  ['F|contains', 'null', 'cannot be used with null'],
  ['F|fieldref', "'G*'", 'the name of a field with wildcards'],
  ['F|fieldref', "''", 'without the name of a field'],
  ['F|base64', "'a*'", 'a text with wildcards cannot be encoded'],
  ['F|base64offset', 'a', 'too short'],
  ['F|base64', "''", 'too short'],
  ['F|wide', 'é', 'base64 or base64offset must follow'],
  ['F|re|base64', 'a', 'cannot be used with a regular expression'],
  ['F|gt|contains', '5', 'cannot be used with the number 5'],
  ['F', '{a: b}', 'a map where'],
  ['F', '[[a]]', 'a list or map within the values'],
  ['F', '[{a: b}]', 'a list or map within the values'],
  ['F', String.raw`"\uD800"`, 'lone surrogate'],
]);
