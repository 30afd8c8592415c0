import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { watchedLines } from '../../../test/support/rules.ts';
import { UsageError } from '../../core/errors.ts';
import { placeOf } from '../../detect/fields/place.ts';
import { mapsOf } from '../../detect/fields/source-map.ts';
import { WatchedRules } from '../../detect/matching/watched-rules.ts';
import { readRules } from '../../detect/sigma/read-rules.ts';
import { loadSourceMaps, readSourceMap } from './source-maps.ts';

const maps = loadSourceMaps('rules/sources');

/** Numbers of the lines that fulfil a rule. */
const linesOf = (logSource: string, detection: string, log: string): readonly number[] => {
  const yaml = `title: T\nlogsource: { ${logSource} }\ndetection:\n  selection: { ${detection} }\n  condition: selection\n`;
  const { rules, problems } = readRules([{ path: 'x.yml', text: yaml }]);
  expect(problems).toEqual([]);
  const watched = new WatchedRules(
    rules.flatMap(rule => (rule.kind === 'detection' ? [rule] : [])),
    maps,
  );
  return watchedLines(log).flatMap(event => (watched.match(event).length > 0 ? [event.line] : []));
};

const fixture = (of: string): string =>
  readFileSync(`test/fixtures/formats/${of}/input.log`, 'utf8');

/** A record of an export, with the words that a rule of SigmaHQ asks for. */
const record = (value: object): string => `${JSON.stringify(value)}\n`;

const ual = {
  CreationTime: '2026-06-12T08:15:09',
  Id: 'p1',
  OrganizationId: 'x',
  RecordType: 40,
  ResultStatus: 'Succeeded',
  UserKey: 'x',
  UserType: 4,
  Version: 1,
  UserId: 'alice@example.jp',
};

