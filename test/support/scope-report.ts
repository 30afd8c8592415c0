import type { ScopeCount, ScopeReport } from '../../src/core/scope-report.ts';

export const countOf = (people: number, more: Partial<ScopeCount> = {}): ScopeCount => ({
  people,
  probable: 0,
  customers: { active: people, dormant: 0, former: 0 },
  others: 0,
  messages: people,
  mailboxes: 1,
  contracts: people,
  deletable: 0,
  roles: { owner: people, correspondent: 0, mentioned: 0 },
  ...more,
});

/** A small answer of a scoping; a test says what it is about. */
export const scopeReport = (more: Partial<ScopeReport> = {}): ScopeReport => ({
  schema: 'postern.scope/1',
  generated: '2026-06-29T12:00:00.000Z',
  tool: { name: 'postern', version: '0.0.0' },
  sentence: 'Of 12 people within reach, 3 are evidenced.',
  findings: [
    {
      subject: 'component',
      value: 'roundcube',
      from: '2026-06-01T00:00:00.000Z',
      to: '2026-06-17T23:59:59.999Z',
    },
  ],
  evidenced: countOf(3),
  withinReach: countOf(12),
  types: [],
  tenants: [],
  coverage: [],
  timeline: [],
  basis: [],
  unknown: [],
  deadlines: [],
  picture: { nodes: [], flows: [] },
  inputs: [{ what: 'the exposure index', digest: 'a'.repeat(64), asOf: '2026-06-28' }],
  ...more,
});
