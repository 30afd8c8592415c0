import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import {
  firstDifference,
  generateDebian,
  generatedPath,
} from '../../src/inventory/platforms/exim/debian.ts';
import { hasBuiltin, readProgram } from '../../src/inventory/platforms/exim/program.ts';
import { readExim, settingNamed } from '../../src/inventory/syntax/exim.ts';
import {
  type EximLines,
  physicalLines,
  readEximLines,
} from '../../src/inventory/syntax/exim-lines.ts';

/**
 * What Exim itself says of hard configurations, and what Postern reads in them.
 *
 * `POSTERN_EXIM_ROOT` names a tree with Debian's exim4-daemon-heavy, exim4-base and exim4-config
 * unpacked (`dpkg-deb -x`), the libraries that `ldd usr/sbin/exim4` names, `dev/null`, an
 * `etc/passwd` and `etc/group` with root, mail and Debian-exim, and `var/log/exim4`. It is never
 * installed beside another mail server; chroot(8) runs it, as root.
 */
const root = process.env['POSTERN_EXIM_ROOT'] ?? '';
const program = '/usr/sbin/exim4';
/** Of the system, not of a package. */
const inRoot = 'chroot';
const run = (args: readonly string[]) =>
  spawnSync(inRoot, [root, program, ...args], { encoding: 'utf8' });
const version =
  root === '' || !existsSync(join(root, program))
    ? ''
    : (/Exim version (\S+)/.exec(run(['-C', '/dev/null', '-bV']).stdout ?? '')?.[1] ?? '');
const missing = version === '';

type Tree = Readonly<Record<string, string>>;

/** Settings whose value Exim prints as it stands. */
const asked = [
  'primary_hostname',
  'qualify_domain',
  'log_selector',
  'local_interfaces',
  'av_scanner',
  'spamd_address',
  'mysql_servers',
  'acl_smtp_data',
  'acl_smtp_rcpt',
  'perl_startup',
  'system_filter',
  'log_file_path',
  'daemon_smtp_ports',
] as const;

const trees: Readonly<Record<string, Tree>> = {
  'macros that are redefined and put into each other': {
    'exim.conf': `HOST = mx
DOMAIN = HOST.example.jp
DOMAIN == DOMAIN.test
  HOST == other
LONGER_NAME = long
LONGER = short
primary_hostname = DOMAIN
qualify_domain = LONGER_NAME.LONGER.HOST
hide mysql_servers = db/mail/reader/LONGER
`,
  },
  'conditions within conditions, with macros of the build': {
    'exim.conf': `.ifdef _HAVE_DKIM
primary_hostname = dkim
.else
primary_hostname = none
.endif
.ifdef NEVER _HAVE_NEVER
log_selector = +all
.elifdef _OPT_MAIN_AV_SCANNER
SET = 1
.ifndef SET
av_scanner = sophie:/never
.elifndef NEVER
av_scanner = clamd:/run/SET
.else
av_scanner = sophie:/never-either
.endif
.elifdef SET
qualify_domain = never
.endif
.ifdef MAIN_LOG_SELECTOR
qualify_domain = wrong
.endif
.ifdef a_HAVE_DKIMx
qualify_domain = right
.endif
`,
  },
  'lines that go on, with comments in the middle': {
    'exim.conf': `spamd_address = 192.0.2.1 783 : \\
   # in the middle
      192.0.2.2 \\
 783
acl_smtp_data = \\
  acl_data   
local_interfaces = "<; 127.0.0.1 ; \\
     192.0.2.3"
log_file_path = "/var/log/\\x65xim/%slog"
av_scanner = clamd:\\

primary_hostname = after.example.jp
`,
  },
  'includes, beside the main file and elsewhere': {
    'exim.conf': `.include one.conf
.include_if_exists /nowhere/at/all.conf
primary_hostname = FROM_ONE
.include "two.conf"
`,
    'one.conf': 'FROM_ONE = one.example.jp\nqualify_domain = \\\n',
    'two.conf': 'daemon_smtp_ports = 25 : 587\n',
  },
};

