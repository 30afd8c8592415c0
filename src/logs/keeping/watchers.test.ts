import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { Tree } from '../../../test/support/tree.ts';
import { openKeeping } from './trail.ts';
import { watchersOf } from './watchers.ts';

const started = (...units: readonly string[]): Tree =>
  Object.fromEntries(
    units.flatMap(unit => [
      [
        `/etc/systemd/system/multi-user.target.wants/${unit}.service`,
        { link: `/usr/lib/systemd/system/${unit}.service` },
      ],
      [`/usr/lib/systemd/system/${unit}.service`, '[Service]\n'],
    ]),
  );

const fail2ban: Tree = {
  '/etc/debian_version': '12\n',
  '/etc/fail2ban/paths-debian.conf': '[DEFAULT]\nsyslog_mail = /var/log/mail.log\n',
  '/etc/fail2ban/jail.conf':
    '[DEFAULT]\nenabled = false\nbackend = auto\nmta = sendmail\ndestemail = root@localhost\naction_ = nftables[name=%(__name__)s]\naction_mw = %(action_)s\n            %(mta)s-whois[name=%(__name__)s, dest="%(destemail)s"]\naction = %(action_)s\n[dovecot]\nlogpath = %(syslog_mail)s\n[postfix]\nlogpath = %(syslog_mail)s\n[sshd]\nbackend = systemd\n',
  '/etc/fail2ban/filter.d/sshd.conf':
    '[Init]\njournalmatch = _SYSTEMD_UNIT=sshd.service + _COMM=sshd\n',
  '/etc/fail2ban/jail.d/mail.local':
    '[DEFAULT]\ndestemail = abuse@example.jp\n[dovecot]\n# on\nenabled = true\naction = %(action_mw)s\n[sshd]\nenabled = true\n',
};

describe('fail2ban', () => {
  test('jails that are on, with their logs and whom they tell', () => {
    expect(watchersOf(memoryView({ ...fail2ban, ...started('fail2ban') }))).toEqual([
      {
        name: 'fail2ban jail dovecot',
        logPaths: ['/var/log/mail.log'],
        tells: 'the firewall, and abuse@example.jp by mail',
        because: { path: '/etc/fail2ban/jail.d/mail.local', line: 5 },
      },
      {
        name: 'fail2ban jail sshd',
        logPaths: ['journal:sshd.service'],
        tells: 'the firewall, which blocks addresses; no person',
        because: { path: '/etc/fail2ban/jail.d/mail.local', line: 8 },
      },
    ]);
  });

  test('a fail2ban that nothing starts watches nothing', () => {
    expect(watchersOf(memoryView({ ...fail2ban, ...started('cron') }))).toEqual([]);
  });
});

const shippers: Readonly<
  Record<
    string,
    { readonly tree: Tree; readonly to: string; readonly line: number; readonly toLine: number }
  >
