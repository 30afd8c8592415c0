import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import { horde } from '../../src/inventory/platforms/horde.ts';

/**
 * Debian's own Horde, unpacked and configured as an administrator would. `POSTERN_DEBS` names a folder
 * with its packages (`apt-get download php-horde php-horde-core php-horde-imp …` fetches them); Horde's
 * own classes, run by PHP, say what its registry and its backends come to, where `php` is installed or
 * `POSTERN_PHP` names it.
 */
const debsFolder = process.env['POSTERN_DEBS'] ?? '';
const debs =
  debsFolder !== '' && existsSync(debsFolder)
    ? readdirSync(debsFolder).filter(name => /^php-horde.*\.deb$/.test(name))
    : [];
const has = (name: string): boolean => debs.some(deb => deb.startsWith(`${name}_`));
const php = process.env['POSTERN_PHP'] ?? 'php';
const hasPhp =
  spawnSync(php, ['-n', '-r', 'echo json_encode([]);'], { encoding: 'utf8' }).stdout?.endsWith(
    '[]',
  ) === true;
const isReady = has('php-horde') && has('php-horde-core') && has('php-horde-imp') && hasPhp;

/** dpkg's own; present wherever its packages are. */
const [extractor] = ['dpkg-deb'] as const;

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}, 120_000);

/** Absolute links as they are within the unpacked root. */
const mendLinks = (root: string, folder: string): void => {
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) mendLinks(root, path);
    if (!stats.isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith('/')) continue;
    unlinkSync(path);
    symlinkSync(relative(dirname(path), join(root, target)), path);
  }
};

const unpacked = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'postern-horde-'));
  made.push(root);
  for (const deb of debs) execFileSync(extractor, ['-x', join(debsFolder, deb), root]);
  mendLinks(root, join(root, 'usr/share/horde'));
  return root;
};

/** Just enough around Horde_Registry_Registryconfig and Horde_Registry_Loadconfig to run them. */
const harness = `
define('HORDE_BASE', $argv[1] . '/usr/share/horde');
if (!function_exists('_')) { function _($t) { return $t; } function textdomain($t) { return $t; } }
class Horde_Exception extends Exception {}
class Horde {
  static function log(...$a) {}
  static function startBuffer() { ob_start(); }
  static function endBuffer() { return ob_get_clean(); }
}
class Ingo { const RULE_ALL = 0; }
class Surroundings {
  public $vhost = null; public $applications = array();
  function getApp() { return 'horde'; }
  function isTest() { return false; }
  function isAdmin() { return true; }
  function get($what, $app) { return HORDE_BASE . '/' . $app; }
}
$conf = array();
include HORDE_BASE . '/config/conf.php';
$registry = new Surroundings();
require $argv[1] . '/usr/share/php/Horde/Registry/Registryconfig.php';
require $argv[1] . '/usr/share/php/Horde/Registry/Loadconfig.php';
$read = new Horde_Registry_Registryconfig($registry);
$out = array('applications' => array(), 'servers' => array());
foreach ($read->applications as $name => $app) {
  if (in_array($app['status'], array('heading', 'topbar', 'link'))) continue;
  if (!file_exists($app['fileroot'])) continue;
  $out['applications'][$name] = $app['status'];
}
$loaded = new Horde_Registry_Loadconfig('imp', 'backends.php', 'servers');
foreach ($loaded->config['servers'] as $server) {
  if (empty($server['disabled'])) $out['servers'][] = $server['hostspec'] . ':' . $server['port'];
}
echo "\\n", json_encode($out);
`;

interface Said {
  readonly applications: Readonly<Record<string, string>>;
  readonly servers: readonly string[];
}

const said = (root: string): Said => {
  const lines = execFileSync(php, ['-n', '-d', 'error_reporting=0', '-r', harness, root], {
    encoding: 'utf8',
  });
  return JSON.parse(lines.slice(lines.lastIndexOf('\n{'))) as Said;
};

const found = (root: string) => {
  const files = openRoot(root, horde.reads);
  return horde.read(files, readPackages(files, packageSources)).components;
};

const conf = '<?php\n';
const layouts: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['as packaged, set up in part', { 'horde/conf.php': conf, 'imp/conf.php': conf }],
  [
    'with local files',
    {
      'horde/conf.php': conf,
      'imp/conf.php': conf,
      'ingo/conf.php': conf,
      'turba/conf.php': conf,
      'horde/registry.local.php':
        "<?php\n$this->applications['turba']['status'] = 'inactive';\nunset($this->applications['ingo']);\n",
      'horde/registry.d/50-a.php': "<?php\n$this->applications['imp']['status'] = 'hidden';\n",
      'imp/backends.local.php':
        "<?php\n$servers['imap']['hostspec'] = 'imap.example.jp';\n$servers['pop']['disabled'] = false;\n",
    },
  ],
  [
    'with everything on one host replaced',
    {
      'horde/conf.php': conf,
      'imp/conf.php': conf,
      'horde/registry.local.php':
        "<?php\n$this->applications = array('horde' => array(), 'imp' => array('status' => 'noadmin'));\n",
      'imp/backends.local.php':
        "<?php\n$servers = array();\nforeach (array('a', 'b') as $name) {\n  $servers[$name] = array('hostspec' => $name . '.example.jp', 'port' => 143, 'disabled' => $name == 'b');\n}\n",
    },
  ],
];

describe.skipIf(!isReady)(
  `Debian's Horde${isReady ? '' : ' (skipped: POSTERN_DEBS names no folder with its packages, or there is no php)'}`,
  () => {
    test.each(layouts)(
      '%s',
      (_, written) => {
        const root = unpacked();
        for (const [path, text] of Object.entries(written)) {
          writeFileSync(join(root, 'etc/horde', path), text);
        }
        const theirs = said(root);
        const components = found(root);
        const states = new Map(components.map(({ id, enabled }) => [String(id), enabled]));
        for (const [name, status] of Object.entries(theirs.applications)) {
          if (name === 'horde') continue;
          expect([name, states.get(`horde/${name}`)]).toEqual([name, status !== 'inactive']);
        }
        // What lies there and is not in the registry is listed as off.
        for (const [id, enabled] of states) {
          const name = /^horde\/([a-z]+)$/.exec(id)?.[1];
          if (name === undefined || name === 'activesync') continue;
          if (theirs.applications[name] === undefined) expect([id, enabled]).toEqual([id, false]);
        }
        const reached = (components.find(({ id }) => id === 'horde/imp')?.reach ?? [])
          .filter(({ resource }) => resource === 'stored-mail')
          .map(({ extent }) => extent.replace(/^.* at /, ''));
        expect([...reached].sort()).toEqual([...theirs.servers].sort());
      },
      120_000,
    );
  },
);
