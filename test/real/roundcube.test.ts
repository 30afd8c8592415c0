import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import { roundcube } from '../../src/inventory/platforms/roundcube.ts';
import { phpVariable, readPhpConfig } from '../../src/inventory/syntax/php-config.ts';
import { type PhpValue, phpAt } from '../../src/inventory/syntax/php-values.ts';

/**
 * Debian's own Roundcube, unpacked and configured as an administrator would. `POSTERN_DEBS` names a
 * folder with roundcube-core, roundcube-plugins and roundcube-plugins-extra, as `apt-get download`
 * fetches them; PHP itself says what the configuration holds, where `php` is installed or
 * `POSTERN_PHP` names it.
 */
const debsFolder = process.env['POSTERN_DEBS'] ?? '';
const debs = existsSync(debsFolder)
  ? readdirSync(debsFolder)
      .filter(name => /^roundcube.*\.deb$/.test(name))
      .map(name => join(debsFolder, name))
  : [];
const hasDebs =
  ['roundcube-core_', 'roundcube-plugins_', 'roundcube-plugins-extra_'].every(name =>
    debs.some(path => path.includes(name)),
  ) && spawnSync('dpkg-deb', ['--version']).status === 0;
const php = process.env['POSTERN_PHP'] ?? 'php';
const hasPhp =
  spawnSync(php, ['-n', '-r', 'echo json_encode([]);'], { encoding: 'utf8' }).stdout === '[]';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

const settings = `
$config['imap_host'] = ["ssl://imap.example.jp:993", "localhost:143"];
$config['plugins'] = array_merge(['archive', 'zipdownload'], array('managesieve', "password"));
$config['plugins'][] = 'contextmenu'; // from roundcube-plugins-extra
array_push($config['plugins'], 'keyboard_shortcuts');
foreach (['acl', 'help'] as $each) { $config['plugins'][] = $each; }
unset($config['plugins'][1]);
if (1 > 2) { $config['log_driver'] = 'syslog'; }
$config['product_name'] = <<<EOT
  Mail of {$config['imap_host'][1]}
  EOT;
$config['log_logins'] = !false;
`;

/** Unpacks the packages and writes down that dpkg knows them. */
const unpack = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'postern-roundcube-'));
  roots.push(root);
  const info = join(root, 'var/lib/dpkg/info');
  mkdirSync(info, { recursive: true });
  for (const deb of debs) {
    execFileSync('dpkg-deb', ['-x', deb, root]);
    const fields = execFileSync('dpkg-deb', ['-f', deb], { encoding: 'utf8' });
    const name = /^Package: (.*)$/m.exec(fields)?.[1] ?? '';
    appendFileSync(
      join(root, 'var/lib/dpkg/status'),
      `${fields.replace(/^(Package: .*)$/m, '$1\nStatus: install ok installed').trim()}\n\n`,
    );
    const paths = execFileSync('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" | tar -t', 'sh', deb], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    const list = paths.split('\n').map(path => path.replace(/^\./, '').replace(/\/$/, '') || '/.');
    writeFileSync(join(info, `${name}.list`), `${list.join('\n')}\n`);
  }
  const sample = readFileSync(join(root, 'usr/share/roundcube/config.inc.php.sample'), 'utf8');
  writeFileSync(join(root, 'etc/roundcube/config.inc.php'), sample + settings);
  writeFileSync(
    join(root, 'etc/roundcube/debian-db.php'),
    `<?php\n$dbuser='roundcube';\n$dbpass='p@ss';\n$basepath='';\n$dbname='roundcube';\n$dbserver='';\n$dbport='';\n$dbtype='mysql';\n`,
  );
  return root;
};

const plain = (value: PhpValue | undefined): unknown => {
  switch (value?.is) {
    case undefined:
    case 'null':
      return null;
    case 'string':
      return value.text;
    case 'number':
      return value.number;
    case 'bool':
      return value.yes;
    case 'unknown':
      return { unknown: value.why };
    case 'array': {
      if (value.more !== undefined) return { unknown: value.more };
      const keys = [...value.entries.keys()];
      const items = [...value.entries.values()].map(entry => plain(entry.value));
      return keys.every((key, i) => key === i)
        ? items
        : Object.fromEntries(keys.map((key, i) => [String(key), items[i]]));
    }
  }
};

/** What PHP makes of a file of the root, with absolute includes led into the root. */
const askPhp = (root: string, path: string): unknown => {
  const asked = join(root, 'asked');
  mkdirSync(join(asked, 'etc/roundcube'), { recursive: true });
  for (const name of ['debian-db-roundcube.php', 'debian-db.php'])
    copyForPhp(root, `etc/roundcube/${name}`);
  const copy = copyForPhp(root, path);
  const code = `error_reporting(0); define('RCUBE_INSTALL_PATH', '/var/lib/roundcube/'); function read() { ob_start(); include $_SERVER['argv'][1]; ob_end_clean(); return isset($config) ? $config : null; } echo json_encode(read());`;
  const answer: unknown = JSON.parse(
    execFileSync(php, ['-n', '-r', code, copy], { encoding: 'utf8' }),
  );
  return answer;
};