> = {
  filebeat: {
    tree: {
      ...started('filebeat'),
      '/etc/filebeat/filebeat.yml':
        'filebeat.inputs:\n- type: filestream\n  id: mail\n  paths:\n    - /var/log/mail.log\n- type: log\n  enabled: false\n  paths: [/var/log/other.log]\noutput.elasticsearch:\n  hosts: ["https://user:secret@es.example.jp:9200"]\n  password: "secret"\n',
    },
    to: 'https://es.example.jp:9200',
    line: 5,
    toLine: 9,
  },
  promtail: {
    tree: {
      ...started('promtail'),
      '/etc/promtail/config.yml':
        'clients:\n  - url: https://loki.example.jp/loki/api/v1/push\nscrape_configs:\n  - job_name: mail\n    static_configs:\n      - targets: [localhost]\n        labels:\n          __path__: /var/log/mail*.log\n',
    },
    to: 'https://loki.example.jp/loki/api/v1/push',
    line: 8,
    toLine: 2,
  },
  vector: {
    tree: {
      ...started('vector'),
      '/etc/vector/vector.toml':
        '[sources.mail]\ntype = "file"\ninclude = ["/var/log/mail.log"]\n[sinks.out]\ntype = "socket"\naddress = "loghost.example.jp:9000"\n',
    },
    to: 'loghost.example.jp:9000',
    line: 3,
    toLine: 6,
  },
  'fluent-bit': {
    tree: {
      ...started('fluent-bit'),
      '/etc/fluent-bit/fluent-bit.conf':
        '[SERVICE]\n    flush 1\n[INPUT]\n    Name tail\n    Path /var/log/mail.log\n[OUTPUT]\n    Name  forward\n    Match *\n    Host  loghost.example.jp\n    Port  24224\n',
    },
    to: 'forward://loghost.example.jp:24224',
    line: 5,
    toLine: 6,
  },
  fluentd: {
    tree: {
      ...started('td-agent'),
      '/etc/td-agent/td-agent.conf':
        '<source>\n  @type tail\n  path /var/log/mail.log\n  tag mail\n</source>\n<match **>\n  @type forward\n  <server>\n    host loghost.example.jp\n    port 24224\n  </server>\n</match>\n',
    },
    to: 'forward://loghost.example.jp:24224',
    line: 1,
    toLine: 6,
  },
  nxlog: {
    tree: {
      ...started('nxlog'),
      '/etc/nxlog.conf':
        '<Input mail>\n    Module im_file\n    File "/var/log/mail.log"\n</Input>\n<Output out>\n    Module om_ssl\n    Host loghost.example.jp\n    Port 6514\n</Output>\n',
    },
    to: 'ssl://loghost.example.jp:6514',
    line: 1,
    toLine: 5,
  },
  wazuh: {
    tree: {
      ...started('wazuh-agent'),
      '/var/ossec/etc/ossec.conf':
        '<!-- Wazuh -->\n<ossec_config>\n  <client>\n    <server>\n      <address>wazuh.example.jp</address>\n    </server>\n  </client>\n</ossec_config>\n<ossec_config>\n  <localfile>\n    <log_format>syslog</log_format>\n    <location>/var/log/mail.log</location>\n  </localfile>\n</ossec_config>\n',
    },
    to: 'wazuh://wazuh.example.jp',
    line: 12,
    toLine: 5,
  },
  splunk: {
    tree: {
      ...started('SplunkForwarder'),
      '/opt/splunkforwarder/etc/system/local/inputs.conf':
        '[default]\nhost = mx\n[monitor:///var/log]\nindex = mail\n',
      '/opt/splunkforwarder/etc/system/local/outputs.conf':
        '[tcpout:main]\nserver = splunk.example.jp:9997\n',
    },
    to: 'splunk://splunk.example.jp:9997',
    line: 3,
    toLine: 2,
  },
};

describe('shippers', () => {
  test.each(Object.entries(shippers))(
    '%s reads the log and sends it away',
    (name, { tree, to, line, toLine }) => {
      const files = memoryView({ ...tree, '/var/log/mail.log': '' });
      const [watcher, ...others] = watchersOf(files);
      expect(others).toEqual([]);
      expect(watcher).toMatchObject({ name, tells: to, because: { line } });
      expect(JSON.stringify([watcher, files.unseen])).not.toContain('secret');
      const trail = openKeeping(files, new Date('2026-11-25T00:00:00Z')).trailOf({
        to: 'file',
        path: '/var/log/mail.log',
      });
      expect(trail).toMatchObject({ shippedTo: to, shippedBecause: { line: toLine } });
    },
  );

  test.each(Object.entries(shippers))(
    '%s that nothing starts ships nothing, and is said',
    (_, { tree }) => {
      const config = Object.entries(tree).filter(([path]) => !path.includes('systemd'));
      const files = memoryView({ ...Object.fromEntries(config), ...started('cron') });
      expect(watchersOf(files)).toEqual([]);
      expect(files.unseen.map(({ why }) => why).join()).toContain('nothing that was seen starts');
    },
  );

  test('one on this host only is not a copy elsewhere', () => {
    const files = memoryView({
      ...started('filebeat'),
      '/etc/filebeat/filebeat.yml':
        'filebeat.inputs:\n- type: log\n  paths: [/var/log/a.log]\noutput.logstash:\n  hosts: ["localhost:5044"]\n',
      '/var/log/a.log': '',
    });
    const trail = openKeeping(files, new Date('2026-11-25T00:00:00Z')).trailOf({
      to: 'file',
      path: '/var/log/a.log',
    });
    expect(trail.shippedTo).toBeUndefined();
    expect(trail.unknown).toContain('on this host');
  });
});

