import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Encoding from 'encoding-japanese';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CustomerList } from '../../core/customer-index.ts';
import type { CustomerSource } from '../../core/exposure-policy.ts';
import type { IdentifierKind } from '../../core/personal.ts';
import { identifierText } from '../../exposure/people/normalise.ts';
import { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { openToFill } from '../../store/sqlite.ts';
import { openCustomers } from './customer-files.ts';
import { type NamedRow, namedRows } from './named-rows.ts';
import { readCustomers } from './read-customers.ts';
import { refreshCustomers } from './refresh-customers.ts';

const pseudonyms = new Pseudonyms(Buffer.alloc(32, 5));
const now = new Date('2026-11-26T00:00:00Z');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-people-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const store = (): string => join(folder, 'store');

const read = (...sources: readonly CustomerSource[]): Promise<CustomerList> =>
  readCustomers({
    store: store(),
    sources,
    folder,
    environment: {},
    pseudonyms,
    regions: ['JP'],
    now,
    tenants: [{ name: 'Blue', domains: ['blue.example.jp'] }],
  });

const readText = (text: string, source: CustomerSource = {}): Promise<CustomerList> => {
  writeFileSync(join(folder, 'list.csv'), text);
  return read({ file: 'list.csv', ...source });
};

/** Who has an identifier, as somebody who reads mail would find it. */
const whoHas = (kind: IdentifierKind, first: string, second?: string): readonly number[] => {
  const text = identifierText(kind, { regions: ['JP'] }, first, second);
  if (text === undefined) throw new Error(`no ${kind}: ${first}`);
  const { high, low } = pseudonyms.of(kind, text);
  const found: number[] = [];
  for (const { words } of openCustomers(store())?.identifiers() ?? []) {
    for (let at = 0; at < words.length; at += 4) {
      const [a = 0, b = 0, c = 0, person = 0] = words.subarray(at, at + 4);
      if (a * 0x10000 + (b >>> 16) === high && (b & 0xffff) * 2 ** 32 + c === low)
        found.push(person);
    }
  }
  return found;
};

const head =
  '顧客番号,氏名,フリガナ,メールアドレス,電話番号,住所,生年月日,契約状態,退会日,テナント\n';

describe('a customer list', () => {
  test('names persons, by whatever each can be recognised by', async () => {
    const list = await readText(
      `${head}A-001,髙橋 花子,タカハシ ハナコ,Hanako@Example.JP,03-1234-5678,東京都千代田区千代田一丁目2番地3号,昭和55年1月2日,契約中,,Red
A-002,佐藤 健,サトウ タケシ,,０９０−１２３４−５６７８,,1990/12/31,退会,2020-01-31,Red
`,
    );
    expect(list).toMatchObject({
      rows: 2,
      persons: 2,
      memberships: 2,
      tenants: ['Red'],
      statuses: { active: 1, dormant: 0, former: 1 },
      deletable: { yes: 1, unknown: 0 },
      unrecognisable: 0,
      unseen: [],
    });
    expect(whoHas('email', 'hanako@example.jp')).toEqual([0]);
    expect(whoHas('telephone', '+81 3 1234 5678')).toEqual([0]);
    expect(whoHas('customer-number', 'a001')).toEqual([0]);
    expect(whoHas('name-and-birth-date', '高橋花子', '1980-01-02')).toEqual([0]);
    expect(whoHas('name-and-birth-date', 'たかはしはなこ', '1980-01-02')).toEqual([0]);
    expect(whoHas('name-and-address', '高橋　花子様', '千代田区千代田1-2-3 メゾン101')).toEqual([
      0,
    ]);
    expect(whoHas('telephone', '090-1234-5678')).toEqual([1]);
    expect(whoHas('email', 'somebody@else.example')).toEqual([]);
    expect(openCustomers(store())?.memberships()).toEqual({
      person: Uint32Array.of(0, 1),
      row: Uint32Array.of(1, 2),
      tenant: Uint16Array.of(0, 0),
      status: Uint8Array.of(0, 2),
      deletable: Uint8Array.of(0, 1),
    });
  });

  test.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    [
      'Shift_JIS',
      (text: string) =>
        Buffer.from(Encoding.convert(Encoding.stringToCode(text), 'SJIS', 'UNICODE')),
    ],
    [
      'EUC-JP',
      (text: string) =>
        Buffer.from(Encoding.convert(Encoding.stringToCode(text), 'EUCJP', 'UNICODE')),
    ],
    [
      'ISO-2022-JP',
      (text: string) =>
        Buffer.from(Encoding.convert(Encoding.stringToCode(text), 'JIS', 'UNICODE')),
    ],
    ['UTF-16 with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without', (text: string) => Buffer.from(text, 'utf16le')],
  ])('is read in %s, whatever stands between cells', async (_, encoded) => {
    for (const delimiter of [',', '\t', ';']) {
      const text = `番号,氏名,メール,生年月日\r\n1,山田 太郎,taro@example.jp,1980-01-02\r\n2,"鈴木""一郎""","ichiro@example.jp",\r\n`;
      writeFileSync(join(folder, 'list.csv'), encoded(text.replaceAll(',', delimiter)));
      const list = await read({ file: 'list.csv' });
      expect(list.persons).toBe(2);
      expect(whoHas('email', 'taro@example.jp')).toEqual([0]);
      expect(whoHas('name-and-birth-date', '山田太郎', '1980-01-02')).toEqual([0]);
      expect(whoHas('email', 'ichiro@example.jp')).toEqual([1]);
    }
  });

  test('joins rows of one person, and only those', async () => {
    const list = await readText(`name,email,phone,dob,address,tenant
山田太郎,taro@example.jp,03-1111-1111,,,Red
山田太郎,TARO@example.jp,,1980-01-02,,Blue
山田 太郎,other@example.jp,,1980-01-02,,Green
山田太郎,third@example.jp,,1980-01-02,,Green
鈴木花子,hanako@example.jp,03-1111-1111,,,Red
佐藤健,info@example.jp,,,,Red
伊藤明,info@example.jp,,,,Red
佐藤健,info@example.jp,,,,Blue
`);
    expect(list.persons).toBe(4);
    expect(list.tenants).toEqual(['Red', 'Blue', 'Green']);
    expect(whoHas('email', 'taro@example.jp')).toEqual([0]);
    expect(whoHas('email', 'other@example.jp')).toEqual([0]);
    // A telephone of two, and the address of an office: whoever it is, he is one of them.
    expect(whoHas('telephone', '03-1111-1111')).toEqual([0, 1]);
    expect(whoHas('email', 'info@example.jp')).toEqual([2, 3]);
    expect([...(openCustomers(store())?.memberships().person ?? [])]).toEqual([
      0, 0, 0, 0, 1, 2, 2, 3,
    ]);
  });

  test('believes numbers of persons more than anything else', async () => {
    const list = await readText(`person_id,name,email
7,山田太郎,family@example.jp
8,山田花子,family@example.jp
7,山田太郎,taro@example.jp
,山田太郎,taro@example.jp
,山田,family@example.jp
`);
    expect(list.persons).toBe(3);
    expect(whoHas('email', 'family@example.jp')).toEqual([0, 1, 2]);
    expect(whoHas('email', 'taro@example.jp')).toEqual([0]);
  });

  test('says what it could not use, where, and no value of it', async () => {
    const list = await readText(`email,tel,生年月日,status
taro@example.jp,03-1234-5678,1980-01-02,契約中
secret.example,secret,02/01/1980,secret
,,,
a@example.jp,1,2,secret,secret,secret
`);
    expect(list.unseen.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'list.csv:3:1: 1 value in email is no e-mail address: nobody is recognised by it',
      'list.csv:3:2: 1 value in tel is no telephone number: nobody is recognised by it',
      'list.csv:3:3: 1 value in 生年月日 is no date of birth, or not a certain one: nobody is recognised by it',
      expect.stringMatching(/^list.csv:3:4: 1 value in status is no status that is known/),
      expect.stringMatching(/^list.csv:3:1: 1 row names nobody/),
      expect.stringMatching(/^list.csv:5:1: 1 row has more cells/),
    ]);
    expect(JSON.stringify(list)).not.toContain('secret');
    expect(list).toMatchObject({ rows: 4, persons: 1 });
  });

  test.each([
    ['a@example.jp,b\nc@example.jp,d\n', {}, /^list\.csv:1:1: no column is known/],
    [
      'email,name\n"taro@example.jp,x\n',
      {},
      'list.csv:2:1: the quotation mark that opens here is never closed',
    ],
    [
      'email,name\na@example.jp,"x\ny',
      {},
      'list.csv:2:14: the quotation mark that opens here is never closed',
    ],
    ['', {}, 'list.csv:1:1: there is no row in it'],
    [
      'email\na@example.jp\n',
      { columns: { name: ['氏名'] } },
      'list.csv:1:1: there is no column "氏名"; there are "email"',
    ],
    [
      'email\na@example.jp\n',
      { charset: 'klingon' },
      'list.csv: klingon is no charset that is known',
    ],
  ])('is refused in one line: %j', async (text, source, message) => {
    await readText('email\nbefore@example.jp\n');
    await expect(readText(text, source)).rejects.toThrow(message);
    // What was there is there still, and nothing else.
    expect(whoHas('email', 'before@example.jp')).toEqual([0]);
    expect(
      readdirSync(join(store(), 'exposure/customers')).filter(name => name.startsWith('list-')),
    ).toHaveLength(1);
  });

  test('may name no columns, if the settings number them', async () => {
    await readText('a@example.jp,x\nb@example.jp,y\n', { columns: { email: ['#1'] } });
    expect(whoHas('email', 'a@example.jp')).toEqual([0]);
  });

  test('takes the words of the house, and its tenants', async () => {
    const list = await readText(
      'email,status,left\na@example.jp,Z9,2026-11-01\nb@blue.example.jp,,2020-01-01\nc@example.jp,OK,\n',
      {
        statuses: { z9: 'former', ok: 'dormant' },
        deletableAfterDays: 90,
      },
    );
    expect(list.statuses).toEqual({ active: 0, dormant: 1, former: 2 });
    expect(list.deletable).toEqual({ yes: 1, unknown: 0 });
    expect(list.tenants).toEqual(['', 'Blue']);
  });

  test('recognises nobody by what a crowd shares', async () => {
    const rows = Array.from({ length: 150 }, (_, i) => `u${i}@example.jp,03-0000-0000`);
    const list = await readText(`email,tel\n${rows.join('\n')}\n`);
    expect(list).toMatchObject({ persons: 150, crowds: 1, identifiers: 150 });
    expect(list.unseen.at(-1)?.why).toMatch(
      /^1 identifiers are those of more than a hundred people/,
    );
  });

  test('may be several, one behind the other', async () => {
    writeFileSync(join(folder, 'a.csv'), 'email\na@example.jp\n');
    writeFileSync(join(folder, 'b.csv'), 'メール\nb@example.jp\na@example.jp\n');
    const list = await read({ file: 'a.csv', tenant: 'A' }, { file: 'b.csv', tenant: 'B' });
    expect(list).toMatchObject({ rows: 3, persons: 2, tenants: ['A', 'B'] });
    expect(list.lists.map(({ name, rows }) => [name, rows])).toEqual([
      ['a.csv', 1],
      ['b.csv', 2],
    ]);
    expect(openCustomers(store())?.memberships().row).toEqual(Uint32Array.of(1, 3, 2));
  });

  test('may be what an SQLite database answers', async () => {
    const database = openToFill(join(folder, 'crm.sqlite'));
    database.exec(
      "CREATE TABLE c (mail TEXT, tel TEXT, big INTEGER); INSERT INTO c VALUES ('a@example.jp', NULL, 9007199254740993), ('b@example.jp', '03-1234-5678', 1)",
    );
    database.close();
    const source = {
      file: 'crm.sqlite',
      query: 'SELECT mail AS email, tel, big AS customer_no FROM c',
    };
    const list = await read(source);
    expect(list.persons).toBe(2);
    expect(whoHas('customer-number', '9007199254740993')).toEqual([0]);
    await expect(read({ ...source, query: 'DELETE FROM c' })).rejects.toThrow(/^crm\.sqlite: /);
    expect((await read(source)).persons).toBe(2);
  });

  test('is not read again while nothing changed, and names its people for a letter', async () => {
    const text =
      'email,姓,名,郵便番号,都道府県,住所\na@example.jp,山田,太郎,100-0001,東京都,千代田区千代田1-1\n,,,,,\nb@example.jp,佐藤,健,,,\n';
    const sources = [{ file: 'list.csv' }];
    const request = {
      store: store(),
      sources,
      folder,
      environment: {},
      pseudonyms,
      regions: ['JP'],
      now,
    };
    writeFileSync(join(folder, 'list.csv'), text);
    const list = await refreshCustomers(request);
    expect(await refreshCustomers(request)).toEqual(list);
    const named = async (): Promise<readonly NamedRow[]> => {
      const rows: NamedRow[] = [];
      for await (const some of namedRows({
        sources,
        folder,
        environment: {},
        list,
        wants: row => row !== 3,
      }))
        rows.push(...some);
      return rows;
    };
    expect(await named()).toMatchObject([
      {
        row: 1,
        name: '山田 太郎',
        email: 'a@example.jp',
        postcode: '100-0001',
        address: '東京都千代田区千代田1-1',
      },
      { row: 2, name: '' },
    ]);
    writeFileSync(join(folder, 'list.csv'), text.replace('b@', 'c@'));
    await expect(named()).rejects.toThrow('list.csv: not the list that was read on 2026-11-26');
    const changed = await refreshCustomers(request);
    expect(changed.folder).not.toBe(list.folder);
    expect(whoHas('email', 'c@example.jp')).toEqual([1]);
    const later = await refreshCustomers({ ...request, now: new Date('2026-11-27T00:00:00Z') });
    expect(later.folder).not.toBe(changed.folder);
    expect((await refreshCustomers({ ...request, regions: ['US'] })).folder).not.toBe(later.folder);
  });

  test('leaves no value of any row in the store', async () => {
    await readText(
      `${head}A-77123,髙橋 花子,タカハシ ハナコ,hanako.secret@example.jp,03-1234-5678,東京都千代田区千代田1-2-3,1980-01-02,契約中,,Red\n`,
    );
    const values = [
      '高橋',
      '髙橋',
      '花子',
      'ハナコ',
      'hanako',
      'secret',
      '12345678',
      '1234-5678',
      '千代田',
      '1980',
      '77123',
    ];
    for (const name of readdirSync(store(), { recursive: true, encoding: 'utf8' })) {
      const path = join(store(), name);
      if (!statSync(path).isFile() || name.endsWith('.lock')) continue;
      for (const value of values) {
        for (const encoding of ['utf8', 'utf16le'] as const) {
          expect(
            readFileSync(path).includes(Buffer.from(value, encoding)),
            `${value} in ${name}`,
          ).toBe(false);
        }
      }
      expect(statSync(path).mode & 0o077, name).toBe(0);
    }
  });
});
