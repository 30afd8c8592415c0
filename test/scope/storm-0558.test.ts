import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScopeReport } from '../../src/core/scope-report.ts';
import { runPostern } from '../support/run-postern.ts';
import { type WorldMessage, writeBareHost, writeMaildirs } from './world.ts';

/*
 * Storm-0558, 2023: forged tokens read mail of Exchange Online; what gave it away were MailItemsAccessed records with
 * a client application id that had never been used before. Public figures: 10 accounts of the Department of State and
 * about 60,000 mails. Here: 10 accounts among 12, a thousandth of the mails, a hundred days of ordinary use before.
 */

const folder = mkdtempSync(join(tmpdir(), 'postern-storm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const day = 86_400_000;
const begin = Date.UTC(2023, 1, 5);
const breach = Date.UTC(2023, 4, 15);
const accounts = Array.from({ length: 12 }, (_, i) => `officer${i}@state.example.jp`);
const taken = accounts.slice(0, 10);
const stolenId = 'f0a1c2d3-0558-4c1c-9f6e-00000000beef';
const ownId = '27922004-5251-4030-b22d-91ecd9a37ea4';

/** Eight messages for each account: six of them taken. */
const messages: readonly WorldMessage[] = accounts.flatMap((to, i) =>
  Array.from({ length: 8 }, (_, k) => ({
    id: `<letter-${i}-${k}@abroad.test>`,
    from: `diplomat${(8 * i + k) % 30}@abroad.test`,
    to,
    body: `Letter ${k}`,
    received: begin + (8 * i + k) * 3_600_000,
  })),
);
const takenMessages = messages.filter(({ to, id }) => taken.includes(to) && !/-[67]@/.test(id));

const record = (
  n: number,
  atMs: number,
  app: string,
  owner: string,
  ids: readonly string[],
): string =>
  JSON.stringify({
    CreationTime: new Date(atMs).toISOString().slice(0, 19),
    Id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    Operation: 'MailItemsAccessed',
    OrganizationId: '3c1b7f5e-6f0a-4bb0-9b51-2f0a4f6f7a10',
    RecordType: 50,
    ResultStatus: 'Succeeded',
    UserKey: '100320019A2B3C4D',
    UserType: 0,
    Version: 1,
    Workload: 'Exchange',
    UserId: owner,
    ClientIPAddress: app === stolenId ? '203.0.113.58' : '192.0.2.10',
    ClientInfoString: 'Client=REST;',
    AppId: app,
    ClientAppId: app,
    ExternalAccess: false,
    LogonType: 0,
    MailboxGuid: `8b46a639-c47f-4634-b90c-${String(accounts.indexOf(owner)).padStart(12, '0')}`,
    MailboxOwnerUPN: owner,
    OperationProperties: [
      { Name: 'MailAccessType', Value: 'Bind' },
      { Name: 'IsThrottled', Value: 'False' },
    ],
    Folders: [
      { FolderItems: ids.map(InternetMessageId => ({ InternetMessageId })), Path: '\\Inbox' },
    ],
    OperationCount: ids.length,
  });

/** Everybody reads a message a day with the usual client; then somebody else reads sixty in three nights. */
const audit = (): readonly string[] => {
  const records: {
    readonly atMs: number;
    readonly app: string;
    readonly owner: string;
    readonly ids: readonly string[];
  }[] = [];
  for (let at = begin; at < breach + 20 * day; at += day) {
    for (const [i, owner] of accounts.entries()) {
      records.push({
        atMs: at + 9 * 3_600_000 + i * 60_000,
        app: ownId,
        owner,
        ids: [`<letter-${i}-7@abroad.test>`],
      });
    }
  }
  for (const [i, owner] of taken.entries()) {
    const ids = takenMessages.filter(({ to }) => to === owner).map(({ id }) => id);
    records.push({ atMs: breach + (i % 3) * day + 2 * 3_600_000, app: stolenId, owner, ids });
  }
  return records
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, app, owner, ids }, n) => record(n, atMs, app, owner, ids));
};

beforeAll(() => {
  writeMaildirs(folder, messages);
  writeBareHost(folder);
  writeFileSync(join(folder, 'audit.json'), `${audit().join('\n')}\n`);
  expect(runPostern(folder, 'scan', join(folder, 'mail')).stderr).toBe('');
  expect(runPostern(folder, 'ingest', 'audit.json').status).toBe(0);
});

test('which application behaved otherwise: the one that nobody had used before, and no other', () => {
  const { stdout, status } = runPostern(
    folder,
    'scope',
    'origin',
    '--before',
    '2023-06-01',
    '--format',
    'json',
  );
  expect(status).toBe(0);
  const { suspects } = JSON.parse(stdout) as {
    readonly suspects: readonly {
      readonly app?: string;
      readonly reasons: readonly { readonly what: string; readonly text: string }[];
    }[];
  };
  expect(suspects[0]).toMatchObject({ app: stolenId, reasons: [{ what: 'new' }] });
  expect(suspects[0]?.reasons[0]?.text).toContain('never seen before 2023-05-15');
  expect(suspects.some(({ app }) => app === ownId)).toBe(false);
});

test('what it read: ten mailboxes, their sixty messages, everybody who wrote them, and nobody else', () => {
  const { stdout } = runPostern(
    folder,
    'scope',
    '--root',
    'host',
    '--app',
    stolenId,
    '--from',
    '2023-05-15',
    '--to',
    '2023-06-16',
    '--format',
    'json',
  );
  const { evidenced, withinReach, basis } = JSON.parse(stdout) as ScopeReport;
  const people = new Set(takenMessages.flatMap(({ from, to }) => [from, to]));
  expect(takenMessages).toHaveLength(60);
  expect(evidenced).toMatchObject({ mailboxes: 10, messages: 60, people: people.size });
  expect(basis.filter(({ bound }) => bound === 'evidenced')).toMatchObject([
    { rule: 'message-read', evidence: 10 },
  ]);
  // Forged tokens open every mailbox, and no host says which logs there should be.
  expect(withinReach).toMatchObject({ mailboxes: 12, messages: 96 });
});