/** What Exim refuses, and we call a problem. */
const refused: Readonly<Record<string, string>> = {
  'an .endif too many': 'primary_hostname = a\n.endif\n',
  'an .else too many': '.else\nprimary_hostname = a\n',
  'no .endif': '.ifdef X\nprimary_hostname = a\n',
  'a macro defined twice': 'X = 1\nX = 2\n',
  'a macro redefined, never defined': 'X == 2\n',
  'a macro that holds the name of an earlier one': 'AA = 1\nAAB = 2\n',
  'an include that is missing': '.include /nowhere.conf\n',
  'a relative include_if_exists': '.include_if_exists x.conf\n',
};

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Writes files below the root; the path of the main one as seen from there. */
const place = (tree: Tree): string => {
  mkdirSync(join(root, 'tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, 'tmp/postern-exim-'));
  made.push(folder);
  for (const [name, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return `${folder.slice(root.length).replace(/^(?!\/)/, '/')}/exim.conf`;
};

const ours = (path: string): EximLines => {
  const files = openRoot(root);
  const build = readProgram(files, program);
  return readEximLines(
    physicalLines(path, files.text(path) ?? ''),
    {
      include: asked => (files.stat(asked)?.kind === 'file' ? files.text(asked) : undefined),
      builtin: name => hasBuiltin(build, name),
    },
    dirname(path),
  );
};

/** `name = value` of `exim -bP`; empty when not set. */
const theirs = (path: string, name: string): string => {
  const { stdout } = run(['-C', path, '-bP', name]);
  return new RegExp(`^${name} = (.*)$`, 'ms').exec(stdout.trimEnd())?.[1] ?? '';
};

const title = missing
  ? 'exim (skipped: POSTERN_EXIM_ROOT names no tree with an Exim that runs)'
  : `exim ${version}`;

describe.skipIf(missing)(title, () => {
  test('tells its version, configuration and log in its program file', () => {
    const build = readProgram(openRoot(root), program);
    expect(build.version).toBe(version);
    expect(build.configs).toEqual(['/etc/exim4/exim4.conf', generatedPath]);
    expect(build.logPath).toBe('/var/log/exim4/%slog');
    expect(build.builtins.size).toBeGreaterThan(100);
  });

  test.each(Object.entries(trees))('reads %s as Postern does', (_, tree) => {
    const path = place(tree);
    const read = ours(path);
    expect(read.problems).toEqual([]);
    const config = readExim(read.lines);
    for (const name of asked) {
      const own = settingNamed(config.main, name)?.value ?? '';
      const said = theirs(path, name);
      // Exim prints defaults of what is not set.
      if (settingNamed(config.main, name) !== undefined) expect([name, own]).toEqual([name, said]);
    }
    for (const name of ['av_scanner', 'log_selector', 'perl_startup', 'system_filter']) {
      if (settingNamed(config.main, name) === undefined && name !== 'av_scanner') {
        expect([name, theirs(path, name)]).toEqual([name, '']);
      }
    }
  });

  test.each(Object.entries(refused))('refuses %s, as Postern says', (_, text) => {
    const path = place({ 'exim.conf': text });
    expect(run(['-C', path, '-bV']).stderr).toContain('Exim configuration error');
    expect(ours(path).problems.length).toBeGreaterThan(0);
  });

  test.each([
    ['smarthost', 'true'],
    ['satellite', 'false'],
    ['internet', 'true'],
    ['local', 'false'],
    ['none', 'true'],
  ])('update-exim4.conf writes for %s, split %s, what Postern makes of it', (type, split) => {
    const script = readFileSync(join(root, 'usr/sbin/update-exim4.conf'), 'utf8');
    const settings = `dc_eximconfig_configtype='${type}'
dc_other_hostnames='mail.example.jp;Example.JP'
dc_local_interfaces='127.0.0.1 ; ::1'
dc_readhost='example.jp'
dc_relay_domains='branch.example.jp;other.test'
dc_minimaldns='false'
dc_relay_nets='192.0.2.0/24;203.0.113.0/24'
dc_smarthost='smtp.Example.jp::587;b.example.jp'
dc_use_split_config='${split}'
dc_hide_mailname='true'
dc_localdelivery='maildir_home'
`;
    writeFileSync(join(root, 'etc/exim4/update-exim4.conf.conf'), settings);
    writeFileSync(join(root, 'etc/mailname'), 'mail.example.jp\n');
    const folder = mkdtempSync(join(root, 'tmp/postern-exim-'));
    made.push(folder);
    // The script of the tree, without its user and its absolute paths.
    const patched = script
      .replaceAll('chown root:Debian-exim', 'true')
      .replaceAll('</etc/mailname', `<${root}/etc/mailname`)
      .replaceAll('< /etc/mailname', `< ${root}/etc/mailname`);
    writeFileSync(join(folder, 'script'), patched);
    execFileSync('bash', [
      join(folder, 'script'),
      '-d',
      join(root, 'etc/exim4'),
      '-o',
      join(folder, 'out'),
    ]);
    const fresh = generateDebian(openRoot(root)) ?? [];
    const written = readFileSync(join(folder, 'out'), 'utf8');
    expect(firstDifference(physicalLines(generatedPath, written), fresh)).toBeUndefined();
    expect(fresh.length).toBeGreaterThan(100);
  });
});
