import { spawnSync } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { removeTrees, writeTree } from '../support/host-tree.ts';
import type { Tree } from '../support/tree.ts';

const postern: string = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

afterAll(removeTrees);

const fileBytes = 4 << 20;
/** As much of a text, over and over, as one file may hold. */
const filled = (text: string, from = '', to = ''): string =>
  from + text.repeat(Math.floor((fileBytes - from.length - to.length) / text.length)) + to;
const numbered = (line: (i: number) => string, count: number): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

const debian = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n';
const installed = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nMaintainer: A <a@lists.debian.org>\nArchitecture: amd64\nVersion: 1.0-1\n\n`;
const list = '/var/lib/apt/lists/deb.example.jp_dists_x_main_binary-amd64_Packages';
const roundcube: Tree = {
  '/srv/w/program/include/iniset.php': "<?php\ndefine('RCMAIL_VERSION', '1.6.9');\n",
  '/srv/w/index.php': '<?php\n',
};

const syslogged: Tree = {
  '/usr/sbin/rsyslogd': '',
  '/etc/rsyslog.conf': 'module(load="imuxsock")\nmail.* /var/log/mail.log\n',
  '/var/lib/dpkg/status': ['postfix', 'rsyslog'].map(installed).join(''),
  '/usr/sbin/postfix': '',
  '/etc/postfix/master.cf': 'smtp inet n - y - - smtpd\n',
  '/usr/sbin/postconf': '',
  '/usr/lib/postfix/sbin/master': '',
  '/etc/postfix/main.cf': 'compatibility_level = 3.6\n',
};

const writtenSeconds = Date.parse('2026-06-29T07:00:00Z') / 1_000;

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly memoryMiB: number;
}

/** In a process of its own: one that hangs is killed, and its memory is its own. */
const run = (root: string): Run => {
  const measure =
    "import { readFileSync, writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, /^VmHWM:\\s*(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]));";
  const done = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(measure)}`]
      .concat([postern, 'confirm', '--root', root, '--format', 'json'])
      .concat(['--fail-on', 'never']),
    {
      encoding: 'utf8',
      maxBuffer: 256 << 20,
      // Far above what each of them takes on a machine that has nothing else to do: five seconds.
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    },
  );
  return { status: done.status, stdout: done.stdout, memoryMiB: Number(done.output[3]) / 1024 };
};

