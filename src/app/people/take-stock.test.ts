import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type World, writeWorld } from '../../../test/support/linked-world.ts';
import { roles } from '../../core/exposure-index.ts';
import { openLinked } from '../scope/linked.ts';
import { earlierPeople, knownPeople, putStoredPeople } from './known-people.ts';
import { countStoredPeople } from './stored-people.ts';
import { takeStock } from './take-stock.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-stock-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Persons 0 to 2 are customers, 3 is none. */
const world: World = {
  types: ['email', 'my-number'],
  tenants: ['Red', 'Blue'],
  customers: 3,
  persons: 4,
  mailboxes: ['hanako'],
  folders: [{ mailbox: 0, name: 'INBOX' }],
  messages: [
    {
      mailbox: 0,
      folder: 0,
      received: 1,
      mentions: [
        { person: 0, roles: roles.text, sure: true, own: 3, shared: 3, weak: 3 },
        { person: 3, roles: roles.sender, sure: true, own: 1, shared: 3, weak: 3 },
      ],
    },
    {
      mailbox: 0,
      folder: 0,
      received: 2,
      mentions: [{ person: 1, roles: roles.text, own: 1, shared: 1, weak: 1 }],
    },
  ],
  members: [
    { person: 0, tenant: 0, status: 2, deletable: 1 },
    { person: 1, tenant: 0, status: 0 },
    { person: 1, tenant: 1, status: 2, deletable: 1 },
    { person: 2, tenant: 1, status: 1 },
  ],
  gone: [{ message: 1, seen: 5 }],
  scannedMs: 8,
};

describe('whose data lies in stored mail', () => {
  test('is counted once a scan was joined with the list', async () => {
    const store = join(root, 'a');
    const folder = writeWorld(store, world);
    mkdirSync(join(store, 'exposure/customers'), { recursive: true });
    const linked = openLinked(store);
    if (linked === undefined) throw new Error('nothing linked');
    // The world's list lies elsewhere.
    cpSync(folder, join(store, 'exposure/customers/a'), { recursive: true });
    const counts = await countStoredPeople(store, linked, undefined, new Date(10));
    expect(counts.sets.stored).toMatchObject({
      people: 2,
      customers: 1,
      others: 1,
      byStatus: { active: 0, dormant: 0, former: 1 },
      deletable: 1,
      byType: [
        { type: 'email', own: 2, shared: 2 },
        { type: 'my-number', own: 1, shared: 2 },
      ],
    });
    expect(counts.sets.stored.byTenant).toMatchObject([{ tenant: 'Red', people: 1, deletable: 1 }]);
    expect(counts.sets.listed).toMatchObject({
      people: 3,
      byStatus: { active: 1, dormant: 1, former: 1 },
      byType: [],
    });
    expect(counts.sets.both).toMatchObject({ people: 4, customers: 3, others: 1 });
    expect(knownPeople(store).is).toBe('none');
    expect(earlierPeople(store, linked)).toBeUndefined();
    putStoredPeople(linked, counts);
    expect(knownPeople(store)).toEqual({ is: 'counted', people: counts });
    expect(earlierPeople(store, linked)).toEqual(counts);
    const more = { ...linked, about: { ...linked.about, unseen: { encrypted: 1 } } };
    expect(earlierPeople(store, more)).toBeUndefined();
    writeFileSync(join(linked.folder, 'counts.json'), '{"people":{"format":2}}');
    expect(knownPeople(store).is).toBe('unreadable');
  });

  test('is nothing to count where nothing was scanned', async () => {
    const store = join(root, 'b');
    expect(knownPeople(store)).toEqual({ is: 'none' });
    expect(await takeStock(store, new Date(0))).toBeUndefined();
  });
});
