import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import { defaults } from '../../src/inventory/platforms/postfix/defaults.ts';
import { readInstance } from '../../src/inventory/platforms/postfix/instance.ts';
import { readTable } from '../../src/inventory/platforms/postfix/tables.ts';
import { postfix } from '../../src/inventory/platforms/postfix.ts';
import { readSettings } from '../../src/inventory/syntax/postfix-main.ts';
import { readMaster } from '../../src/inventory/syntax/postfix-master.ts';
import { applySteps } from '../support/apply-remedy.ts';
import { readRemedy } from '../support/remedy.ts';

const programs = { settings: 'postconf', tables: 'postmap' } as const;

/** What `postconf` and `postmap` of this machine say of hard configurations, and what Postern reads. */
const version =
  /^mail_version = (.*)$/m.exec(
    spawnSync(programs.settings, ['-d', 'mail_version'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1] ?? '';
const hasPostfix = version !== '';

const main = {
  plain: `
# comment
compatibility_level = 3.6
myhostname = mx.example.jp
mydestination = $myhostname, localhost
relayhost = [first.example.net]:587
  relay_domains=example.org
relayhost = [second.example.net]:587
smtpd_banner=$myhostname ESMTP $mail_name # not a comment
always_bcc =
mynetworks = 127.0.0.0/8
`,
  continued: `
compatibility_level = 3.6
myhostname = mx.example.jp
smtpd_recipient_restrictions =
    permit_mynetworks,
# a comment in between
\treject_unauth_destination
   # one with white space before it

    check_policy_service unix:private/policy
smtpd_milters = inet:127.0.0.1:1,
 { unix:/run/x.sock, default_action = accept }
mynetworks
 =
 127.0.0.0/8
header_checks = pcre:/etc/a\\
 pcre:/etc/b
`,
  macros: `
compatibility_level = 3.5
myhostname = mx.example.jp
mydomain = example.jp
empty =
full = x y
relayhost = \${full?{[set.example.net]}:{[empty.example.net]}}
always_bcc = \${empty?set}\${empty:archive@$mydomain}
content_filter = \${full?scan}:\${ full ? { [127.0.0.1]:10024 } : { none } }
header_checks = \${{$compatibility_level} >=level {3.10} ? {pcre:/new} : {pcre:/old}}
body_checks = \${{10} < {9} ? {pcre:/less} : {pcre:/more}}
smtp_header_checks = \${{a10} < {a9} ? {pcre:/less} : {pcre:/more}}
smtpd_banner = $$ $(full) \${full} $empty$nothing_of_that_name|
transport_maps = \${empty?{a}:{\${full?{hash:/b}:{hash:/c}}}}
relay_domains = \${{$full} == {x y}?{equal}:{unequal}} \${{$full} != {x y}?different}
virtual_alias_maps = \${{3.9} <=level {3.10} ? {level} : {number}}
`,
  defaults: `
myhostname = old.example.jp
virtual_maps = hash:/etc/postfix/v
smtpd_tls_cert_file = /etc/ssl/one.pem
multi_instance_name = postfix-a
`,
} as const;

const master = `
# a comment
smtp      inet  n       -       y       -       -       smtpd
  -o content_filter=scan:[127.0.0.1]:10025
  -o { smtpd_milters = inet:127.0.0.1:8891, inet:127.0.0.1:8892 }
#submission inet n       -       y       -       -       smtpd
#  -o always_bcc=nobody
# another comment
  -o smtpd_banner=later
465  inet n - n - - smtpd -v -o smtpd_tls_wrappermode=yes
  -o smtpd_banner=$myhostname
policy unix - n n - 0 spawn user=nobody argv=/usr/bin/policyd-spf { /etc/my policy.conf }
filter unix - n n - 10 pipe flags=Rq user=filter null_sender=
  argv=/path/to/script -f \${sender} -- \${recipient}
postlog unix-dgram n - n - 1 postlogd
pickup fifo n - - 60? 1 pickup
smtpd pass - - n - - smtpd
127.0.0.1:10025 inet n - n - - smtpd
`;

/** Which table of aliases there is differs from build to build. */
const apart = new Set([
  'alias_maps',
  'alias_database',
  'default_database_type',
  'local_recipient_maps',
]);

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const place = (mainText: string, masterText = master): string => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-postfix-'));
  made.push(folder);
  writeFileSync(join(folder, 'main.cf'), mainText);
  writeFileSync(join(folder, 'master.cf'), masterText);
  return folder;
};

const ask = (args: readonly string[]): string =>
  execFileSync(programs.settings, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** postconf prints one blank for any white space. */
const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const pairs = (text: string): readonly (readonly [string, string])[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const equals = line.indexOf(' =');
      return [line.slice(0, equals), spaced(line.slice(equals + 2))] as const;
    });

test.skipIf(!hasPostfix)('postfix: postconf is on this machine', () => {
  expect(version).toMatch(/^\d+\.\d+/);
});

// postconf asks the resolver about the names in a configuration, which may take its time.
describe.skipIf(!hasPostfix)(`postfix: what postconf ${version} says`, { timeout: 60_000 }, () => {
  test.each(Object.entries(main))('of settings: %s', (_, text) => {
    const folder = place(text);
    const { settings } = readSettings(text);
    const printed = pairs(ask(['-c', folder, '-n'])).filter(
      ([name]) => name !== 'config_directory',
    );
    expect(printed.length).toBeGreaterThan(2);
    for (const [name, value] of printed) {
      expect([name, spaced(settings.get(name)?.value.text ?? '?')]).toEqual([name, value]);
    }
  });

  test.each(Object.entries(main))('of expanded settings: %s', (_, text) => {
    const folder = place(text);
    const { params } = readInstance(openRoot('/'), 'postfix', folder, version);
    const names = [
      ...pairs(ask(['-c', folder, '-n'])).map(([name]) => name),
      ...Object.keys(defaults).filter(name => !apart.has(name)),
    ];
    for (const [name, value] of pairs(ask(['-c', folder, '-x', ...names]))) {
      expect([name, spaced(params.get(name).text)]).toEqual([name, value]);
    }
  });

  test('of what is compiled in', () => {
    const folder = place('');
    for (const [name, value] of pairs(ask(['-c', folder, '-d', ...Object.keys(defaults)]))) {
      if (!apart.has(name)) expect([name, defaults[name]]).toEqual([name, value]);
    }
  });

  test('of services', () => {
    const folder = place(main.plain);
    const ours = readMaster(master).services.map(service =>
      [
        service.name,
        service.type,
        service.command,
        service.chroot === undefined ? '-' : service.chroot ? 'y' : 'n',
        service.args.map(({ text }) => text.replace(/\s*=\s*/, '=')).join(' '),
      ].join(' '),
    );
    const theirs = ask(['-c', folder, '-M'])
      .split('\n')
      .filter(line => line !== '')
      .map(line => {
        const fields = line.split(/\s+/);
        const [name, type, , , chroot] = fields;
        const rest = fields.slice(8).join(' ');
        return [name, type, fields[7], chroot, rest].join(' ').trim();
      });
    const bare = (text: string): string => text.replaceAll(/[{}\s]+/g, ' ').trim();
    expect(ours.map(bare)).toEqual(theirs.map(bare));
  });

  test('of what -o overrides', () => {
    const folder = place(main.plain);
    const ours = readMaster(master).services.flatMap(service =>
      [...service.overrides.values()].map(
        ({ name, value }) => `${service.name}/${service.type}/${name} = ${value.text}`,
      ),
    );
    const theirs = ask(['-c', folder, '-P']).split('\n').filter(Boolean);
    expect([...ours].sort()).toEqual([...theirs].sort());
  });

  test('of a table (postmap -s)', () => {
    const folder = place('');
    const text =
      '# comment\nexample.jp   smtp:[192.0.2.1]\n  # inside\n\n  continued\nb\tc d\n\n  e\n';
    writeFileSync(join(folder, 'table'), text);
    const name = join(folder, 'table');
    const files = openRoot('/');
    const { params } = readInstance(files, 'postfix', folder, version);
    const use = {
      type: 'texthash',
      name,
      through: [],
      parameter: 'transport_maps',
      at: { path: name },
      params,
    };
    const printed = execFileSync(programs.tables, ['-c', folder, '-s', `texthash:${name}`], {
      encoding: 'utf8',
    });
    const theirs = printed
      .split('\n')
      .filter(Boolean)
      .map(line => line.split('\t'));
    const ours = (readTable(files, use) ?? []).map(({ key, value }) => [key, value]);
    const joined = (rows: readonly (readonly string[])[]) => rows.map(row => row.join('=')).sort();
    expect(joined(ours)).toEqual(joined(theirs));
  });

  test('takes the remedy for lines that are lost', () => {
    const root = mkdtempSync(join(tmpdir(), 'postern-postfix-'));
    made.push(root);
    const folder = join(root, 'etc/postfix');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'main.cf'),
      'compatibility_level = 3.6\nmaillog_file = /var/log/m\n',
    );
    writeFileSync(join(folder, 'master.cf'), 'smtp inet n - n - - smtpd\n');
    const sent = () => {
      const files = openRoot(root);
      const { components } = postfix.read(files, readPackages(files, packageSources));
      return components[0]?.logs.find(({ question }) => question === 'what was sent');
    };
    const before = sent();
    expect(before?.emitted).toBe('off');
    applySteps(root, readRemedy(before?.remedy ?? '').steps);
    expect(execFileSync('postconf', ['-c', folder, '-M'], { encoding: 'utf8' })).toMatch(
      /^postlog +unix-dgram n +- +n +- +1 +postlogd$/m,
    );
    expect(sent()).toMatchObject({ emitted: 'on', sink: { to: 'file', path: '/var/log/m' } });
  });
});