const copyForPhp = (root: string, path: string): string => {
  const source = readFileSync(join(root, path), 'utf8');
  const copy = join(root, 'asked', path);
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(copy, source.replace(/(include|require)\("\/etc/g, `$1("${root}/asked/etc`));
  return copy;
};

const take = (root: string) => {
  const files = openRoot(root, ['**/program/include/iniset.php']);
  const packages = readPackages(files, packageSources);
  return { files, packages, reading: roundcube.read(files, packages) };
};

const root = hasDebs ? unpack() : '';

describe.skipIf(!hasDebs)(
  `Debian's Roundcube${hasDebs ? '' : ' (skipped: POSTERN_DEBS names no folder with its packages)'}`,
  () => {
    const taken = hasDebs ? take(root) : undefined;
    const components = taken?.reading.components ?? [];
    const byId = new Map(components.map(component => [String(component.id), component]));
    const plugins = components.filter(({ kind }) => kind === 'webmail-plugin');

    test('has the version of its package', () => {
      const core = debs.find(path => path.includes('roundcube-core_')) ?? '';
      const version = execFileSync('dpkg-deb', ['-f', core, 'Version'], {
        encoding: 'utf8',
      }).trim();
      expect(byId.get('roundcube')).toMatchObject({ version: { value: version } });
    });

    test('lists every plug-in of the packages, and none besides', () => {
      const folder = join(root, 'var/lib/roundcube/plugins');
      expect(plugins.map(({ name }) => name).sort()).toEqual(readdirSync(folder).sort());
    });

    test('gives each the package that its file came with, and the version of its composer.json', () => {
      for (const plugin of plugins) {
        const path = `/usr/share/roundcube/plugins/${plugin.name}/${plugin.name}.php`;
        const owner = readdirSync(join(root, 'var/lib/dpkg/info')).find(list =>
          readFileSync(join(root, 'var/lib/dpkg/info', list), 'utf8')
            .split('\n')
            .includes(path),
        );
        expect(`${plugin.package?.name ?? ''}.list`, plugin.name).toBe(owner);
        const manifest = join(root, `usr/share/roundcube/plugins/${plugin.name}/composer.json`);
        const stated = existsSync(manifest)
          ? /"version":\s*"([^"]+)"/.exec(readFileSync(manifest, 'utf8'))?.[1]
          : undefined;
        if (stated !== undefined) {
          expect(plugin.version, plugin.name).toEqual({ value: stated.replace(/^v/, '') });
        }
      }
    });

    test('takes those for loaded that are listed, and those that Roundcube loads by itself', () => {
      const loaded = plugins.filter(({ enabled }) => enabled === true).map(({ name }) => name);
      expect(loaded).toEqual([
        'acl',
        'archive',
        'contextmenu',
        'filesystem_attachments',
        'help',
        'jqueryui',
        'keyboard_shortcuts',
        'managesieve',
        'password',
      ]);
      expect(plugins.filter(({ enabled }) => enabled === null)).toEqual([]);
    });

    test('writes logins where the settings say', () => {
      expect(byId.get('roundcube')?.logs[0]).toMatchObject({
        emitted: 'on',
        sink: { to: 'file', path: '/var/log/roundcube/userlogins.log' },
      });
      expect(taken?.files.unseen).toEqual([]);
    });

    test('shows the database, and no password', () => {
      const link = byId.get('roundcube/mysql:/etc/roundcube/debian-db-roundcube.php');
      expect(link?.reach[0]?.extent).toContain('database roundcube on localhost (mysql)');
      expect(JSON.stringify(components)).not.toContain('p@ss');
    });

    test('an older copy beside it is one of its own', () => {
      const folder = join(root, 'srv/old');
      mkdirSync(folder, { recursive: true });
      execFileSync('cp', ['-a', join(root, 'usr/share/roundcube/program'), folder]);
      mkdirSync(join(folder, 'config'));
      mkdirSync(join(folder, 'plugins/crm_link'), { recursive: true });
      writeFileSync(
        join(folder, 'config/config.inc.php'),
        "<?php $config['plugins'] = array('crm_link');\n",
      );
      writeFileSync(
        join(folder, 'plugins/crm_link/crm_link.php'),
        '<?php\n/** @version 0.4.2 */\nclass crm_link extends rcube_plugin { function init() {} }\n',
      );
      symlinkSync('/srv/old', join(root, 'srv/webmail'));
      const found = take(root).reading.components;
      expect(found.find(({ id }) => id === 'roundcube@/srv/old/crm_link')).toMatchObject({
        enabled: true,
        version: { value: '0.4.2' },
      });
      expect(found.filter(({ kind }) => kind === 'webmail')).toHaveLength(2);
    });
  },
);

describe.skipIf(!hasDebs || !hasPhp)(
  `Debian's Roundcube as PHP reads it${hasDebs && hasPhp ? '' : ' (skipped: its packages or PHP are missing)'}`,
  () => {
    const options = { constants: { RCUBE_INSTALL_PATH: '/var/lib/roundcube/' } };
    const dist = hasDebs
      ? readdirSync(join(root, 'usr/share/roundcube/plugins'))
          .map(name => `usr/share/roundcube/plugins/${name}/config.inc.php.dist`)
          .filter(path => existsSync(join(root, path)))
      : [];

    test.each([
      ['etc/roundcube/config.inc.php'],
      ['etc/roundcube/defaults.inc.php'],
      ...dist.map(path => [path]),
    ])('%s', path => {
      const config = readPhpConfig(openRoot(root), `/${path}`, options);
      const value = config === undefined ? undefined : phpVariable(config, 'config');
      const asked = askPhp(root, path);
      expect(plain(value)).toEqual(asked);
      // Nothing is compared with nothing.
      if (path.startsWith('etc/')) expect(phpAt(value, 'plugins')?.is).toBe('array');
    });
  },
);
