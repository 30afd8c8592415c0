import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { worldNames, writeWorld } from '../../../test/support/linked-world.ts';
import type { AccessEvent } from '../../core/access-event.ts';
import { Belongs } from '../../scope/belongs.ts';
import type { Breach, Finding } from '../../scope/breach.ts';
import { extentsOf } from '../../scope/event-extents.ts';
import { ScopePlan } from '../../scope/plan.ts';
import { shownWithoutEvents } from '../../scope/reach.ts';
import { type EngineAnswer, scopeBounds } from './engine.ts';
import { type LinkedAbout, linkedFolder, openLinked } from './linked.ts';
import { groupRows, LinkedTableWriter } from './linked-tables.ts';

const root = mkdtempSync(join(tmpdir(), 'cases-'));
afterAll(() => rmSync(root, { recursive: true }));

/** An operator of whose customers nothing is known but a list, and nothing was scanned. */
const writeOperator = (
  name: string,
  tenants: readonly string[],
  /** By row. */
  tenantOf: Uint16Array,
  statusOf: Uint8Array,
  isAskedByTenant: boolean,
): string => {
  const store = join(root, name);
  const folder = join(linkedFolder(store), '1');
  const customers = join(store, 'customers');
  mkdirSync(folder, { recursive: true });
  mkdirSync(customers);
  const persons = tenantOf.length;
  const person = Uint32Array.from({ length: persons }, (_, i) => i);
  writeFileSync(
    join(customers, 'memberships.bin'),
    Buffer.concat(
      [person, person, tenantOf, statusOf, new Uint8Array(persons)].map(each =>
        Buffer.from(each.buffer),
      ),
    ),
  );
  writeFileSync(join(customers, 'identifiers.bin'), '');
  writeFileSync(join(folder, 'others.bin'), '');
  for (const table of ['mailboxes', 'folders', 'gone', 'dropped'] as const) {
    new LinkedTableWriter(join(folder, `${table}.parquet`), table).close();
  }
  const memberships = new LinkedTableWriter(join(folder, 'memberships.parquet'), 'memberships');
  const asked = isAskedByTenant ? persons : 0;
  for (let from = 0; from < asked; from += groupRows) {
    const to = Math.min(persons, from + groupRows);
    memberships.group(to - from, [
      person.subarray(from, to),
      person.subarray(from, to),
      Uint32Array.from(tenantOf.subarray(from, to)),
      Uint32Array.from(statusOf.subarray(from, to)),
      new Uint32Array(to - from),
    ]);
  }
  memberships.close();
  const about: LinkedAbout = {
    format: 1,
    generation: 1,
    fingerprint: '',
    types: ['email'],
    customers: { folder: 'a', digest: 'a', persons, memberships: persons, tenants },
    persons,
    messagesTo: 0,
    messages: 0,
    mentions: 0,
    mailboxes: 0,
    scannedMs: null,
    version: 1,
    files: [],
    unseen: {},
  };
  writeFileSync(join(folder, 'link.json'), JSON.stringify(about));
  symlinkSync('1', join(linkedFolder(store), 'current'));
  return store;
};

const ask = async (
  store: string,
  breach: Breach,
  events: readonly AccessEvent[] = [],
): Promise<EngineAnswer> => {
  const linked = openLinked(store);
  if (linked === undefined) throw new Error('nothing linked');
  const plan = new ScopePlan(id => worldNames.messageId(id));
  const belongs = new Belongs(breach);
  for (const shown of shownWithoutEvents(breach)) plan.add(shown);
  for (const event of events) {
    if (belongs.of(event) === undefined) continue;
    for (const shown of extentsOf(event, belongs, breach.window.toMs)) plan.add(shown);
  }
  const customersFolder = join(store, 'customers');
  return await scopeBounds({ plan, linked, customersFolder, names: worldNames });
};

const range = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, i) => `contract ${from + i}`);

