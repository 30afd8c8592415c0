import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import { dovecot } from '../../src/inventory/platforms/dovecot.ts';
import {
  type DovecotBlock,
  type DovecotConfig,
  readDovecotConfig,
} from '../../src/inventory/syntax/dovecot.ts';
import { effectiveDovecotList } from '../../src/inventory/syntax/dovecot-lookup.ts';

/**
 * What `doveconf` of the machine says of hard configurations, and what Postern reads in them.
 * `POSTERN_DOVECOT_ROOTS` names further roots (apart by colons) with a Dovecot of their own, which
 * is run there by chroot(8): unpacked packages of other versions.
 */
interface Program {
  readonly root: string;
  readonly version: string;
  readonly run: (args: readonly string[]) => string;
}

const programIn = (root: string): readonly Program[] => {
  const command = root === '' ? ['doveconf'] : ['chroot', root, 'doveconf'];
  const [program = '', ...before] = command;
  const version = /^# (\d+\.\d+[\w.-]*)/m.exec(
    spawnSync(program, [...before, '-n'], { encoding: 'utf8' }).stdout ?? '',
  );
  return version === null
    ? []
    : [
        {
          root,
          version: version[1] ?? '',
          run: args => execFileSync(program, [...before, ...args], { encoding: 'utf8' }),
        },
      ];
};

const programs = ['', ...(process.env['POSTERN_DOVECOT_ROOTS'] ?? '').split(':')]
  .filter((root, i, all) => all.indexOf(root) === i)
  .flatMap(programIn);

type Tree = Readonly<Record<string, string>>;

const configs23: Readonly<Record<string, Tree>> = {
  'includes, overrides and variables': {
    'dovecot.conf': `
      protocols = imap pop3
      mail_plugins = quota # a comment
      !include conf.d/*.conf
      !include_try missing/*.conf
      !include_try local.conf
      mail_plugins = $mail_plugins notify
      protocol lda {
        mail_plugins = $mail_plugins acl
      }
      mail_location = maildir:~/Maildir
      mail_location = sdbox:~/sdbox
    `,
    'conf.d/20-b.conf': 'protocol imap {\n  mail_plugins = $mail_plugins imap_quota\n}\n',
    'conf.d/10-a.conf': 'mail_plugins = $mail_plugins   zlib\nprotocols = $protocols lmtp\n',
    'local.conf':
      'login_greeting = " # not a comment \\"quoted\\" "\npostmaster_address = \'it\\\'s@example.jp\'\n',
  },
  'blocks, with and without names': {
    'dovecot.conf': `
      protocols = imap
      passdb {
        driver = passwd-file
        args = /etc/dovecot/master
        master = yes
      }
      passdb {
        driver = pam
      }
      userdb {
        driver = static
        args = uid=vmail gid=vmail \\
               home=/srv/%u
      }
      plugin {
        quota = maildir:User quota
        mail_log_events = delete expunge
      }
      plugin {
        mail_log_events = delete
        fts = solr
      }
      service imap-login {
        inet_listener imap {
          port = 0
        }
      }
      service imap-login {
        inet_listener imap {
          address = 192.0.2.1
        }
        !include in-block.conf
      }
      namespace inbox {
        inbox = yes
        mailbox "Sent Messages" {
          special_use = \\Sent
        }
      }
    `,
    'in-block.conf': 'inet_listener other {\n  port = 1143\n}\nservice_count = 0\n',
  },
  'filters within filters': {
    'dovecot.conf': `
      protocols = imap
      login_trusted_networks = 192.0.2.0/24
      protocol !lda {
        mail_debug = yes
      }
      local 192.0.2.10 {
        protocol imap {
          mail_max_userip_connections = 7
        }
      }
      remote 203.0.113.0/24 {
        ssl = no
      }
      protocol imap {
        plugin {
          sieve_x = y
        }
      }
    `,
  },
};

