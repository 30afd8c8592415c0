import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScopeReport } from '../../src/core/scope-report.ts';
import { runPostern } from '../support/run-postern.ts';
import { ownSchema } from '../support/schemas.ts';
import { type WorldMessage, writeBareHost, writeMaildirs } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-scope-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const owners = ['taro', 'hanako', 'jiro', 'yuki', 'ken'];
const received = Date.UTC(2026, 5, 1, 1);

/** Four messages in each of five mailboxes: message n names customer C-(1000 + n). */
const messages: readonly WorldMessage[] = owners.flatMap((owner, i) =>
  [0, 1, 2, 3].map(k => {
    const n = 4 * i + k;
    return {
      id: `<m${n}@customer.test>`,
      from: `client${k}@customer.test`,
      to: `${owner}@example.jp`,
      body: `お客様番号: C-${1000 + n}\r\nカード番号: 4111 1111 1111 1111`,
      received: received + n * 60_000,
    };
  }),
);

/** The owners are customers C-1000 to C-1004, the senders are customers without a number. */
const customers = [
  '氏名,メール,顧客番号,テナント,状態',
  ...owners.map(
    (owner, i) =>
      `${owner},${owner}@example.jp,C-${1000 + i},${i % 2 === 0 ? '西日本' : '東日本'},${i < 3 ? 'active' : 'former'}`,
  ),
  ...[0, 1, 2, 3].map(k => `client${k},client${k}@customer.test,,西日本,dormant`),
].join('\n');

const line = (minute: number, text: string): string =>
  `2026-06-02T10:${String(minute).padStart(2, '0')}:00+00:00 mx1 dovecot: ${text}`;

/** From 203.0.113.9 two mailboxes were read, of a third only the login worked; jiro read his own from elsewhere. */
const log = [
  line(
    0,
    'imap-login: Login: user=<taro@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.2, mpid=11, TLS, session=<s1>',
  ),
  line(
    1,
    'imap(taro@example.jp)<11><s1>: Disconnected: Logged out in=100 out=5000 deleted=0 expunged=0 trashed=0 hdr_count=4 hdr_bytes=900 body_count=3 body_bytes=3000',
  ),
  line(
    2,
    'imap-login: Login: user=<hanako@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.2, mpid=12, TLS, session=<s2>',
  ),
  line(
    3,
    'imap(hanako@example.jp)<12><s2>: Disconnected: Logged out in=100 out=5000 deleted=0 expunged=0 trashed=0 hdr_count=4 hdr_bytes=900 body_count=1 body_bytes=900',
  ),
  line(
    4,
    'imap-login: Login: user=<yuki@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.2, mpid=13, TLS, session=<s3>',
  ),
  line(
    5,
    'imap-login: Login: user=<jiro@example.jp>, method=PLAIN, rip=192.0.2.77, lip=192.0.2.2, mpid=14, TLS, session=<s4>',
  ),
  line(
    6,
    'imap(jiro@example.jp)<14><s4>: Disconnected: Logged out in=100 out=5000 deleted=0 expunged=0 trashed=0 hdr_count=4 hdr_bytes=900 body_count=4 body_bytes=4000',
  ),
].join('\n');

const postern = (...args: readonly string[]): ReturnType<typeof runPostern> =>
  runPostern(folder, ...args);

const scope = (...args: readonly string[]): ScopeReport => {
  const { stdout, stderr } = postern('scope', '--root', 'host', '--format', 'json', ...args);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as ScopeReport;
  expect(ownSchema('scope')(report)).toEqual([]);
  return report;
};

const window = ['--from', '2026-06-01', '--to', '2026-06-05'];
const attacker = [...window, '--address', '203.0.113.0/24'];

beforeAll(() => {
  writeMaildirs(folder, messages);
  writeBareHost(folder);
  writeFileSync(join(folder, 'customers.csv'), `${customers}\n`);
  writeFileSync(join(folder, 'mail.log'), `${log}\n`);
  writeFileSync(
    join(folder, 'postern.yaml'),
    JSON.stringify({
      exposure: {
        mail: [join(folder, 'mail')],
        customers: [{ file: 'customers.csv' }],
        customerNumbers: [{ pattern: 'C-[0-9]{4}', labels: ['お客様番号'] }],
      },
    }),
  );
  expect(postern('scan').stderr).toBe('');
  expect(postern('ingest', 'mail.log').status).toBe(0);
});

describe('an attacker’s addresses', () => {
  test('evidenced: the mailboxes whose messages were fetched, and everybody whom they name', () => {
    const { evidenced, withinReach, basis, tenants } = scope(...attacker);
    // taro and hanako, four senders, and of C-1000 … C-1007 the five who are customers; three more numbers are nobody's.
    expect(evidenced).toMatchObject({
      people: 12,
      customers: { active: 3, dormant: 4, former: 2 },
      others: 3,
      mailboxes: 2,
      messages: 8,
    });
    expect(basis.find(({ rule }) => rule === 'bodies-counted')).toMatchObject({
      counted: 4,
      first: { at: '2026-06-02T10:01:00.000Z' },
    });
    // A log that nobody knows to be whole: everything may have been read.
    expect(withinReach).toMatchObject({ mailboxes: 5, messages: 20, others: 15 });
    expect(tenants.find(({ tenant }) => tenant === '東日本')).toMatchObject({
      evidenced: { people: 2, active: 1, former: 1 },
    });
  });

  test('data types: the card is in the messages that name them, and is counted among them', () => {
    const card = scope(...attacker).types.find(({ type }) => type === 'payment-card');
    expect(card?.sensitivity).toBe('financial');
    expect(card?.evidenced.weak).toBeGreaterThan(0);
    expect(card?.evidenced.weak).toBeLessThanOrEqual(12);
  });

  test('one account alone: what the others did is not his', () => {
    const { evidenced } = scope(...window, '--account', 'taro@example.jp');
    expect(evidenced).toMatchObject({ mailboxes: 1, messages: 4 });
  });

  test('before the window nothing happened', () => {
    const { evidenced } = scope(
      '--from',
      '2026-05-01',
      '--to',
      '2026-05-31',
      '--address',
      '203.0.113.9',
    );
    expect(evidenced.people).toBe(0);
  });
});

