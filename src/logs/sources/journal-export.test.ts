import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openEnvelope } from '../envelope/open-envelope.ts';
import { isJournalExport, type JournalEntry, JournalExport } from './journal-export.ts';

type Field = readonly [name: string, value: string | Uint8Array];

const binary = (
  name: string,
  value: string | Uint8Array,
  length = Buffer.byteLength(value),
): Buffer => {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, Buffer.from(value), Buffer.from('\n')]);
};

const entry = (fields: readonly Field[]): Buffer =>
  Buffer.concat([
    ...fields.map(([name, value]) =>
      typeof value === 'string' ? Buffer.from(`${name}=${value}\n`) : binary(name, value),
    ),
    Buffer.from('\n'),
  ]);

const read = (bytes: Uint8Array, chunkBytes = 1_000_000) => {
  const entries: JournalEntry[] = [];
  const journal = new JournalExport(each => entries.push(each));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes));
    journal.push(chunk);
    chunk.fill(0x58);
  }
  journal.end();
  return { entries, report: journal.report, texts: entries.map(({ text }) => text) };
};

const head: readonly Field[] = [
  ['__CURSOR', 's=1;i=2'],
  ['__REALTIME_TIMESTAMP', '1782727200000000'],
];

describe('an export of the journal', () => {
  test('has an entry on a line, as journalctl -o json has it, and the formats read it', () => {
    const { entries, texts, report } = read(
      entry([
        ...head,
        ['_HOSTNAME', 'mx1'],
        ['SYSLOG_IDENTIFIER', 'dovecot'],
        ['MESSAGE', Buffer.from('imap-login: Login: user=<mai>\nand more')],
        ['DATA', Buffer.from([0xff, 0, 65])],
        ['SAME', 'a=b'],
        ['SAME', 'c'],
      ]),
    );
    expect(texts).toEqual([
      '{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1782727200000000","_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"dovecot","MESSAGE":"imap-login: Login: user=<mai>\\nand more","DATA":[255,0,65],"SAME":["a=b","c"]}',
    ]);
    expect(report).toEqual({ entries: 1, fieldsCut: 0 });
    const { host, program, message } = openEnvelope({ text: entries[0]?.text ?? '', number: 1 });
    expect([host, program, message]).toEqual([
      'mx1',
      'dovecot',
      'imap-login: Login: user=<mai>\nand more',
    ]);
  });

  test('is the same however it comes, and tells where each entry ends', () => {
    const value = fc.oneof(
      fc.stringMatching(/^[a-z=é ]{0,20}$/),
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(Buffer.from('\n\n'), Buffer.from('A=1\n\n__CURSOR=x\n')),
    );
    const fields = fc.array(fc.tuple(fc.constantFrom('A', '_B', '__C', 'MESSAGE'), value), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        fc.array(fields, { maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        (given, size) => {
          const each = given.map(list => entry([...head, ...list]));
          const whole = Buffer.concat(each);
          const { entries, report } = read(whole, size);
          expect(report).toEqual({ entries: given.length, fieldsCut: 0 });
          let end = 0;
          expect(entries.map(one => one.end)).toEqual(each.map(({ length }) => (end += length)));
          for (const [i, { text }] of entries.entries()) {
            const names = [...head, ...(given[i] ?? [])].map(([name]) => name);
            expect(Object.keys(JSON.parse(text))).toEqual([...new Set(names)]);
          }
        },
      ),
    );
  });

  test('keeps memory bounded: a core dump is named, and what follows is read', () => {
    const { texts, report } = read(
      Buffer.concat([
        entry([...head, ['COREDUMP', new Uint8Array(3 << 20)], ['AFTER', 'x']]),
        entry([...head, ['MESSAGE', 'next']]),
        entry([...head, ['MESSAGE', 'x'.repeat(2 << 20)], ['AFTER', 'y']]),
      ]),
      65_536,
    );
    expect(report).toEqual({ entries: 3, fieldsCut: 2 });
    expect(JSON.parse(texts[2] ?? '')).toMatchObject({
      POSTERN_LEFT_AWAY: 'MESSAGE: more than 1048576 bytes',
      AFTER: 'y',
    });
    expect(JSON.parse(texts[0] ?? '')).toMatchObject({
      POSTERN_LEFT_AWAY: 'COREDUMP: 3145728 bytes',
      AFTER: 'x',
    });
    expect(JSON.parse(texts[1] ?? '')).toMatchObject({ MESSAGE: 'next' });
  });

  test('that is damaged says where, and what came before is read', () => {
    const good = entry([...head, ['MESSAGE', 'a']]);
    const lies = Buffer.concat([good, binary('X', 'abc', 2), Buffer.from('\n')]);
    expect(read(lies)).toMatchObject({
      texts: { length: 1 },
      report: { damage: { offset: good.length + 12 } },
    });
    const cut = Buffer.concat([good, Buffer.from('__CURSOR=s=1;i=3\nMESS')]);
    expect(read(cut, 3).report).toMatchObject({
      entries: 2,
      damage: { why: 'it ends within an entry' },
    });
    expect(read(Buffer.from('no journal\n')).report.damage?.offset).toBe(0);
    expect(read(Buffer.from('x'.repeat(5_000))).report.damage?.offset).toBe(0);
  });

  test('of noise never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('A', '=', '\n', '\0', '\x01', 'MESSAGE', '\0\0\0\0\0\0\0', 'é'), {
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 9 }),
        (parts, size) => {
          const bytes = Buffer.from(parts.join(''));
          expect(read(bytes, size)).toEqual(read(bytes));
        },
      ),
    );
  });

  test('is told from other logs by its first line', () => {
    expect(isJournalExport('__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1\n')).toBe(true);
    expect(isJournalExport('__CURSOR=s=1\nx')).toBe(false);
  });
});