const configs24: Readonly<Record<string, Tree>> = {
  'lists that grow and are replaced': {
    'dovecot.conf': `dovecot_config_version = 2.4.0
      dovecot_storage_version = 2.4.0
      protocols = imap lmtp
      protocols {
        pop3 = yes
        lmtp = no
      }
      mail_plugins {
        quota = yes
        "fts" = yes
      }
      !include conf.d/*.conf
      protocol imap {
        mail_plugins {
          imap_quota = yes
          fts = no
        }
      }
      protocol lmtp {
        mail_plugins = sieve quota
      }
    `,
    'conf.d/10-a.conf': 'mail_plugins {\n  notify = yes\n}\n',
  },
  'names of blocks in names of settings': {
    'dovecot.conf': `dovecot_config_version = 2.4.0
      dovecot_storage_version = 2.4.0
      protocols = imap
      auth_policy {
        server_url = http://192.0.2.4:4001/
        hash_nonce = x
      }
      ssl_server_cert_file = /etc/ssl/none.pem
      sql_driver = mysql
      mysql db.example.jp {
        user = reader
        dbname = mail
      }
      passdb sql {
        passdb_sql_query = SELECT password FROM users WHERE userid = '%{user}'
        passdb_default_password_scheme = SHA256
      }
      passdb second {
        driver = passwd-file
        passwd_file_path = /etc/dovecot/users
        master = yes
      }
      userdb sql {
        query = SELECT home, uid, gid \\
          FROM users WHERE userid = '%{user}'
      }
      service imap-login {
        inet_listener imap {
          port = 0
        }
        inet_listener other {
          inet_listener_port = 1143
        }
      }
    `,
  },
  groups: {
    'dovecot.conf': `dovecot_config_version = 2.4.0
      dovecot_storage_version = 2.4.0
      protocols = imap
      login_greeting = hello
      group @imaps loose {
        imap_client_workarounds = delay-newmail
        mail_max_userip_connections = 30
      }
      protocol imap {
        @imaps = loose
        mail_max_userip_connections = 5
      }
    `,
  },
};

type Leaves = Map<string, string>;

/** What doveconf asks its programs for, hides, or (in 2.4) prints as a list that results. */
const isApart = (syntax: string, key: string, value: string): boolean =>
  /^managesieve_\w+_capability$/.test(key) ||
  value.startsWith('# hidden') ||
  (syntax === '2.4' && /^(?:protocols|mail_plugins)(?:_|$)|\/mail_plugins/.test(key));

/** Path of a setting, whether its block's name is written in front of it or around it. */
const pathOf = (blocks: readonly (readonly [key: string, name: string])[], key: string): string => {
  const last = blocks.at(-1);
  if (last === undefined) return key;
  const around = blocks
    .slice(0, -1)
    .map(([outer, name]) => `${outer}/${name}`)
    .concat('')
    .join('/');
  const filter = /^(?:protocol|local|local_name|remote|group)$/.test(last[0]);
  const bare = [`${last[0]}_${last[1]}_`, `${last[0]}_`].reduce(
    (text, prefix) => (!filter && text.startsWith(prefix) ? text.slice(prefix.length) : text),
    key,
  );
  return last[1] === '' && !filter
    ? `${around}${last[0]}_${bare}`
    : `${around}${last[0]}/${last[1]}/${bare}`;
};

/** Leaves of what doveconf prints: one thing a line, nothing to guess. */
const printed = (text: string): Leaves => {
  const out: Leaves = new Map();
  const stack: (readonly [string, string])[] = [];
  const counts = new Map<string, number>();
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('#') || line === '') continue;
    if (line === '}') {
      stack.pop();
      continue;
    }
    const open = /^(\S+)(?: (.*))? \{$/.exec(line);
    if (open !== null) {
      let name = (open[2] ?? '').replace(/^"(.*)"$/, '$1');
      const key = open[1] ?? '';
      if (name === '' && /^(?:passdb|userdb)$/.test(key)) {
        counts.set(key, (counts.get(key) ?? -1) + 1);
        name = String(counts.get(key));
      }
      stack.push([key, name]);
      continue;
    }
    const equals = line.indexOf(' = ');
    const key = equals < 0 ? line.replace(/ =$/, '') : line.slice(0, equals);
    const value = equals < 0 ? '' : line.slice(equals + 3);
    const bare = value.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1');
    out.set(pathOf(stack, key.replace(/^"(.*)"$/, '$1')), value.startsWith('"') ? bare : value);
  }
  return out;
};

