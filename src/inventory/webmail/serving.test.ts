import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { filesBelow } from '../../../test/support/cases.ts';
import { hostTree, removeTrees } from '../../../test/support/host-tree.ts';
import type { Tree } from '../../../test/support/tree.ts';
import type { Component } from '../../core/component.ts';
import { hostLimits } from '../../core/limits.ts';
import { readPackages } from '../package-index.ts';
import type { Platform } from '../platform.ts';
import { horde } from '../platforms/horde.ts';
import { roundcube } from '../platforms/roundcube.ts';
import { snappymail } from '../platforms/snappymail.ts';
import { markers } from '../take.ts';

afterAll(removeTrees);

const fixture = (root: string): Tree =>
  Object.fromEntries(
    filesBelow(join('test/fixtures/platforms', root, 'root')).map(path => [
      path,
      readFileSync(join('test/fixtures/platforms', root, 'root', path)),
    ]),
  );

const nginx = (folder: string): Tree => ({
  '/usr/sbin/nginx': '',
  '/etc/nginx/nginx.conf': `http { server { listen 203.0.113.5:443 ssl; root ${folder}; } }\n`,
});

const tooLong = Buffer.alloc(hostLimits.fileBytesMax + 1, '#');

interface Copy {
  readonly platform: Platform;
  readonly tree: Tree;
  readonly folder: string;
  /** Parts that the settings of that copy switch on, and one that they do not. */
  readonly on: readonly string[];
  readonly off: string;
}

const copies: readonly (readonly [string, Copy])[] = [
  [
    'Roundcube',
    {
      platform: roundcube,
      tree: {
        '/srv/rc/index.php': '<?php\n',
        '/srv/rc/program/include/iniset.php': "<?php\ndefine('RCMAIL_VERSION', '1.6.9');\n",
        '/srv/rc/config/config.inc.php':
          "<?php\n$config['plugins'] = ['archive'];\n$config['db_dsnw'] = 'mysql://rc:x@db.example.test/rc';\n",
        '/srv/rc/plugins/archive/archive.php': '<?php\nclass archive extends rcube_plugin {}\n',
        '/srv/rc/plugins/help/help.php': '<?php\nclass help extends rcube_plugin {}\n',
      },
      folder: '/srv/rc',
      on: ['archive'],
      off: 'help',
    },
  ],
  [
    'Horde',
    {
      platform: horde,
      tree: fixture('horde/three-by-hand'),
      folder: '/var/www/webmail',
      on: ['imp', 'mailtags'],
      off: 'dropped',
    },
  ],
  [
    'SnappyMail',
    {
      platform: snappymail,
      tree: fixture('snappymail/packaged-and-served'),
      folder: '/usr/share/snappymail',
      on: ['change-password'],
      off: 'avatars',
    },
  ],
];

describe.each(copies)('%s', (_, { platform, tree, folder, on, off }) => {
  const bare = Object.fromEntries(
    Object.entries(tree).filter(([path]) => !/nginx|apache2|httpd/.test(path)),
  );
  const parts = (more: Tree): ReadonlyMap<string, Component> => {
    const files = hostTree({ ...bare, ...more }, markers);
    const { components } = platform.read(files, readPackages(files, []));
    const main = components.find(
      ({ partOf, foundAt }) =>
        partOf === undefined && foundAt.some(({ path }) => path.startsWith(`${folder}/`)),
    );
    return new Map(
      components.flatMap(each =>
        each === main
          ? [['', each]]
          : each.id.startsWith(`${main?.id}/`)
            ? [[each.name, each]]
            : [],
      ),
    );
  };

  test('where a web server serves it, its settings decide which part is on', () => {
    const found = parts(nginx(folder));
    expect(found.get('')).toMatchObject({ enabled: true, exposure: { internet: 'yes' } });
    for (const name of on) expect([name, found.get(name)?.enabled]).toEqual([name, true]);
    expect(found.get(off)?.enabled).toBe(false);
  });

  test('where web servers serve other things alone, no part of it is on, and is told what its settings say', () => {
    const found = parts(nginx('/srv/other'));
    expect(found.get('')).toMatchObject({
      enabled: false,
      exposure: { internet: 'no', why: 'no web server of this host serves it' },
    });
    expect([...found.values()].filter(({ enabled }) => enabled !== false)).toEqual([]);
    for (const name of on) {
      expect(found.get(name)?.exposure).toEqual({
        internet: 'no',
        why: expect.stringMatching(
          /^its settings (?:may )?load it, but of its copy: no web server/,
        ),
      });
    }
    expect(found.get(off)?.exposure).toBeUndefined();
  });

  test('where a file of the web server could not be read, it may serve it, and that file is named', () => {
    const site = '/etc/nginx/conf.d/mail.conf';
    const found = parts({
      ...nginx('/srv/other'),
      '/etc/nginx/nginx.conf': 'http { include /etc/nginx/conf.d/*.conf; }\n',
      [site]: tooLong,
    });
    expect(found.get('')).toMatchObject({
      enabled: null,
      exposure: {
        internet: 'unknown',
        why: expect.stringContaining(site),
        because: { path: site },
      },
    });
    for (const name of on) expect([name, found.get(name)?.enabled]).toEqual([name, true]);
    expect(found.get(off)?.enabled).toBe(false);
  });

  test('where no web server is found, or one that is not read, that is said of each part that they switch on', () => {
    for (const more of [{}, { ...nginx('/srv/other'), '/usr/sbin/caddy': '' }]) {
      const found = parts(more);
      expect(found.get('')).toMatchObject({ enabled: null, exposure: { internet: 'unknown' } });
      for (const name of on) {
        expect(found.get(name)).toMatchObject({
          enabled: true,
          exposure: { internet: 'unknown', why: expect.stringContaining('cannot be told') },
        });
      }
      expect(found.get(off)?.enabled).toBe(false);
    }
  });
});