test('a component that the host does not have reaches everything, and that is said', () => {
  const { withinReach, unknown } = scope('--component', 'webmail/plugin', ...window);
  expect(withinReach).toMatchObject({ mailboxes: 5, messages: 20 });
  expect(withinReach.customers).toEqual({ active: 3, dormant: 4, former: 2 });
  expect(unknown.map(({ what }) => what)).toContain('webmail/plugin');
});

describe('a case', () => {
  test('is kept as a version, once; the list of its people has a row for each', () => {
    const kept = ['--case', 'june', '--aware', '2026-06-17', ...attacker];
    expect(scope(...kept).case).toEqual({ name: 'june', version: 1 });
    expect(scope('--case', 'june').case).toEqual({ name: 'june', version: 1 });
    const list = postern(
      'scope',
      'people',
      'june',
      '--root',
      'host',
      '--names',
      '--out',
      'people.csv',
    );
    expect(list.stdout).toBe('people.csv: 12 people\n');
    const rows = readFileSync(join(folder, 'people.csv'), 'utf8').trim().split('\r\n');
    expect(rows).toHaveLength(13);
    expect(rows.filter(row => row.includes('taro@example.jp'))).toHaveLength(1);
    expect(rows.filter(row => /,former,/.test(row))).toHaveLength(2);
    const fanned = postern('scope', 'tenants', 'june', '--root', 'host', '--out', 'tenants');
    expect(fanned.stderr).toBe('');
    expect(readdirSync(join(folder, 'tenants')).sort()).toEqual(
      ['no-tenant.csv', '東日本.csv', '西日本.csv'].sort(),
    );
    const sheet = postern('scope', 'sheet', 'june').stdout;
    expect(sheet).toContain('people: 12 / ');
    expect(sheet).toMatch(/2026-06-20 00:00 UTC, due: Japan/);
    expect(postern('evidence', 'verify', 'store').status).toBe(0);
    const bundle = postern('scope', 'bundle', 'june', '--out', 'june.tar');
    expect(bundle.stdout).toContain('june.tar: version 1 of june, 7 lines in 1 segments');
    expect(postern('evidence', 'verify', 'june.tar').status).toBe(0);
    // The case itself goes along, as the log names it.
    expect(readFileSync(join(folder, 'june.tar'), 'latin1')).toContain('scope/june/000001.json');
  });

  test('more evidence is a new version, that says who came in', () => {
    writeFileSync(
      join(folder, 'case.yaml'),
      JSON.stringify({
        case: 'june',
        aware: '2026-06-17',
        breaches: [
          { from: '2026-06-01', to: '2026-06-05', addresses: ['203.0.113.0/24', '192.0.2.77'] },
        ],
        findings: [
          { name: 'a list that was left behind', addresses: ['ken@example.jp'], types: ['email'] },
        ],
      }),
    );
    const { case: kept, changes, basis, evidenced } = scope('--file', 'case.yaml');
    expect(kept?.version).toBe(2);
    expect(evidenced).toMatchObject({ mailboxes: 3, messages: 12 });
    expect(changes).toMatchObject({ since: 1, evidenced: { out: 0 } });
    // Of C-1008 … C-1011 nobody is a customer.
    expect(changes?.evidenced.in).toBe(4);
    expect(basis.find(({ rule }) => rule === 'finding')).toMatchObject({ people: 1, evidence: 1 });
  });

  test('as a page it has both numbers', () => {
    const { stdout } = postern('scope', 'show', 'june', '--case-version', '1', '--format', 'html');
    expect(stdout).toContain('<b>12</b> people');
    expect(stdout).toContain('2026-06-17T00:00:00.000Z');
  });
});

test('no name, address or number of anybody is in what a scoping keeps, but the accounts that were asked for', () => {
  const kept = readdirSync(join(folder, 'store/scope'), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(json|people)$/.test(name))
    .map(name => readFileSync(join(folder, 'store/scope', name), 'latin1'))
    .join('');
  expect(kept).not.toMatch(/taro|hanako|client\d|C-10\d\d/);
});

test.each([
  [
    ['scope'],
    'scope: --component ID with --from and --to, or --file FILE, or --case NAME is missing',
  ],
  [['scope', '--component', 'x', '--from', '2026-06-01'], 'scope: --to TIME is missing'],
  [
    ['scope', '--component', 'x', '--from', 'june', '--to', '2026-06-02'],
    '--from "june": expected a day or a time',
  ],
  [['scope', '--case', 'other'], 'there is no case "other"; there is june'],
  [['scope', 'people', 'june'], '--out FILE is missing'],
  [['scope', '--address', 'nowhere', '--from', '2026-06-01', '--to', '2026-06-02'], 'nowhere'],
])('%j is one line that says what is wrong', (args, message) => {
  const { status, stderr } = postern(...args);
  expect(status).toBe(64);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(message);
});