test('crowdsec, logcheck, logwatch and sshguard', () => {
  const files = memoryView({
    ...started('crowdsec', 'sshguard'),
    '/etc/crowdsec/acquis.yaml':
      'filenames:\n  - /var/log/mail.log\nlabels:\n  type: syslog\n---\nsource: journalctl\n',
    '/etc/cron.d/logcheck': '2 * * * * logcheck nice -n10 /usr/sbin/logcheck\n',
    '/etc/logcheck/logcheck.conf': 'SENDMAILTO="logcheck@example.jp"\n',
    '/etc/logcheck/logcheck.logfiles.d/syslog.logfiles': '# x\n/var/log/mail.log\n',
    '/etc/cron.daily/00logwatch':
      '#!/bin/sh\n/usr/sbin/logwatch --output mail --mailto root@example.jp\n',
    '/etc/sshguard/sshguard.conf': 'BACKEND=x\nFILES="/var/log/auth.log /var/log/mail.log"\n',
  });
  const found = watchersOf(files);
  expect(
    found.map(({ name, tells, because }) => [name, tells, because.path, because.line]),
  ).toEqual([
    ['crowdsec', 'its local API, which blocks addresses', '/etc/crowdsec/acquis.yaml', 2],
    ['crowdsec', 'its local API, which blocks addresses', '/etc/crowdsec/acquis.yaml', 6],
    ['logwatch', 'root@example.jp by mail, as a summary', '/etc/cron.daily/00logwatch', 2],
    [
      'logcheck',
      'logcheck@example.jp by mail',
      '/etc/logcheck/logcheck.logfiles.d/syslog.logfiles',
      2,
    ],
    ['sshguard', 'the firewall, which blocks addresses', '/etc/sshguard/sshguard.conf', 2],
  ]);
});

test('whatever stands in their files, nothing throws', () => {
  const paths = Object.values(shippers)
    .flatMap(({ tree }) => Object.keys(tree))
    .filter(path => !path.includes('systemd'));
  const services = started(
    'filebeat',
    'promtail',
    'vector',
    'fluent-bit',
    'td-agent',
    'nxlog',
    'wazuh-agent',
    'SplunkForwarder',
    'fail2ban',
    'crowdsec',
  );
  const junk = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.json({ maxDepth: 4 }),
    fc.constantFrom(
      'filebeat.inputs: 3',
      'output: [a',
      '- - -',
      '&a [*a]',
      '[INPUT]\nName',
      '<Input',
      '%(a)s',
      '[dovecot]\nenabled = %(enabled)s',
    ),
  );
  fc.assert(
    fc.property(junk, text => {
      const all = [
        ...paths,
        '/etc/fail2ban/jail.conf',
        '/etc/crowdsec/acquis.yaml',
        '/etc/logcheck/logcheck.logfiles',
      ];
      const files = memoryView({
        ...services,
        ...Object.fromEntries(all.map(path => [path, text])),
      });
      expect(watchersOf(files).length).toBeLessThanOrEqual(2_000);
    }),
    { numRuns: 200 },
  );
});
