import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../support/hosts.ts';

const postern: string = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

/**
 * A host on which everything that Postern wants to read is a trap. Each trap must be named as unseen,
 * the rest of the host must be read, and the run must end, with exit status 3.
 */
describe('a hostile root', () => {
  const base = mkdtempSync(join(tmpdir(), 'postern-hostile-'));
  const root = join(base, 'root');
  const put = (path: string, content: string | Uint8Array = ''): void => {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, content);
  };
  const link = (target: string, path: string): void => {
    mkdirSync(dirname(root + path), { recursive: true });
    symlinkSync(target, root + path);
  };
  let report: Report;
  let exit: number | null;
  let memoryMiB: number;

  beforeAll(() => {
    writeFileSync(join(base, 'outside'), 'Socket inet:9999@198.51.100.99\n# outside-the-root\n');
    for (const program of [
      'usr/sbin/opendkim',
      'usr/sbin/opendmarc',
      'usr/sbin/dovecot',
      'usr/sbin/postfix',
      'usr/sbin/postconf',
      'usr/lib/postfix/sbin/master',
      'usr/sbin/amavisd',
      'usr/sbin/clamd',
      'usr/bin/rspamd',
      'usr/sbin/postgrey',
      'usr/bin/spamassassin',
    ]) {
      put(`/${program}`);
    }
    put('/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
    // A FIFO would hang who opens it; a link leaves the root, once relative and once absolute.
    mkdirSync(join(root, 'etc'), { recursive: true });
    execFileSync('mkfifo', [join(root, 'etc/opendkim.conf')]);
    link('../../outside', '/etc/opendmarc.conf');
    link('/etc/loop-b', '/etc/loop-a');
    link('/etc/loop-a', '/etc/loop-b');
    link('/etc/loop-a', '/etc/default/postgrey');
    // Includes and variables that never end.
    put(
      '/etc/dovecot/dovecot.conf',
      'protocols = imap\n!include dovecot.conf\n!include conf.d/*.conf\n',
    );
    put('/etc/dovecot/conf.d/10.conf', '!include ../dovecot.conf\n');
    put(
      '/etc/postfix/main.cf',
      `smtpd_milters = $one\none = $two $two\ntwo = $one $one\n${Array.from({ length: 40 }, (_, i) => `v${i} = $v${i + 1}$v${i + 1}\n`).join('')}non_smtpd_milters = $v0\n`,
    );
    put('/etc/postfix/master.cf', 'smtp inet n - y - - smtpd\n');
    // A file of a gigabyte with nothing in it, bytes that are no text, bytes that end a C string.
    put('/etc/amavis/conf.d/50-user');
    truncateSync(join(root, 'etc/amavis/conf.d/50-user'), 2 ** 30);
    put('/etc/rspamd/rspamd.conf', Buffer.from('logging { level = "info\xff\xfe"; }\n', 'latin1'));
    put('/etc/clamav/clamd.conf', 'LocalSocket /run/clamd.ctl\0\nUser clamav\n');
    put(
      '/etc/spamassassin/local.cf',
      `include local.cf\n${'rewrite_header Subject x\n'.repeat(10)}`,
    );
    // PHP that does not parse, XML that grows, a package database in pieces.
    put('/srv/webmail/program/include/iniset.php', "<?php\ndefine('RCMAIL_VERSION', '1.6.9');\n");
    put('/srv/webmail/index.php', '<?php\n');
    put('/srv/webmail/config/config.inc.php', "<?php\n$config['plugins'] = ['archive', ;\n");
    put(
      '/opt/zimbra/conf/localconfig.xml',
      `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 12 }, (_, i) => `<!ENTITY a${i} "${`&a${i === 0 ? '' : i - 1};`.repeat(10)}">`).join('')}]><localconfig><key name="zimbra_home"><value>&a11;</value></key></localconfig>`,
    );
    put('/opt/zimbra/bin/zmcontrol');
    put(
      '/var/lib/dpkg/status',
      'Package: postfix\nStatus install ok\n\x00\x01garbage\n\nPackage: \nVersion: 1\n\nPackage: opendkim\nStatus: install ok installed\nVersion: 2.11.0~beta2-8\nArchitecture: amd64\nMaintainer: A <a@packages.debian.org>\n\n',
    );
    const done = spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent("import { readFileSync, writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, /^VmHWM:\\s*(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]));")}`,
        postern,
        'confirm',
        '--root',
        root,
        '--format',
        'json',
        '--fail-on',
        'never',
      ],
      {
        encoding: 'utf8',
        maxBuffer: 64 << 20,
        timeout: 60_000,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      },
    );
    exit = done.status;
    expect(done.stderr).toBe('');
    report = JSON.parse(done.stdout) as Report;
    memoryMiB = Number(done.output[3]) / 1024;
  });

  afterAll(() => rmSync(base, { recursive: true, force: true }));

  test.each([
    ['/etc/opendkim.conf', /fifo|no file/],
    ['/etc/opendmarc.conf', /leaves the root/],
    ['/etc/default/postgrey', /loops/],
    ['/etc/dovecot/', /include|itself|deep/i],
    ['/etc/postfix/main.cf', /expan|itself|recurs|too long|circle/i],
    ['/etc/amavis/conf.d/50-user', /1073741824 bytes/],
    ['/etc/rspamd/rspamd.conf', /UTF-8/],
    ['/etc/clamav/clamd.conf', /NUL/],
    ['/etc/spamassassin/local.cf', /include|itself/i],
    ['/srv/webmail/config/config.inc.php', /pars|PHP|syntax/i],
    ['/opt/zimbra/conf/localconfig.xml', /entit|DOCTYPE|declar/i],
    ['/var/lib/dpkg/status', /paragraph|stanza|field|not understood|broken/i],
  ])('%s is named as unseen', (path, why) => {
    const about = report.unseen.filter(({ what }) => what.startsWith(path));
    expect(about.map(each => each.why).join('\n'), JSON.stringify(report.unseen, null, 1)).toMatch(
      why,
    );
  });

  test('the rest of the host is read', () => {
    const ids = report.components.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['postfix', 'dovecot', 'opendkim', 'rspamd', 'clamav', 'roundcube']),
    );
  });

  test('nothing outside the root is read', () => {
    expect(JSON.stringify(report)).not.toMatch(/198\.51\.100\.99|outside-the-root/);
  });

  test('it ends with exit status 3, in little memory', () => {
    expect(exit).toBe(3);
    expect(memoryMiB).toBeLessThan(500);
  });
});
