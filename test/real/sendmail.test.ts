import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import { sendmail } from '../../src/inventory/platforms/sendmail.ts';
import { cfMacro, readSendmailCf } from '../../src/inventory/syntax/sendmail-cf.ts';
import { readSendmailMc } from '../../src/inventory/syntax/sendmail-mc.ts';

/**
 * What Sendmail and m4 say of hard configurations, and what Postern reads in them.
 *
 * `POSTERN_SENDMAIL_ROOT` names a tree with Debian's sendmail-bin, sendmail-base, sendmail-cf and m4
 * unpacked (`dpkg-deb -x`), the libraries that `ldd` names, `dev/null`, and an `etc/passwd` and
 * `etc/group` with root, smmta, smmsp and mail. chroot(8) runs it, as root.
 */
const root = process.env['POSTERN_SENDMAIL_ROOT'] ?? '';
const program = '/usr/libexec/sendmail/sendmail';
/** Of the system, not of a package. */
const inRoot = 'chroot';
const run = (args: readonly string[], input = '') =>
  spawnSync(inRoot, [root, ...args], { encoding: 'utf8', input });
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Writes a file below the root; its path as seen from there. */
const place = (name: string, text: string): string => {
  mkdirSync(join(root, 'tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, 'tmp/postern-sendmail-'));
  made.push(folder);
  writeFileSync(join(folder, name), text);
  return `/tmp/${folder.slice(folder.lastIndexOf('/') + 1)}/${name}`;
};

const version =
  root === '' || !existsSync(join(root, program))
    ? ''
    : (/^Version (\S+)/m.exec(
        run([program, '-C', place('x.cf', 'V10\n'), '-d0.1', '-bt'], '').stdout ?? '',
      )?.[1] ?? '');
const missing = version === '';
const title = missing
  ? 'sendmail (skipped: POSTERN_SENDMAIL_ROOT names no tree with a Sendmail that runs)'
  : `sendmail ${version}`;

const cf = `V10/Berkeley
# comment
DSold.example.jp
DSesmtp:[relay.example.jp]
D{Other}something
Xgood, S=inet:8891@127.0.0.1, F=T
Xsplit,
	S=local:/run/x.sock
Scanonify=3
Sparse=0
Mlocal,	P=/usr/bin/procmail, F=lsDFMAw5:/|@qSPfhn9,
	T=DNS/RFC822/X-Unix,
	A=procmail -a $h -d $u
Mprog, Path=/bin/sh, Flags=lsDFMoqeu9, Argv=sh -c $u
Mtight,P=[IPC],F=mDFMuX,A=TCP $h 2525
Mlast, A=faxmail -d $u@$h, F=DFMhu, P=/opt/fax/faxmail
# a comment, which goes on with the next line
	, P=/not/this
`;

describe.skipIf(missing)(title, () => {
  test('has the mailers and macros that Postern reads', () => {
    const path = place('hard.cf', cf);
    const own = readSendmailCf(path, openRoot(root).text(path) ?? '');
    const { stdout } = run([program, '-C', path, '-bt'], '=M\n$S\n${Other}\n');
    const theirs = new Map(
      [...stdout.matchAll(/^(?:> )?mailer \d+ \(([^)]+)\): P=(\S+) .* A=(.*)$/gm)].map(match => [
        match[1] ?? '',
        [match[2], match[3]],
      ]),
    );
    expect(own.mailers.map(({ name }) => name)).toEqual(['local', 'prog', 'tight', 'last']);
    for (const mailer of own.mailers) {
      expect([mailer.name, mailer.program, mailer.args]).toEqual([
        mailer.name,
        ...(theirs.get(mailer.name) ?? []),
      ]);
    }
    expect(stdout).toContain(`> ${cfMacro(own, 'S')?.value ?? ''}\n`);
    expect(stdout).toContain(`> ${cfMacro(own, 'Other')?.value ?? ''}\n`);
  });

  test('complains of the sockets that Postern does not understand', () => {
    const path = place('bad.cf', `${cf}Xodd, S=telegraph:42\n`);
    const line = cf.split('\n').length;
    const { stdout, stderr } = run([program, '-C', path, '-bt'], '');
    expect(`${stdout}${stderr}`).toContain(`line ${line}: Xodd`);
    expect(`${stdout}${stderr}`).not.toContain('Xsplit');
    expect(`${stdout}${stderr}`).not.toContain('Xgood');
  });

  test('is found by its program file, with its version', () => {
    const files = openRoot(root);
    const { components } = sendmail.read(files, readPackages(files, packageSources));
    const found = components.find(({ id }) => id === 'sendmail')?.version;
    // Where its package is known, that version counts: the program's own with Debian's behind it.
    expect(found !== undefined && 'value' in found ? found.value.split('-')[0] : found).toBe(
      version,
    );
  });

  test.skipIf(missing || !existsSync(join(root, 'usr/bin/m4')))(
    'sendmail.cf gets the filters from m4 that Postern reads in sendmail.mc',
    () => {
      const mc = `divert(-1)dnl
# INPUT_MAIL_FILTER(\`in-a-comment', \`S=inet:1@127.0.0.1')
divert(0)dnl
include(\`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(\`linux')dnl
dnl INPUT_MAIL_FILTER(\`behind-dnl', \`S=inet:2@127.0.0.1')
# INPUT_MAIL_FILTER(\`no-comment-any-more', \`S=inet:3@127.0.0.1')
INPUT_MAIL_FILTER(\`plain', dnl hidden, with a comma
\`S=inet:4@127.0.0.1, F=T')dnl
MAIL_FILTER(\`defined', \`S=local:/run/x.sock')dnl
define(\`confLOG_LEVEL', \`5')dnl
MAILER(\`smtp')dnl
`;
      const path = place('sendmail.mc', mc);
      const made = run(['/usr/bin/m4', '-D_CF_DIR_=/usr/share/sendmail/cf/', path]).stdout;
      const own = readSendmailMc(path, mc)
        .filter(({ name }) => /^(?:INPUT_)?MAIL_FILTER$/.test(name))
        .map(({ args }) => args[0]);
      const theirs = readSendmailCf('/x', made);
      expect(own).toEqual(theirs.filters.map(({ name }) => name));
      expect(own).toEqual(['no-comment-any-more', 'plain', 'defined']);
      expect(theirs.options.find(({ name }) => name === 'loglevel')?.value).toBe('5');
    },
  );
});
