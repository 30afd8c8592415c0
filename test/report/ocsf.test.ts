import { describe, expect, test } from 'vitest';
import { checks } from '../../src/core/verdict.ts';
import { ocsf } from '../../src/report/ocsf.ts';
import { answerWith, component, hostileAnswer } from '../support/answers.ts';
import { fullAnswer } from '../support/full-answer.ts';
import { manyAnswers } from './answers.ts';

type Event = Readonly<Record<string, unknown>>;

/** Compliance Finding of OCSF 1.8.0: what is required of the class and of the objects used. */
const required: Readonly<Record<string, readonly string[]>> = {
  '': [
    'activity_id',
    'category_uid',
    'class_uid',
    'metadata',
    'severity_id',
    'time',
    'type_uid',
    'finding_info',
    'compliance',
  ],
  metadata: ['product', 'version'],
  finding_info: ['uid'],
  remediation: ['desc'],
};

/** Every attribute used, with its type; anything else is not in the class. */
const attributes: Readonly<
  Record<string, Readonly<Record<string, 'string' | 'number' | 'object'>>>
> = {
  '': {
    activity_id: 'number',
    activity_name: 'string',
    category_name: 'string',
    category_uid: 'number',
    class_name: 'string',
    class_uid: 'number',
    comment: 'string',
    compliance: 'object',
    evidences: 'object',
    finding_info: 'object',
    message: 'string',
    metadata: 'object',
    remediation: 'object',
    resources: 'object',
    severity: 'string',
    severity_id: 'number',
    status: 'string',
    status_id: 'number',
    time: 'number',
    type_name: 'string',
    type_uid: 'number',
  },
  metadata: { log_name: 'string', product: 'object', version: 'string' },
  finding_info: { created_time: 'number', desc: 'string', title: 'string', uid: 'string' },
  compliance: {
    control: 'string',
    desc: 'string',
    standards: 'object',
    status: 'string',
    status_detail: 'string',
    status_id: 'number',
  },
  remediation: { desc: 'string', references: 'object' },
};

const enums: Readonly<Record<string, readonly number[]>> = {
  activity_id: [0, 1, 2, 3, 99],
  severity_id: [0, 1, 2, 3, 4, 5, 6, 99],
  status_id: [0, 1, 2, 3, 4, 5, 6, 99],
};

const eventsOf = (answer: Parameters<typeof ocsf>[0], classUid = 2003): readonly Event[] =>
  ocsf(answer)
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Event)
    .filter(event => event['class_uid'] === classUid);

const isObject = (value: unknown): value is Event => typeof value === 'object' && value !== null;

const keepsToClass = (event: Event): void => {
  for (const [path, known] of Object.entries(attributes)) {
    const object = path === '' ? event : event[path];
    if (!isObject(object)) continue;
    for (const name of required[path] ?? []) expect(object, path).toHaveProperty(name);
    for (const [name, value] of Object.entries(object)) {
      expect(known[name], `${path}.${name}`).toBe(typeof value);
    }
  }
  for (const [name, values] of Object.entries(enums)) expect(values).toContain(event[name]);
  expect(event['category_uid']).toBe(2);
  expect(event['class_uid']).toBe(2003);
  expect(event['type_uid']).toBe(2003 * 100 + Number(event['activity_id']));
};