test.each<[string, Tree, unseen?: RegExp]>([
  [
    'a package database without a colon in it',
    { '/var/lib/dpkg/status': `${installed('postfix')}${'Package\n'.repeat(2_000_000)}` },
    /\/var\/lib\/dpkg\/status line \d+: a stanza is broken/,
  ],
  [
    'fifty lists of packages that each unpack to half a gigabyte',
    (() => {
      const bomb = zlib.gzipSync(Buffer.alloc(400 << 20, 10));
      return {
        '/var/lib/dpkg/status': installed('postfix'),
        ...Object.fromEntries(
          Array.from({ length: 50 }, (_, i) => [list.replace('_x_', `_x${i}_`) + '.gz', bomb]),
        ),
      };
    })(),
    /Packages\.gz could not be unpacked/,
  ],
  [
    'a list of packages in millions of frames',
    {
      '/var/lib/dpkg/status': installed('postfix'),
      [`${list}.xz`]: Buffer.alloc(
        32 << 20,
        Buffer.from('fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a', 'hex'),
      ),
    },
    /Packages\.xz could not be unpacked \(xz\)/,
  ],
  [
    'a configuration of Apache that includes all its sites hundreds of thousands of times',
    {
      '/usr/sbin/apache2': '',
      '/etc/apache2/apache2.conf': filled('Listen 80\nInclude sites/*.conf\n'),
      '/etc/apache2/sites/a.conf':
        '<VirtualHost *:80>\nServerName a\nDocumentRoot /srv/w\n</VirtualHost>\n'.repeat(50),
      ...roundcube,
    },
    /apache2\.conf/,
  ],
  [
    'a setting of Rspamd with a million modules',
    {
      '/usr/bin/rspamd': '',
      '/etc/rspamd/rspamd.conf': `options { filters = "${numbered(i => `m${i},`, 400_000)}"; }\n`,
    },
    /rspamd\.conf its setting filters names more than/,
  ],
  [
    'a configuration of Amavis that includes itself on every line',
    {
      '/usr/sbin/amavisd-new': '',
      '/etc/amavis/conf.d/50-user': filled("include_config_files('/etc/amavis/conf.d/50-user');\n"),
    },
    /50-user is included too deeply or too often/,
  ],
  [
    'a hundred thousand blocks of Dovecot',
    {
      '/usr/sbin/dovecot': '',
      '/etc/dovecot/dovecot.conf': numbered(i => `service s${i} {\n executable = x\n}\n`, 95_000),
    },
  ],
  [
    'a crontab of a hundred thousand calls of fetchmail',
    { '/usr/bin/fetchmail': '', '/etc/crontab': filled('* * * * * root fetchmail -f /etc/f\n') },
  ],
  [
    'PHP of a million brackets',
    {
      ...roundcube,
      '/srv/w/config/config.inc.php': `<?php\n$config['a'] = ${'['.repeat(1_000_000)};`,
    },
    /config\.inc\.php/,
  ],
  [
    'one line of four megabytes of slashes and at signs',
    {
      '/usr/sbin/dovecot': '',
      '/etc/dovecot/dovecot.conf': filled(
        '//@',
        'protocols = imap\nauth_policy_server_url = http://',
      ),
    },
  ],
  [
    'macros of Exim that double sixty times',
    {
      '/usr/sbin/exim4': '',
      '/etc/exim4/exim4.conf': `M0=xx\n${numbered(i => `M${i + 1}_=M${i}_M${i}_\n`, 60)}primary_hostname = M60_\n`,
    },
  ],
  [
    'parameters of Postfix that name two more each',
    {
      '/usr/sbin/postfix': '',
      '/usr/sbin/postconf': '',
      '/usr/lib/postfix/sbin/master': '',
      '/etc/postfix/main.cf': `${numbered(i => `v${i} = $v${i + 1} $v${i + 1}\n`, 60_000)}smtpd_milters = $v0\n`,
    },
    /main\.cf/,
  ],
  [
    'tabs where a comment, a comma or an equals sign might come',
    {
      '/usr/sbin/rsyslogd': '',
      '/etc/rsyslog.conf': filled('\t', 'mail.* /var/log/mail.log', 'x\n'),
      '/etc/fail2ban/jail.local': filled('\t', '[a', 'x\n'),
      '/etc/spamassassin/local.cf': filled('\t', 'rewrite_header', 'x\n'),
      '/etc/exim4/exim4.conf': filled('\t', 'a', 'x\n'),
      '/usr/sbin/exim4': '',
    },
  ],
  [
    'sixty rotated logs that each unpack to half a gigabyte',
    (() => {
      const bomb = zlib.gzipSync(Buffer.alloc(400 << 20, 'x'));
      return {
        ...syslogged,
        '/var/log/mail.log': '',
        ...Object.fromEntries(
          Array.from({ length: 60 }, (_, i) => [`/var/log/mail.log.${i + 1}.gz`, bomb]),
        ),
      };
    })(),
    /mail\.log\.60\.gz was not unpacked to its end, for it is too long/,
  ],
  [
    'a database of two hundred thousand packages',
    { '/var/lib/dpkg/status': numbered(i => installed(`lib${i}`), 200_000) },
    /\/var\/lib\/dpkg\/status lists more than 100000 installed packages/,
  ],
  [
    'a database of a million packages',
    {
      '/var/lib/dpkg/status': numbered(
        i => `Package: l${i}\nStatus: install ok installed\nVersion: 1\n\n`,
        1_000_000,
      ),
    },
    /\/var\/lib\/dpkg\/status lists more than 100000 installed packages/,
  ],
  [
    'five thousand pools of PHP that serve five thousand hosts',
    {
      '/usr/sbin/nginx': '',
      '/usr/sbin/php-fpm8.2': '',
      ...roundcube,
      '/etc/php/8.2/fpm/pool.d/all.conf': numbered(
        i => `[p${i}]\nuser = u${i}\nlisten = /run/p${i}.sock\n`,
        5_000,
      ),
      '/etc/nginx/nginx.conf': `http {\n${numbered(
        i =>
          `server { listen 80; server_name a${i}.test; root /srv/w; location ~ \\.php$ { fastcgi_pass unix:/run/p${i}.sock; } }\n`,
        5_000,
      )}}\n`,
    },
  ],
  [
    'thousands of logs, each with a stanza of logrotate, beside thousands of rotated ones',
    {
      ...syslogged,
      '/usr/sbin/logrotate': '',
      '/etc/rsyslog.conf': numbered(i => `mail.* /var/log/x${i}.log\n`, 5_000),
      '/etc/logrotate.conf': numbered(i => `/var/log/x${i}*.log {\n daily\n}\n`, 5_000),
      ...Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`/var/log/x1.log.${i}`, 'x'])),
    },
  ],
  [
    'an entry of master.cf with a million options',
    {
      '/usr/sbin/postfix': '',
      '/usr/sbin/postconf': '',
      '/usr/lib/postfix/sbin/master': '',
      '/etc/postfix/main.cf': 'compatibility_level = 3.6\n',
      '/etc/postfix/master.cf': filled('-o a=b ', 'smtp inet n - y - - smtpd '),
    },
    /master\.cf.* has more than 20000 words behind its command/,
  ],
  [
    'Apache with a hundred thousand faults, which leave room for what else was not seen',
    {
      '/usr/sbin/apache2': '',
      '/etc/apache2/apache2.conf': '<IfModule a>\n'.repeat(100_000),
      '/usr/sbin/rsyslogd': '',
      '/etc/rsyslog.conf': Buffer.from('# \xff\nmail.* /var/log/mail.log\n', 'latin1'),
    },
    /\/etc\/rsyslog\.conf is not valid UTF-8/,
  ],
])(
  '%s ends the run soon, in little memory',
  (_, tree, unseen) => {
    const root = writeTree({ '/etc/os-release': debian, ...tree });
    // Which of many logs is looked at first goes by their times: a slow disk must not decide.
    for (const [i, path] of Object.keys(tree).entries()) {
      utimesSync(join(root, path), writtenSeconds + i, writtenSeconds + i);
    }
    const { status, stdout, memoryMiB } = run(root);
    expect(status).toBe(3);
    const report = JSON.parse(stdout) as { unseen: readonly { what: string; why: string }[] };
    if (unseen !== undefined) {
      expect(report.unseen.map(({ what, why }) => `${what} ${why}`).join('\n')).toMatch(unseen);
    }
    expect(report.unseen.filter(({ why }) => why.includes('could not be read:'))).toEqual([]);
    expect(memoryMiB).toBeLessThan(450);
  },
  120_000,
);
