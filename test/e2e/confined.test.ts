import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const postern: string = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
const project = realpathSync(fileURLToPath(new URL('../../', import.meta.url)));

const missing =
  spawnSync('strace', ['-V']).status === 0 && existsSync('/proc/self/fd')
    ? ''
    : ' (skipped: no strace)';

/** Everything that opens, starts, connects or changes. */
const traced = [
  'open,openat,openat2,creat,execve,execveat,socket,connect,bind,sendto,sendmsg',
  'unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,symlink,symlinkat,link,linkat',
  'chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,truncate,ftruncate,mknod,mknodat,utimensat',
].join(',');

interface Call {
  readonly name: string;
  readonly line: string;
  /** Where what was opened really lies. */
  readonly opened?: string;
}

/** `PID name(…) = 21</real/path>`; calls that failed or were cut in two have no path. */
const callsOf = (trace: string): readonly Call[] =>
  trace.split('\n').flatMap(line => {
    const name = /^\d+ +(?:<\.\.\. )?([a-z_0-9]+)[( ]/.exec(line)?.[1];
    if (name === undefined) return [];
    const opened = / = \d+<(.*)>$/.exec(line)?.[1];
    return [{ name, line, ...(opened === undefined ? {} : { opened }) }];
  });

/** Puts traps wherever mail software keeps its settings. `..` of `depth` steps leads out of the root. */
const layTraps = (root: string, outside: string): void => {
  const put = (path: string, content = ''): void => {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, content);
  };
  const link = (path: string, target: string): void => {
    mkdirSync(dirname(root + path), { recursive: true });
    symlinkSync(target, root + path);
  };
  const up = '../../../../../../../../../../../..';
  const out = up + outside;
  for (const program of [
    'usr/sbin/postfix',
    'usr/sbin/postconf',
    'usr/lib/postfix/sbin/master',
    'usr/sbin/dovecot',
    'usr/sbin/opendkim',
    'usr/sbin/opendmarc',
    'usr/sbin/exim4',
    'usr/sbin/amavisd',
    'usr/sbin/clamd',
    'usr/bin/rspamd',
    'usr/sbin/rsyslogd',
    'usr/sbin/nginx',
    'usr/sbin/apache2',
    'usr/bin/spamassassin',
    'usr/sbin/sendmail',
    'usr/sbin/logrotate',
    'usr/sbin/postgrey',
  ]) {
    put(`/${program}`);
  }
  put('/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  // Links out: of files, of folders, absolute, relative, by way of the magic links of /proc.
  link('/etc/opendkim.conf', `${outside}/trap.conf`);
  link('/etc/opendmarc.conf', `${out}/trap.conf`);
  link('/etc/default/postgrey', `/proc/self/root${outside}/trap.conf`);
  link('/etc/rspamd', `${out}/folder`);
  link('/etc/clamav/clamd.conf', `/proc/self/cwd/${out}/trap.conf`);
  link('/etc/amavis/conf.d', `${outside}/folder`);
  link('/etc/spamassassin/local.cf', '/dev/stdin');
  link('/etc/nginx/sites-enabled', `${out}/folder`);
  link('/etc/cron.d', `${out}/folder`);
  link('/var/spool/cron/crontabs', `${out}/folder`);
  link('/etc/systemd/system/trap.service', `${out}/trap.conf`);
  link('/etc/logrotate.d', `${out}/folder`);
  link('/var/log/mail.log', `${out}/trap.conf`);
  link('/srv', `${out}/folder`);
  link('/var/lib/dpkg/status', `${out}/trap.conf`);
  link('/var/lib/apt/lists', `${out}/folder`);
  link('/home/a/.fetchmailrc', `${out}/trap.conf`);
  link('/home/b', `${out}/folder`);
  link('/etc/hop', 'hop2');
  link('/etc/hop2', `../etc/${out}`);
  put(
    '/etc/passwd',
    'a:x:1:1::/home/a:/bin/sh\nb:x:2:2::/../../..:/bin/sh\nc:x:3:3::/hop:/bin/sh\n',
  );
  // The same in settings.
  const wanted = [`${out}/trap.conf`, `${outside}/trap.conf`, `/etc/hop${outside}/trap.conf`];
  const each = (line: (path: string) => string): string => wanted.map(line).join('\n');
  put(
    '/etc/postfix/main.cf',
    `alias_maps = ${wanted.map(path => `hash:${path} regexp:${path}`).join(' ')}
virtual_alias_maps = ${wanted.map(path => `mysql:${path} ldap:${path}`).join(' ')}
smtp_sasl_password_maps = texthash:${out}/trap.conf
maillog_file = ${out}/trap.log
shlib_directory = ${out}
mynetworks = ${out}/trap.conf
`,
  );
  put('/etc/postfix/master.cf', `smtp inet n - y - - smtpd -o mynetworks=${out}/trap.conf\n`);
  put(
    '/etc/dovecot/dovecot.conf',
    `protocols = imap\n${each(path => `!include ${path}\n!include_try ${path}\n!include ${dirname(path)}/*.conf`)}
log_path = ${out}/trap.log
passdb {\n driver = sql\n args = ${out}/trap.conf\n}
plugin {\n sieve_before = ${out}/folder\n}
ssl_key = <${out}/trap.conf\n`,
  );
  put(
    '/etc/exim4/exim4.conf',
    `${each(path => `.include ${path}\n.include_if_exists ${path}`)}\nlog_file_path = ${out}/%slog\n`,
  );
  put(
    '/etc/nginx/nginx.conf',
    `http {\n${each(path => `include ${path};\ninclude ${dirname(path)}/*;`)}\nserver { root ${out}; access_log ${out}/trap.log; }\n}\n`,
  );
  put(
    '/etc/apache2/apache2.conf',
    each(path => `Include ${path}\nIncludeOptional ${dirname(path)}/*.conf\nDocumentRoot ${path}`),
  );
  put(
    '/etc/rsyslog.conf',
    each(path => `$IncludeConfig ${path}\ninclude(file="${path}")\nmail.* ${path}`),
  );
  put(
    '/etc/logrotate.conf',
    each(path => `include ${path}\n${path} {\n weekly\n}`),
  );
  put(
    '/etc/mail/sendmail.cf',
    each(path => `Ft${path}\nKx hash ${path}\nO AliasFile=${path}`),
  );
  put(
    '/etc/crontab',
    each(path => `* * * * * root fetchmail -f ${path}`),
  );
  put(
    '/etc/sysconfig/rsyslog',
    each(path => `SYSLOGD_OPTIONS="-f ${path}"`),
  );
  put(
    '/usr/share/webmail/program/include/iniset.php',
    "<?php\ndefine('RCMAIL_VERSION', '1.6.9');\n",
  );
  put('/usr/share/webmail/index.php', '<?php\n');
  put(
    '/usr/share/webmail/config/config.inc.php',
    `<?php\n${each(path => `include '${path}';\ninclude __DIR__ . '/${path}';\n$config['plugins'] = ['../../${path}'];\n$config['log_dir'] = '${path}';`)}\n`,
  );
};

describe.skipIf(missing !== '')(`what Postern opens on a hostile host${missing}`, () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'postern-confined-')));
  const root = join(base, 'root');
  const outside = join(base, 'outside');
  const answer = join(base, 'answer');

  /** Runs Postern on the root and answers every call it made that opened or changed something. */
  const trace = (): readonly Call[] => {
    const log = join(base, 'trace');
    const done = spawnSync(
      'strace',
      ['-f', '-qq', '-y', '-s', '4096', '-e', `trace=${traced}`, '-o', log, process.execPath]
        .concat([postern, 'confirm', '--root', root, '--format', 'json'])
        .concat(['--fail-on', 'never', '--out', answer]),
      {
        encoding: 'utf8',
        timeout: 120_000,
        cwd: base,
        stdio: ['ignore', 'pipe', 'pipe'],
        // As users start it: Node.js looks for nothing that it compiled before.
        env: { PATH: process.env['PATH'] ?? '' },
      },
    );
    expect(done.stderr).toBe('');
    expect(done.status).toBe(3);
    return callsOf(readFileSync(log, 'utf8'));
  };

  const isWithin = (path: string, folder: string): boolean =>
    path === folder || path.startsWith(`${folder}/`);

  /** What was opened from the first look at the root on: before that, Node.js starts. */
  const openedSinceRoot = (calls: readonly Call[]): readonly Call[] => {
    const opens = calls.filter(({ opened }) => opened !== undefined);
    const first = opens.findIndex(({ opened = '' }) => isWithin(opened, root));
    expect(first).toBeGreaterThan(0);
    // A handle of O_PATH opens nothing: it is what Postern asks before it opens.
    return opens.slice(first).filter(({ line }) => !line.includes('O_PATH'));
  };

  beforeAll(() => {
    mkdirSync(join(outside, 'folder'), { recursive: true });
    for (const name of ['trap.conf', 'folder/trap.conf', 'trap.log', 'folder/a', 'folder/b.conf']) {
      writeFileSync(join(outside, name), 'Socket inet:9@198.51.100.99 # outside-the-root\n');
    }
    mkdirSync(root);
    layTraps(root, outside);
  });

  afterAll(() => rmSync(base, { recursive: true, force: true }));

  test('opens the root, its own code and nothing else; starts, connects and changes nothing', () => {
    const calls = trace();
    const ours = [root, project, answer];
    const strange = openedSinceRoot(calls).filter(
      ({ opened = '' }) =>
        !ours.some(folder => isWithin(opened, folder)) &&
        !opened.startsWith(`${answer}.`) &&
        // Node.js itself asks once which time zone this machine is in.
        !opened.includes('/zoneinfo/'),
    );
    expect(strange.map(({ line }) => line)).toEqual([]);
    expect(calls.filter(({ opened = '' }) => isWithin(opened, outside))).toEqual([]);

    const started = calls.filter(({ name }) => name.startsWith('exec'));
    expect(started).toHaveLength(1);
    const network = ['socket', 'connect', 'bind', 'sendto', 'sendmsg'];
    expect(calls.filter(({ name }) => network.includes(name))).toEqual([]);

    const partial = `${answer}.`;
    const changes = calls.filter(
      ({ name, line }) =>
        (/^open|^creat/.test(name)
          ? /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line) && !line.includes('"/dev/null"')
          : !name.startsWith('exec')) && !line.includes(partial),
    );
    expect(changes.map(({ line }) => line)).toEqual([]);
    expect(readFileSync(answer, 'utf8')).not.toMatch(/198\.51\.100\.99|outside-the-root/);
  });

  test('opens nothing outside while folders are swapped for links', () => {
    // Somebody who owns the folders puts links to elsewhere in their place, over and over.
    const swap = `
      const { mkdirSync, renameSync, symlinkSync, rmSync } = require('node:fs');
      const [root, outside] = process.argv.slice(1);
      const folders = ['etc/dovecot', 'etc/postfix', 'etc/nginx', 'usr/share/webmail/config', 'home/a', 'var/log'];
      for (const folder of folders) symlinkSync(outside + '/folder', root + '/' + folder + '.link');
      for (;;) for (const folder of folders) {
        const at = root + '/' + folder;
        renameSync(at, at + '.real');
        renameSync(at + '.link', at);
        renameSync(at, at + '.link');
        renameSync(at + '.real', at);
      }`;
    const swapper = spawn(process.execPath, ['-e', swap, root, outside], { stdio: 'ignore' });
    try {
      for (let run = 0; run < 3; run++) {
        const within = openedSinceRoot(trace()).filter(({ opened = '' }) =>
          isWithin(opened, outside),
        );
        expect(within.map(({ line }) => line)).toEqual([]);
        expect(readFileSync(answer, 'utf8')).not.toMatch(/198\.51\.100\.99|outside-the-root/);
      }
    } finally {
      swapper.kill('SIGKILL');
    }
  });
});
