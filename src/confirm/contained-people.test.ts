import { describe, expect, test } from 'vitest';
import { settingWith, subjectWith } from '../../test/support/subject.ts';
import type { CountedPeople, StoredPeople } from '../core/stored-people.ts';
import { contained } from './contained.ts';
import type { Subject } from './question.ts';

const counted: CountedPeople = {
  people: 12,
  customers: 9,
  others: 3,
  probable: 0,
  byStatus: { active: 6, dormant: 1, former: 2 },
  deletable: 1,
  byType: [
    { type: 'email', own: 12, shared: 12, weak: 12 },
    { type: 'my-number', own: 1, shared: 3, weak: 3 },
  ],
  byTenant: [
    {
      tenant: 'Red',
      people: 7,
      byStatus: { active: 5, dormant: 0, former: 2 },
      deletable: 1,
      byType: [],
    },
    {
      tenant: 'Blue',
      people: 2,
      byStatus: { active: 2, dormant: 0, former: 0 },
      deletable: 0,
      byType: [],
    },
  ],
};

const stored: StoredPeople = {
  format: 1,
  scanned: '2026-11-20T00:00:00.000Z',
  messages: 1,
  mailboxes: 1,
  sets: { stored: counted, listed: counted, both: counted },
  doubts: [],
};

const tenants = [
  {
    name: 'Red',
    domains: [],
    people: { active: 1_000, dormant: 0, former: 0 },
    counted: '2020-01-01',
  },
];

const setting = { ...settingWith(), tenants, stored };

const reading = (more: Partial<Subject> = {}): Subject => ({
  ...subjectWith([], {
    reach: [{ resource: 'stored-mail', mode: 'read', extent: 'every mailbox' }],
  }),
  ...more,
});

const needs = (...resources: readonly ('stored-mail' | 'directory')[]): Partial<Subject> => ({
  note: { match: '*', needs: resources },
});

describe('contained, where a scan counted people', () => {
  test('says how many it is, and no longer what was counted by hand', () => {
    const { state, why, evidence } = contained(reading(needs('stored-mail')), setting);
    expect(state).toBe('pass');
    expect(why).toBe(
      'it reaches what it needs and no more: data of 12 people in stored mail, 2 of them former customers (data of 1 could have been deleted), by the scan of 2026-11-20',
    );
    expect(evidence.map(({ what }) => what)).toEqual([
      'read stored-mail: every mailbox',
      expect.stringMatching(/^within its reach: 12 people in stored mail, 2 of them former/),
      'in mail, people by data type: email 12, my-number 1 to 3',
      'people by tenant: Red 7 (2 former, 1 could have been deleted), Blue 2',
    ]);
  });

  test('shows it of what reaches too much, and of what nobody said anything about', () => {
    const within = expect.objectContaining({
      what: expect.stringMatching(/^within its reach: 12/),
    });
    const tooMuch = contained(reading(needs('directory')), setting);
    expect(tooMuch.state).toBe('fail');
    expect(tooMuch.evidence).toContainEqual(within);
    const unsaid = contained(reading(), setting);
    expect(unsaid).toMatchObject({ state: 'unknown', why: 'what it needs to reach is not stated' });
    expect(unsaid.evidence).toContainEqual(within);
  });

  test('rests on what was counted by hand where the scan tells nothing', () => {
    const listing = subjectWith([], {
      reach: [{ resource: 'directory', mode: 'read', extent: 'all' }],
    });
    const note = { match: '*', needs: ['directory' as const] };
    expect(contained({ ...listing, note }, setting).why).toMatch(
      /data of at most 1,000 people, as postern\.yaml counts them$/,
    );
    expect(contained({ ...listing, note }, { ...setting, tenants: [] }).state).toBe('unknown');
    const { scanned: _, ...unscanned } = { ...stored, listed: '2026-11-20T00:00:00.000Z' };
    const host = subjectWith([], {
      reach: [
        { resource: 'directory', mode: 'read', extent: 'all' },
        { resource: 'stored-mail', mode: 'read', extent: 'every mailbox' },
      ],
    });
    expect(
      contained(
        { ...host, ...needs('directory', 'stored-mail') },
        { ...setting, tenants: [], stored: unscanned },
      ),
    ).toMatchObject({ state: 'unknown' });
    const nobody = { ...counted, people: 0, customers: 0, others: 0 };
    const empty = { ...stored, sets: { stored: nobody, listed: nobody, both: nobody } };
    expect(
      contained(reading(needs('stored-mail')), { ...setting, tenants: [], stored: empty }),
    ).toMatchObject({
      state: 'unknown',
      why: 'how many people’s data that is has not been counted',
    });
  });
});