describe('names of SigmaHQ find what the records say', () => {
  test.each([
    [
      'an alert of Microsoft 365 by its name',
      'product: m365, service: threat_management',
      'eventSource: SecurityComplianceCenter, eventName: Something odd, status: success',
      record({
        ...ual,
        Operation: 'AlertTriggered',
        Workload: 'SecurityComplianceCenter',
        Name: 'Something odd',
      }),
    ],
    [
      'parameters of a command by name and by value',
      'product: m365, service: audit',
      "Operation: New-InboxRule, 'Parameters|contains|all': [ForwardTo, outside@drop.test]",
      record({
        ...ual,
        RecordType: 1,
        Operation: 'New-InboxRule',
        Workload: 'Exchange',
        Parameters: [{ Name: 'ForwardTo', Value: 'outside@drop.test' }],
      }),
    ],
    [
      'what kind of request a sign-in was',
      'product: m365, service: audit',
      "Operation: UserLoggedIn, RequestType: 'Cmsi:Cmsi'",
      record({
        ...ual,
        RecordType: 15,
        Operation: 'UserLoggedIn',
        Workload: 'AzureActiveDirectory',
        ExtendedProperties: [{ Name: 'RequestType', Value: 'Cmsi:Cmsi' }],
      }),
    ],
    [
      'an activity of Entra ID',
      'product: azure, service: auditlogs',
      'properties.message: Add owner to application',
      record({
        id: 'e1',
        category: 'ApplicationManagement',
        result: 'success',
        activityDisplayName: 'Add owner to application',
        activityDateTime: '2026-06-12T14:06:02Z',
        loggedByService: 'Core Directory',
        initiatedBy: { user: { id: '26', userPrincipalName: 'alice@example.jp' } },
        targetResources: [],
      }),
    ],
    [
      'a detection of Entra ID Protection, which no format understands',
      'product: azure, service: riskdetection',
      'riskEventType: anomalousToken',
      record({ id: 'r1', riskEventType: 'anomalousToken', riskLevel: 'high' }),
    ],
    [
      'an event of Google, whose service is said by its application',
      'product: gcp, service: google_workspace.admin',
      'eventService: admin.googleapis.com, eventName: AUTHORIZE_API_CLIENT_ACCESS',
      record({
        kind: 'admin#reports#activity',
        id: { time: '2026-06-12T09:01:00.125Z', uniqueQualifier: '-1', applicationName: 'admin' },
        actor: { callerType: 'USER', email: 'admin@example.jp' },
        events: [{ type: 'DOMAIN_SETTINGS', name: 'AUTHORIZE_API_CLIENT_ACCESS' }],
      }),
    ],
    [
      'an event of Okta, which no format understands',
      'product: okta, service: okta',
      'eventtype: user.mfa.factor.deactivate, actor.alternateid: alice@example.jp',
      record({
        eventType: 'user.mfa.factor.deactivate',
        published: '2026-06-12T09:01:01Z',
        actor: { alternateId: 'alice@example.jp' },
      }),
    ],
    [
      'an event of MSExchange Management',
      'product: windows, service: msexchange-management',
      "EventID: 1, 'Data|contains': Install-TransportAgent",
      record({
        Channel: 'MSExchange Management',
        EventID: 1,
        Data: ['Install-TransportAgent', '-Name "x"'],
      }),
    ],
    [
      'a request, by method, address, stem and status',
      'category: webserver',
      "cs-method: GET, 'cs-uri-query|contains': q=1, cs-uri-stem: /x.php, sc-status: 200, cs-user-agent: curl/8",
      '203.0.113.9 - - [25/Nov/2026:03:00:01 +0000] "GET /x.php?q=1 HTTP/1.1" 200 5 "-" "curl/8"\n',
    ],
    [
      'a command under sudo',
      'product: linux, service: sudo',
      "'message|contains': /etc/shadow",
      'Nov 25 03:00:01 mx1 sudo:   mori : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/cat /etc/shadow\n',
    ],
  ])('%s', (_, logSource, detection, log) => {
    expect(linesOf(logSource, detection, log)).toEqual([1]);
  });

  test('sign-ins by program and by error', () => {
    const log = fixture('entra-signin/sign-ins');
    expect(linesOf('product: azure, service: signinlogs', 'ClientApp: IMAP4', log)).toEqual([2]);
    expect(linesOf('product: azure, service: signinlogs', 'ResultType: 50126', log)).toContain(2);
    expect(
      linesOf('product: azure, service: signinlogs', 'ActivityDetails: Sign-ins', log).length,
    ).toBeGreaterThan(1);
  });
});

test('a log source does not see events of another', () => {
  const log = fixture('m365-ual/management-api');
  expect(linesOf('product: m365', 'Operation: New-InboxRule', log)).not.toEqual([]);
  for (const other of ['product: okta', 'category: webserver', 'product: dovecot']) {
    expect(linesOf(other, 'Operation: New-InboxRule', log)).toEqual([]);
  }
});

test('what is not read and what nobody knows are told apart', () => {
  const named = mapsOf({ product: 'windows', category: 'process_creation' }, maps);
  expect(named.flatMap(({ events }) => events)).toEqual([]);
  expect(named).not.toEqual([]);
  expect(mapsOf({ product: 'nobody' }, maps)).toEqual([]);
  expect(mapsOf({ product: 'm365', service: 'nobody' }, maps)).toEqual([]);
});

test('every place of every map is a field that events may have', () => {
  const unknown = maps.flatMap(({ id, fields }) =>
    [...fields.values()]
      .flat()
      .flatMap(place => (placeOf(place) === undefined ? [`${id}: ${place}`] : [])),
  );
  expect(unknown).toEqual([]);
});

test('a mistake in a map is named with its line', () => {
  const text =
    'title: X\nlogsources:\n  - { product: x }\nevents:\n  - { formatz: y }\nadvice: Z.\n';
  expect(() => readSourceMap('x.yaml', text)).toThrow(UsageError);
  expect(() => readSourceMap('x.yaml', text)).toThrow('x.yaml:5:7: unknown key "formatz"');
});
