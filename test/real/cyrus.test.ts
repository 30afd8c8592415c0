import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import { cyrus } from '../../src/inventory/platforms/cyrus.ts';
import {
  type CyrusOptions,
  cyrusOption,
  isCyrusYes,
  readCyrusOptions,
} from '../../src/inventory/syntax/cyrus-imapd.ts';

/**
 * What Cyrus's own `cyr_info` says of hard configurations, and what Postern reads in them.
 * `POSTERN_CYRUS_ROOT` names a folder into which Debian's packages were unpacked (`dpkg-deb -x`):
 * cyrus-common with libxapian30, libical3, libicu72, libpcre3, libjansson4, libpq5, libmariadb3,
 * libwslay1, libshp2 and libsasl2-2. Without it the Cyrus of this machine is asked, if it has one.
 */
const root = process.env['POSTERN_CYRUS_ROOT'] ?? '';
const program = `${root}/usr/lib/cyrus/bin/cyr_info`;
const env = {
  ...process.env,
  // The tool gives up root's rights; an unpacked package brings no user of its own.
  CYRUS_USER: root === '' ? 'cyrus' : 'nobody',
  CYRUS_GROUP: root === '' ? 'mail' : 'nogroup',
  ...(root === ''
    ? {}
    : {
        LD_LIBRARY_PATH: ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu']
          .map(folder => root + folder)
          .join(':'),
      }),
};

const folder = mkdtempSync(join(tmpdir(), 'postern-cyrus-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const masterPath = write('cyrus.conf', 'SERVICES {\n  imap cmd="imapd" listen="imap"\n}\n');
const base =
  'configdirectory: /var/lib/cyrus\ndefaultpartition: default\npartition-default: /srv\n';
const basePath = write('base.conf', base);
const works =
  existsSync(program) &&
  spawnSync(program, ['-C', basePath, '-M', masterPath, 'conf'], { env, encoding: 'utf8' })
    .status === 0;

/** What is set and differs from the default, as a service sees it. */
const told = (path: string, service?: string): ReadonlyMap<string, string> => {
  const named = service === undefined ? [] : ['-n', service];
  const text = execFileSync(program, ['-C', path, '-M', masterPath, ...named, 'conf'], {
    env,
    encoding: 'utf8',
  });
  return new Map(
    text
      .split('\n')
      .filter(line => line.includes(':'))
      .map(line => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
      }),
  );
};

const refuses = (path: string): boolean =>
  spawnSync(program, ['-C', path, '-M', masterPath, 'conf'], { env, encoding: 'utf8' })
    .stderr.concat(spawnSync(program, ['-C', path, 'conf'], { env, encoding: 'utf8' }).stdout)
    .includes('fatal error');

const read = (path: string): CyrusOptions => readCyrusOptions(openRoot('/'), path);

const included = write('more.conf', 'syslog_facility: LOCAL3\nsasl_x_y: a: b # c\n');
const good: Readonly<Record<string, string>> = {
  'continued lines, comments that go on': `${base}admins:\\\n   a b \\\n     c\n#x \\\nauditlog: yes\n  proxyservers: d  \n`,
  'names in capitals, values with signs': `${base}AUDITLOG: yes\nsasl_mech_list: PLAIN LOGIN\nHTTPmodules: caldav\nsasl_sql_select: SELECT 'a:b' FROM t # not a comment\n`,
  'one file in another': `${base}@include: ${included}\nevent_groups: message flags\n`,
  'names of services in front': `${base}imap_admins: x\nadmins: y\nimaps_admins: z\nlmtp_sasl_pwcheck_method: auxprop\nimap_auditlog: t\n`,
};

const bad: Readonly<Record<string, string>> = {
  'an option twice': `${base}admins: a\nadmins: b\n`,
  'an unknown option twice': `${base}sasl_x: a\nsasl_x: b\n`,
  'no value': `${base}admins:\nauditlog: yes\n`,
  'a name with a dot': `${base}foo.bar: x\n`,
  'no colon': `${base}admins a\n`,
  'an include that is not there': `${base}@include: /nonexistent/x\n`,
  'another directive': `${base}@import: ${included}\n`,
};

test.skipIf(!works)('cyrus: cyr_info is here (POSTERN_CYRUS_ROOT, or /usr/lib/cyrus)', () => {
  expect(works).toBe(true);
});

describe.skipIf(!works)('cyrus: what cyr_info says', () => {
  test.each(Object.entries(good))('of %s', (name, text) => {
    const path = write(`${name.replaceAll(/\W/g, '-')}.conf`, text);
    const config = read(path);
    expect(config.problems).toEqual([]);
    for (const service of [undefined, 'imap', 'imaps']) {
      for (const [key, value] of told(path, service)) {
        const ours = cyrusOption(config, key, service);
        expect([service, key, ours === undefined]).toEqual([service, key, false]);
        if (/^(?:yes|no)$/.test(value))
          expect([key, isCyrusYes(ours)]).toEqual([key, value === 'yes']);
        else expect([key, ours?.value.toLowerCase()]).toEqual([key, value.toLowerCase()]);
      }
    }
  });

  test.each(Object.entries(bad))('no: %s', (name, text) => {
    const path = write(`${name.replaceAll(/\W/g, '-')}.conf`, text);
    expect(refuses(path)).toBe(true);
    expect(read(path).problems.length).toBeGreaterThan(0);
  });

  test('every remedy is taken, and is then logged', () => {
    const host = join(folder, 'host');
    for (const inner of ['etc', 'usr/lib/cyrus/bin']) {
      mkdirSync(join(host, inner), { recursive: true });
    }
    for (const name of ['master', 'imapd'])
      writeFileSync(join(host, 'usr/lib/cyrus/bin', name), '');
    const config = join(host, 'etc/imapd.conf');
    const master = join(host, 'etc/cyrus.conf');
    const logs = () => {
      const files = openRoot(host);
      const { components } = cyrus.read(files, readPackages(files, packageSources));
      return components.find(({ id }) => id === 'cyrus')?.logs ?? [];
    };
    writeFileSync(config, `${base}admins: cyrus\n`);
    writeFileSync(master, 'SERVICES {\n  imap cmd="imapd" listen="143"\n}\n');
    expect(logs().map(({ emitted }) => emitted)).toEqual(['partial', 'off', 'off']);
    const lines = logs().flatMap(({ remedy }) => (remedy ?? '').split('\n'));
    const entries = lines.filter(line => /^\w+ cmd=/.test(line));
    const options = lines.filter(line => /^\w+: /.test(line));
    // The remedy for administrators says in the place of which line it goes.
    writeFileSync(config, `${base}${options.join('\n')}\n`);
    writeFileSync(
      master,
      `SERVICES {\n  imap cmd="imapd" listen="143"\n  ${entries.join('\n  ')}\n}\n`,
    );
    expect(refuses(config)).toBe(false);
    expect(told(config).get('event_notifier')).toBe('log');
    const lint = execFileSync(program, ['-C', config, '-M', master, 'conf-lint'], {
      env,
      encoding: 'utf8',
    });
    expect(lint.trim()).toBe('');
    expect(logs().map(({ emitted }) => emitted)).toEqual(['on', 'partial', 'on']);
  });
});
