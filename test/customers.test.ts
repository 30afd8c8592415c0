import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Encoding from 'encoding-japanese';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanAnswer } from '../src/app/scan/scan-answer.ts';
import { ownSchema } from './support/schemas.ts';

const program = fileURLToPath(new URL('../bin/postern.js', import.meta.url));
const host = fileURLToPath(
  new URL('fixtures/platforms/dovecot/provider-2.3/root', import.meta.url),
);

const folder = mkdtempSync(join(tmpdir(), 'postern-customers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const postern = (
  ...args: readonly string[]
): { readonly text: string; readonly status: number | null; readonly errors: string } => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, POSTERN_STORE: join(folder, 'store') },
  });
  return { text: stdout, errors: stderr, status };
};

/** A message in ISO-2022-JP, as Japanese companies write them. */
const message = (number: number, from: string, lines: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from(
      `From: ${from}\r\nTo: desk@example.jp\r\nMessage-ID: <${number}@example.jp>\r\nDate: Tue, 14 Nov 2023 22:13:2${number} +0900\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n`,
    ),
    Buffer.from(
      Encoding.convert(Encoding.stringToCode(`${lines.join('\r\n')}\r\n`), 'JIS', 'UNICODE'),
    ),
  ]);

/** One customer a line; the others are in no mail. */
const list = `顧客番号,氏名,メールアドレス,電話番号,住所,生年月日,契約状態,退会日,テナント
R-0001-0001,高橋 花子,hanako@red.example.jp,,,,契約中,,Red
R-0001-0002,佐藤 健,,03-5555-0100,,,退会,2020-01-31,Red
B-0001-0003,渡辺 一郎,,,千代田区千代田一丁目2番3号,,休眠,,Blue
B-0001-0004,鈴木 翔,,,,S55.1.2,退会,,Blue
B-0001-0005,田中 誠,nobody-writes@blue.example.jp,,,,契約中,,Blue
B-0001-0006,高橋 花子,HANAKO@red.example.jp,,,,契約中,,Blue
`;

let answer: ScanAnswer;
beforeAll(() => {
  const box = join(folder, 'mail/example.jp/desk');
  for (const each of ['cur', 'new', 'tmp']) mkdirSync(join(box, each), { recursive: true });
  const messages = [
    message(1, 'Hanako <Hanako@Red.Example.JP>', ['お世話になっております。']),
    message(2, 'desk@example.jp', ['電話番号：０３−５５５５−０１００']),
    message(3, 'desk@example.jp', [
      '氏名：渡邊　一郎',
      '住所：東京都千代田区千代田１－２－３　皇居ビル４０５',
    ]),
    message(4, 'desk@example.jp', ['氏名: 鈴木　翔', '生年月日: 1980年1月2日']),
    // A name alone is nobody.
    message(5, 'desk@example.jp', ['氏名: 田中　誠']),
  ];
  for (const [i, bytes] of messages.entries())
    writeFileSync(join(box, 'cur', `${i}.M1.mx:2,S`), bytes);
  writeFileSync(
    join(folder, 'customers.csv'),
    Buffer.from(Encoding.convert(Encoding.stringToCode(list), 'SJIS', 'UNICODE')),
  );
  const { text, errors } = postern(
    'scan',
    'mail',
    '--customers',
    'customers.csv',
    '--format',
    'json',
  );
  if (text === '') throw new Error(errors);
  answer = JSON.parse(text) as ScanAnswer;
}, 60_000);

describe('a scan with a customer list', () => {
  test('counts whose data lies in mail, each person once, by tenant and status', () => {
    expect(ownSchema('scan')(answer)).toEqual([]);
    expect(answer.people?.sets.listed).toMatchObject({ people: 5, customers: 5, others: 0 });
    expect(answer.people?.sets.stored).toMatchObject({
      customers: 4,
      // Two, whom a name with an address or a birth date told.
      probable: 2,
      byStatus: { active: 1, dormant: 1, former: 2 },
      deletable: 1,
    });
    const tenants = answer.people?.sets.stored.byTenant.map(({ tenant, people, deletable }) => [
      tenant,
      people,
      deletable,
    ]);
    expect(tenants?.toSorted()).toEqual([
      ['Blue', 3, 0],
      ['Red', 2, 1],
    ]);
    expect(answer.people?.doubts).toEqual([]);
  });

  test('comes out the same again', () => {
    const again = JSON.parse(
      postern('scan', 'mail', '--customers', 'customers.csv', '--format', 'json').text,
    ) as ScanAnswer;
    expect(again.people?.sets).toEqual(answer.people?.sets);
    expect(again.run.messages).toBe(0);
  });

  test('leaves nobody’s name in the store', () => {
    const values = [
      '花子',
      'hanako',
      '高橋',
      '佐藤',
      '5555',
      '千代田',
      '渡辺',
      '渡邊',
      '鈴木',
      '0001',
    ];
    for (const name of readdirSync(join(folder, 'store'), { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, 'store', name);
      if (!statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      // Names of files count as well, but for their numbers.
      for (const value of values.filter(each => !/^\d+$/.test(each))) {
        expect(name).not.toContain(value);
        expect(bytes.includes(value), `${value} in ${name}`).toBe(false);
      }
    }
  });

  test('tells confirm how many people each part can reach', () => {
    const { text } = postern('confirm', '--root', host, '--format', 'json', '--fail-on', 'never');
    const confirmed = JSON.parse(text) as {
      readonly people: { readonly sets: { readonly both: { readonly people: number } } };
      readonly components: readonly {
        readonly id: string;
        readonly people?: {
          readonly set: string;
          readonly people: number;
          readonly former: number;
        };
        readonly checks: {
          readonly contained: { readonly evidence: readonly { readonly what: string }[] };
        };
      }[];
    };
    expect(ownSchema('confirm')(confirmed)).toEqual([]);
    const dovecot = confirmed.components.find(({ id }) => id === 'dovecot');
    expect(dovecot?.people).toMatchObject({ former: 2 });
    expect(dovecot?.checks.contained.evidence.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(
        /^people by tenant: Blue 4 \(1 former, 0 could have been deleted\), Red 2 \(1 former, 1 could/,
      ),
    );
    expect(
      postern('confirm', '--root', host, '--fail-on', 'never', '--format', 'html').text,
    ).toContain('Whose data lies here');
  });

  test('is refused with another key, and in one line where the list is none', () => {
    const other = postern(
      'scan',
      'mail',
      '--key',
      join(folder, 'other.key'),
      '--customers',
      'customers.csv',
    );
    expect([other.status, other.errors.trim().split('\n').length]).toEqual([64, 1]);
    writeFileSync(join(folder, 'wrong.csv'), 'a,b\n1,2\n');
    const wrong = postern('scan', 'mail', '--customers', 'wrong.csv');
    expect(wrong.errors).toMatch(
      /wrong\.csv:1:1: no column is known that somebody is recognised by/,
    );
    expect(wrong.status).toBe(64);
  });
});
