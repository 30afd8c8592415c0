import { describe, expect, test } from 'vitest';
import type { Reach, Resource } from './component.ts';
import { reachedPeople, reachedWords } from './reached-people.ts';
import type { CountedPeople, StoredPeople } from './stored-people.ts';

const counted = (people: number, former = 0, deletable = 0): CountedPeople => ({
  people,
  customers: people,
  others: 0,
  probable: 0,
  byStatus: { active: people - former, dormant: 0, former },
  deletable,
  byType: [],
  byTenant: [],
});

const stored: StoredPeople = {
  format: 1,
  scanned: '2026-11-20T01:02:03.000Z',
  listed: '2026-11-21T01:02:03.000Z',
  messages: 1,
  mailboxes: 1,
  sets: { stored: counted(4_012, 312, 300), listed: counted(9_000), both: counted(9_100, 1) },
  doubts: [],
};

const reach = (...resources: readonly Resource[]): readonly Reach[] =>
  resources.map(resource => ({ resource, mode: 'read', extent: 'every mailbox' }));

const words = (from: StoredPeople, ...resources: readonly Resource[]): string | undefined => {
  const reached = reachedPeople(reach(...resources), from);
  return reached === undefined ? undefined : reachedWords(reached);
};

describe('people within reach', () => {
  test('are those in what is reached, each once', () => {
    expect(words(stored, 'stored-mail')).toBe(
      '4,012 people in stored mail, 312 of them former customers (data of 300 could have been deleted), by the scan of 2026-11-20',
    );
    expect(words(stored, 'credentials')).toBe(
      '9,000 people on the customer list, by the list of 2026-11-21',
    );
    for (const resources of [['host'], ['stored-mail', 'directory']] as const) {
      expect(words(stored, ...resources)).toBe(
        '9,100 people in stored mail and on the customer list, 1 of them a former customer, by the scan of 2026-11-20',
      );
    }
  });

  test('may be more where mail passes, or could not be seen', () => {
    for (const resources of [['mail-in-transit'], ['mail-in-transit', 'stored-mail']] as const) {
      expect(words(stored, ...resources)).toMatch(
        /^at least 4,012 people in stored mail, .*; whoever was in mail that passed and is not stored comes on top$/,
      );
    }
    const doubts = [{ what: 'messages hold an encrypted part', count: 2 }];
    expect(words({ ...stored, doubts }, 'stored-mail')).toMatch(/^at least 4,012 people/);
    expect(words({ ...stored, doubts }, 'directory')).toMatch(/^9,000 people/);
  });

  test('are fewer where some mail is reached', () => {
    const of = (...extents: readonly string[]): string => {
      const found = reachedPeople(
        extents.map(extent => ({ resource: 'stored-mail', mode: 'read', extent })),
        stored,
      );
      return found === undefined ? '' : reachedWords(found);
    };
    const some =
      /^some of 4,012 people in stored mail, .*; how many are in the part of it that is reached was not counted$/;
    expect(of('the mailbox of one account at imap.partner.test (IMAP)')).toMatch(some);
    expect(of('messages held in quarantine in /var/lib/amavis')).toMatch(some);
    for (const extent of [
      'every mailbox: /srv/vmail',
      'the mailbox of everybody who logs in',
      'the mailbox of every user whom imap serves',
    ]) {
      expect(of('shared mailboxes', extent)).toMatch(/^4,012 people/);
    }
  });

  test('are not counted where nothing of them was read', () => {
    const { scanned: __, ...unscanned } = stored;
    expect(words(unscanned, 'stored-mail')).toBeUndefined();
    expect(words(unscanned, 'mail-in-transit')).toBeUndefined();
    expect(words(unscanned, 'host')).toMatch(
      /^at least 9,000 people on the customer list, .*; whoever is in mail comes on top, which was not scanned$/,
    );
    const { listed: _, ...withoutList } = stored;
    expect(words(withoutList, 'stored-mail', 'directory')).toMatch(/^4,012 people in stored mail/);
    expect(words(withoutList, 'directory')).toBeUndefined();
    expect(words(stored)).toBeUndefined();
    expect(reachedPeople(reach('host'), undefined)).toBeUndefined();
  });
});