const leavesOf = (config: DovecotConfig): Leaves => {
  const out: Leaves = new Map();
  const visit = (block: DovecotBlock, blocks: readonly (readonly [string, string])[]): void => {
    const ordered = [...block.settings].sort((a, b) => a.order - b.order);
    for (const { key, value } of ordered) out.set(pathOf(blocks, key), value);
    const counts = new Map<string, number>();
    for (const inner of block.blocks) {
      if (inner.key.startsWith('@')) continue;
      let { name } = inner;
      if (name === '' && /^(?:passdb|userdb)$/.test(inner.key)) {
        counts.set(inner.key, (counts.get(inner.key) ?? -1) + 1);
        name = String(counts.get(inner.key));
      }
      visit(inner, [...blocks, [inner.key, name]]);
    }
  };
  visit(config.root, []);
  return out;
};

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Writes a tree below a program's root; its path as seen from there. */
const place = (program: Program, tree: Tree): string => {
  const tmp = join(program.root === '' ? '/' : program.root, 'tmp');
  mkdirSync(tmp, { recursive: true });
  const folder = mkdtempSync(join(tmp, 'postern-dovecot-'));
  made.push(folder);
  for (const [name, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, 'dovecot.conf').slice(program.root.length);
};

/** A host as small as can be, with the given main file and a program of that version. */
const host = (program: Program, text: string): { readonly root: string; readonly path: string } => {
  const path = place(program, { 'dovecot.conf': '' }).replace(/\/dovecot\.conf$/, '');
  const root = program.root + path;
  mkdirSync(join(root, 'etc/dovecot'), { recursive: true });
  mkdirSync(join(root, 'usr/sbin'), { recursive: true });
  writeFileSync(join(root, 'usr/sbin/dovecot'), `v${program.version} (0123456789) starting up`);
  writeFileSync(join(root, 'etc/dovecot/dovecot.conf'), text);
  return { root, path: `${path}/etc/dovecot/dovecot.conf` };
};

const mainOf = (root: string) => {
  const files = openRoot(root);
  const { components } = dovecot.read(files, readPackages(files, packageSources));
  return components.find(({ id }) => id === 'dovecot');
};

test.skipIf(programs.length === 0)('dovecot: doveconf is on this machine', () => {
  expect(programs.length).toBeGreaterThan(0);
});

describe.skipIf(programs.length === 0)('dovecot: what doveconf says', () => {
  for (const program of programs) {
    const syntax = program.version.startsWith('2.3') ? '2.3' : '2.4';
    const configs = syntax === '2.3' ? configs23 : configs24;
    test.each(Object.entries(configs))(`${program.version} of %s`, (_, tree) => {
      const path = place(program, tree);
      const config = readDovecotConfig(openRoot(program.root || '/'), path, syntax);
      expect(config.problems).toEqual([]);
      const ours = leavesOf(config);
      const theirs = printed(program.run(['-n', '-c', path]));
      const all = printed(program.run(['-a', '-c', path]));
      for (const [key, value] of theirs) {
        if (config.root.blocks.some(block => block.key.startsWith('@'))) break;
        if (isApart(syntax, key, value)) continue;
        expect([key, ours.get(key) ?? '']).toEqual([key, value]);
      }
      for (const [key, value] of ours) {
        const said = theirs.get(key) ?? all.get(key);
        // What equals a default is not printed within a filter.
        if (said === undefined || isApart(syntax, key, said)) continue;
        expect([key, value]).toEqual([key, said]);
      }
      const lists = [
        ['protocols', undefined],
        ['mail_plugins', undefined],
        // Dovecot's programs add a filter's list to the one around it (settings.c, SET_LIST_APPEND);
        // doveconf 2.4 prints a filter's own entries only, except where a value replaces the list.
        ...(syntax === '2.4' ? ['lmtp'] : ['imap', 'pop3', 'lmtp', 'lda'])
          .filter(
            each => syntax === '2.3' || (tree['dovecot.conf'] ?? '').includes(`protocol ${each}`),
          )
          .map(each => ['mail_plugins', each] as const),
      ] as const;
      for (const [key, protocol] of lists) {
        const filter = protocol === undefined ? [] : ['-f', `protocol=${protocol}`];
        const text = program.run([...filter, '-c', path, key]);
        const inBlock = [...text.matchAll(/^\s+"?([^\s"]+)"? = yes$/gm)].map(
          match => match[1] ?? '',
        );
        const inLine = (/^\w+ = (.*)$/m.exec(text)?.[1] ?? '').trim().split(/[ ,]+/);
        const said = inBlock.length > 0 ? inBlock : inLine.filter(Boolean);
        const names = effectiveDovecotList(config, key, protocol).map(({ name }) => name);
        expect([key, protocol, [...names].sort()]).toEqual([key, protocol, [...said].sort()]);
      }
    });

    test(`${program.version} takes every remedy, and is then logged`, () => {
      const text =
        syntax === '2.3'
          ? 'protocols = imap lmtp\npassdb {\n  driver = passwd-file\n  args = /etc/m\n  master = yes\n}\n'
          : 'dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\nprotocols = imap lmtp\npassdb m {\n  driver = passwd-file\n  passwd_file_path = /etc/m\n  master = yes\n}\n';
      const { root, path } = host(program, text);
      const before = mainOf(root)?.logs ?? [];
      expect(before.map(({ emitted }) => emitted)).toEqual(['partial', 'off', 'off']);
      const remedies = before.map(({ remedy }) => remedy ?? '').join('\n');
      writeFileSync(join(root, 'etc/dovecot/dovecot.conf'), `${text}${remedies}\n`);
      expect(program.run(['-n', '-c', path])).toContain('mail_opened');
      expect((mainOf(root)?.logs ?? []).map(({ emitted }) => emitted)).toEqual(['on', 'on', 'on']);
    });
  }
});
