import { describe, expect, test } from 'vitest';
import { CsvTable, csvCells, fieldsLine } from './csv.ts';
import { exchangeHeader } from './exchange-log.ts';
import { Fields } from './fields.ts';
import { americanStamp, Clean, messageIdOf, utcStamp } from './meaning.ts';

describe('cells of a row', () => {
  test.each([
    ['a,b,,d', ['a', 'b', '', 'd']],
    ['"a,b","c ""d"" e",f', ['a,b', 'c "d" e', 'f']],
    ['a"b,c', ['a"b', 'c']],
    ['"open, to the end', ['open, to the end']],
    ['', ['']],
    ['"",""', ['', '']],
    ['"a"b,c', ['a', 'c']],
  ])('%j', (text, cells) => expect(csvCells(text)).toEqual(cells));

  test('are no more than a bound', () => expect(csvCells(','.repeat(10_000))).toHaveLength(500));
});

describe('a table', () => {
  const isHeader = (names: readonly string[]): boolean => names.includes('subject');

  test('takes its columns from its header, which may come again', () => {
    const table = new CsvTable(isHeader);
    expect(table.read('1,x')).toBeUndefined();
    expect(table.read('Id,Subject')).toBe('header');
    const row = table.read('1,"Subject"');
    expect(row instanceof Fields && row.text('subject')).toBe('Subject');
    expect(table.read('Subject,Id')).toBe('header');
    const other = table.read('x,1');
    expect(other instanceof Fields && other.text('id')).toBe('1');
  });

  test('has columns of one form, however they are written', () => {
    expect(fieldsLine('#Fields: date-time,Message ID,client_ip')).toEqual([
      'date-time',
      'message-id',
      'client-ip',
    ]);
    expect(exchangeHeader('\ufeff#Log-type: IMAP4 Log')).toEqual({ logType: 'imap4 log' });
    expect(exchangeHeader('# comment')).toBeUndefined();
  });
});

describe('fields of a record', () => {
  test('are found whatever their case, and nothing that is not there is', () => {
    const fields = Fields.of(JSON.parse('{"IPAddress":"x","__proto__":{"polluted":"y"}}'));
    expect(fields?.text('ipAddress')).toBe('x');
    expect(fields?.text('constructor')).toBeUndefined();
    expect(fields?.text('polluted')).toBeUndefined();
    expect(fields?.text('toString')).toBeUndefined();
  });

  test('may be JSON within a text', () => {
    const fields = Fields.of({ AuditData: '{"Id":"1"}', List: '[{"a":1}]', Broken: '{"a":' });
    expect(fields?.object('auditdata')?.text('id')).toBe('1');
    expect(fields?.objects('list', 5)[0]?.text('a')).toBe('1');
    expect(fields?.object('broken')).toBeUndefined();
  });
});

describe('a time that is documented as UTC', () => {
  test.each([
    ['2026-06-12T08:15:09', 0],
    ['2026-06-12 08:15:09.693000000', 0],
    ['2026-06-12T08:15:09.6442361Z', 0],
    ['2026-06-12T08:15:09+09:00', 540],
    ['2026-06-12 08:15:09 UTC', 0],
    ['/Date(1781252109000)/', 0],
    ['1781252109', 0],
    ['1781252109000000', 0],
    ['12/06/2026 08:15', undefined],
    ['2026-06-12T08:15:09 or so', undefined],
  ])('%s', (text, offset) => expect(utcStamp(text)?.offsetMinutes).toBe(offset));
});

describe('a time as Azure writes it', () => {
  const iso = (text: string): string | undefined => {
    const stamp = americanStamp(text);
    return stamp === undefined
      ? undefined
      : [stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.offsetMinutes].join(
          ' ',
        );
  };

  test.each([
    ['11/22/2026, 12:00:01.123 AM', '2026 11 22 0 0 0'],
    ['1/9/2026 12:41:00 PM', '2026 1 9 12 41 0'],
    ['1/9/2026 9:41:00 PM +01:00', '2026 1 9 21 41 60'],
    ['01/09/2026 21:41:00', '2026 1 9 21 41 0'],
  ])('%s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  test.each(['22/11/2026 12:00:01 PM', '1/9/2026 13:00:00 PM', '1/9/2026', 'x'])(
    '%s is none',
    text => {
      expect(iso(text)).toBeUndefined();
    },
  );
});

describe('what is kept', () => {
  test('bears no secrets, and says that there were some', () => {
    const clean = new Clean();
    expect(
      clean.change([
        ['ClientSecret', 'abc123def'],
        ['KeyType', 'Password'],
        ['CredentialId', 'x'],
      ]),
    ).toEqual({
      ClientSecret: '…',
      KeyType: 'Password',
      CredentialId: 'x',
    });
    expect(clean.flags('aggregated', false)).toEqual(['aggregated', 'secret']);
  });

  test('is bounded in all', () => {
    const change = new Clean().change(
      Array.from({ length: 1_000 }, (_, at) => [`name ${at}`, 'x'.repeat(100_000)] as const),
    );
    expect(JSON.stringify(change).length).toBeLessThan(70_000);
  });

  test('message ids have their brackets', () => {
    expect(messageIdOf('a@b.test')).toBe('<a@b.test>');
    expect(messageIdOf('<a@b.test>')).toBe('<a@b.test>');
    expect(messageIdOf('<>')).toBeUndefined();
  });
});