describe('OCSF 1.8 Compliance Finding', () => {
  test.each(manyAnswers())('%s: one event a line, each whole', (_, answer) => {
    const events = eventsOf(answer);
    expect(events.length).toBe(answer.components.length * checks.length);
    for (const event of events) keepsToClass(event);
  });

  test('unknown is neither a pass nor a fail, and its severity is unknown too', () => {
    const answer = answerWith([
      component('example', {
        checks: {
          ...component('example').checks,
          logged: { state: 'unknown', why: 'no log is known', evidence: [], remedy: '# look' },
          patched: { state: 'fail', why: 'overdue', evidence: [], remedy: 'apt', weight: 85 },
          contained: { state: 'not-applicable', why: 'it is off', evidence: [] },
        },
      }),
    ]);
    const of = (check: string): Event | undefined =>
      eventsOf(answer).find(
        ({ compliance }) => isObject(compliance) && compliance['control'] === check,
      );
    expect(of('logged')).toMatchObject({ severity_id: 0, compliance: { status_id: 0 } });
    expect(of('patched')).toMatchObject({ severity_id: 4, compliance: { status_id: 3 } });
    expect(of('contained')).toMatchObject({ severity_id: 1, compliance: { status_id: 99 } });
    expect(of('monitored')).toMatchObject({ status_id: 4, compliance: { status_id: 1 } });
  });

  test('a finding keeps its uid from run to run, and an accepted one is suppressed', () => {
    const uids = (answer: Parameters<typeof ocsf>[0]): readonly unknown[] =>
      eventsOf(answer).map(({ finding_info }) => isObject(finding_info) && finding_info['uid']);
    const answer = answerWith([component('a'), component('b')]);
    expect(uids(answer)).toEqual(uids({ ...answer, generated: '2027-01-01T00:00:00.000Z' }));
    expect(new Set(uids(answer)).size).toBe(12);
    expect(eventsOf(hostileAnswer()).filter(({ status_id }) => status_id === 3).length).toBe(
      hostileAnswer().components.length,
    );
  });
});

/** Vulnerability Finding of OCSF 1.8.0: required attributes, and those that may be there. */
const vulnerabilityClass: Readonly<
  Record<string, readonly [required: string[], others: string[]]>
> = {
  event: [
    [
      'activity_id',
      'category_uid',
      'class_uid',
      'finding_info',
      'metadata',
      'severity_id',
      'time',
      'type_uid',
      'vulnerabilities',
    ],
    [
      'activity_name',
      'category_name',
      'class_name',
      'confidence',
      'confidence_id',
      'message',
      'resources',
      'severity',
      'status',
      'status_id',
      'type_name',
      'unmapped',
    ],
  ],
  vulnerability: [
    [],
    [
      'advisory',
      'affected_packages',
      'cve',
      'desc',
      'first_seen_time',
      'is_exploit_available',
      'is_fix_available',
      'references',
      'remediation',
      'severity',
      'title',
    ],
  ],
  cve: [['uid'], ['cvss', 'epss', 'references', 'title']],
  affected_package: [
    ['name', 'version'],
    ['fixed_in_version', 'path', 'purl'],
  ],
  cvss: [
    ['base_score', 'version'],
    ['vector_string', 'vendor_name'],
  ],
  epss: [['score'], ['percentile']],
};

const holds = (object: unknown, of: string): void => {
  const [required = [], others = []] = vulnerabilityClass[of] ?? [];
  expect(isObject(object), of).toBe(true);
  const names = Object.keys(isObject(object) ? object : {});
  expect(names, of).toEqual(expect.arrayContaining(required));
  expect([...required, ...others], of).toEqual(expect.arrayContaining(names));
};

describe('OCSF 1.8 Vulnerability Finding', () => {
  test('one event for each flaw that applies or may, and none for one that does not', () => {
    const full = fullAnswer();
    const wanted = full.components
      .flatMap(each => each.flaws?.findings ?? [])
      .filter(({ outcome }) => outcome !== 'not-affected');
    const events = eventsOf(full, 2002);
    expect(events.length).toBe(wanted.length);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      holds(event, 'event');
      expect(event['type_uid']).toBe(200201);
      const [vulnerability] = event['vulnerabilities'] as readonly Event[];
      holds(vulnerability, 'vulnerability');
      const { cve, affected_packages: packages } = vulnerability ?? {};
      holds(cve, 'cve');
      for (const each of packages as readonly unknown[]) holds(each, 'affected_package');
      if (!isObject(cve)) continue;
      for (const each of cve['cvss'] as readonly unknown[]) holds(each, 'cvss');
      holds(cve['epss'], 'epss');
    }
  });
});