describe('public figures', () => {
  test('IIJ Secure MX, 2025: 132, 6 and 488 contracts are 586, of a ceiling of 6,493 and 4,072,650 accounts', async () => {
    const contracts = 6_493;
    const accounts = 4_072_650;
    const withBodies = 311_288;
    // The first 132 contracts have the accounts whose bodies were seen, the others the rest.
    const tenantOf = Uint16Array.from({ length: accounts }, (_, i) =>
      i < withBodies ? i % 132 : 132 + ((i - withBodies) % (contracts - 132)),
    );
    const store = writeOperator(
      'iij',
      range(0, contracts),
      tenantOf,
      new Uint8Array(accounts),
      true,
    );
    const finding = (name: string, tenants: readonly string[], type: string): Finding => ({
      name,
      extent: { is: 'records', of: { tenants, types: [type] } },
    });
    // 626 with overlaps: 40 contracts had more than one thing taken.
    const findings = [
      finding('bodies', range(0, 132), 'mail-body'),
      finding('credentials of linked cloud services', range(130, 136), 'credential'),
      finding(
        'account data',
        range(94, 94 + 42)
          .filter((_, i) => i < 38)
          .concat(range(136, 586)),
        'account',
      ),
    ];
    expect(
      findings.map(({ extent }) => (extent.is === 'records' ? extent.of.tenants?.length : 0)),
    ).toEqual([132, 6, 488]);
    const breach: Breach = {
      component: { id: 'active-mail' },
      window: {
        fromMs: Date.parse('2024-08-03T00:00:00Z'),
        toMs: Date.parse('2025-04-16T00:00:00Z'),
      },
      reach: { mailboxes: 'all', records: [{ types: ['credential'] }] },
      gaps: [],
      findings,
    };
    const { evidenced, withinReach, bases } = await ask(store, breach);
    expect([withinReach.tenants, withinReach.people]).toEqual([contracts, accounts]);
    expect(evidenced.tenants).toBe(586);
    const bodies = evidenced.byType.find(({ type }) => type === 'mail-body');
    expect(bodies?.own).toBe(withBodies);
    expect(bases.find(({ basis }) => basis === 'finding')?.people).toBe(evidenced.people);
  });

  test('KDDI, 2026: six tenants, 14.22 million within reach with dormant and former ones, nothing evidenced', async () => {
    const people = 14_220_000;
    const tenantOf = new Uint16Array(people);
    const statusOf = new Uint8Array(people);
    for (let i = 0; i < people; i += 1) {
      tenantOf[i] = i % 6;
      statusOf[i] = i % 10 < 6 ? 0 : i % 10 < 8 ? 1 : 2;
    }
    const tenants = range(0, 6);
    const store = writeOperator('kddi', tenants, tenantOf, statusOf, false);
    const breach: Breach = {
      component: { id: 'mail-platform' },
      window: {
        fromMs: Date.parse('2026-06-01T00:00:00Z'),
        toMs: Date.parse('2026-06-17T00:00:00Z'),
      },
      reach: { records: [{ types: ['email', 'password'] }] },
      gaps: [],
    };
    const { evidenced, withinReach } = await ask(store, breach);
    expect([evidenced.people, evidenced.byType]).toEqual([0, []]);
    expect(withinReach).toMatchObject({
      people,
      customers: people,
      tenants: 6,
      byStatus: { active: people * 0.6, dormant: people * 0.2, former: people * 0.2 },
      byType: [
        { type: 'email', own: people },
        { type: 'password', own: people },
      ],
    });
    expect(withinReach.byTenant.map(({ people: each }) => each)).toEqual(Array(6).fill(people / 6));
  });

  test('Rackspace Hosted Exchange, 2022: 27 of 30,000, by exports of their mailboxes', async () => {
    const customers = 30_000;
    const mailboxes = Array.from({ length: customers }, (_, i) => `box${i}@example.jp`);
    const store = join(root, 'rackspace');
    const at = Date.parse('2022-12-01T00:00:00Z');
    writeWorld(store, {
      types: ['email'],
      tenants: ['all'],
      customers,
      persons: customers,
      mailboxes,
      folders: mailboxes.map((_, mailbox) => ({ mailbox, name: 'INBOX' })),
      messages: mailboxes.map((_, mailbox) => ({
        mailbox,
        folder: mailbox,
        received: at - 1_000,
        mentions: [{ person: mailbox, roles: 18 }],
      })),
      members: mailboxes.map((_, person) => ({ person, tenant: 0, status: 0 })),
      scannedMs: at + 1_000_000_000,
    });
    const exported = (i: number, outcome: AccessEvent['outcome']): AccessEvent => ({
      kind: 'mailbox.export',
      time: { atMs: at + i, original: '' },
      outcome,
      component: 'exchange',
      user: { name: 'service@example.jp' },
      change: { Mailbox: `box${i * 1_000}@example.jp` },
    });
    const events = Array.from({ length: 30 }, (_, i) =>
      exported(i, i < 27 ? 'success' : 'failure'),
    );
    const breach: Breach = {
      component: { id: 'exchange' },
      window: { fromMs: at - 1, toMs: at + 86_400_000 },
      reach: { mailboxes: 'all' },
      gaps: [],
    };
    const { evidenced, withinReach, bases } = await ask(store, breach, events);
    expect([evidenced.people, evidenced.mailboxes, evidenced.contracts]).toEqual([27, 27, 27]);
    expect(withinReach.people).toBe(customers);
    expect(bases.map(({ basis, people: each }) => [basis, each])).toEqual([
      ['mailbox-exported', 27],
      ['reach', customers],
    ]);
  });
});
