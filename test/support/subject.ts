import type { Setting, Subject } from '../../src/confirm/question.ts';
import type { AccessLog, LogTrail } from '../../src/core/access-log.ts';
import { type Component, componentId } from '../../src/core/component.ts';
import type { Watcher } from '../../src/core/watcher.ts';

/** A component with these logs and little else. */
const componentWith = (logs: readonly AccessLog[], more: Partial<Component> = {}): Component => ({
  id: componentId('dovecot'),
  name: 'dovecot',
  version: { value: '2.3.19' },
  kind: 'imap',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: 'dovecot',
  foundAt: [{ path: '/etc/dovecot/dovecot.conf' }],
  reach: [],
  logs,
  ...more,
});

export const subjectWith = (
  logs: readonly AccessLog[],
  more: Partial<Component> = {},
): Subject => ({
  component: componentWith(logs, more),
  ancestors: [],
});

/** A log of logins that is written; `trail` says where it ends. */
export const loginLog = (trail?: LogTrail, more: Partial<AccessLog> = {}): AccessLog => ({
  question: 'who logged in',
  emitted: 'on',
  why: 'every login is logged',
  because: { path: '/etc/dovecot/conf.d/10-logging.conf', line: 3 },
  sink: { to: 'syslog', facility: 'mail', program: 'dovecot' },
  ...(trail === undefined ? {} : { trail }),
  ...more,
});

export const settingWith = (watchers: readonly Watcher[] = [], retentionDays = 365): Setting => ({
  policy: {
    retentionDays,
    indexAgeHoursMax: 168,
    readSecondsMax: 60,
    patchDays: { exploited: 3, internet: 14, internal: 30 },
    deadlines: [],
    customerFacing: [],
  },
  now: new Date('2026-11-25T12:00:00Z'),
  tenants: [],
  watchers,
  ownersNamed: false,
  configurationPath: 'postern.yaml',
  exceptions: [],
});
