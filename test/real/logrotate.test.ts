import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { edgesOf, rotatedFilesOf } from '../../src/logs/keeping/edges.ts';
import { openLogrotate } from '../../src/logs/keeping/logrotate.ts';

const missing = spawnSync('logrotate', ['--version']).error !== undefined;

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** A tree whose files may name their own root as `@`: for logrotate the folder, for Postern nothing. */
const plant = (tree: Readonly<Record<string, string>>): string => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'postern-logrotate-')));
  roots.push(root);
  for (const [path, text] of Object.entries(tree)) {
    for (const [to, content] of [
      [path, text.replaceAll('@', '')],
      [`/real${path}`, text.replaceAll('@/etc', `${root}/real/etc`).replaceAll('@', root)],
    ] as const) {
      mkdirSync(dirname(root + to), { recursive: true, mode: 0o755 });
      writeFileSync(root + to, content, { mode: 0o644 });
    }
  }
  return root;
};

/** What `logrotate -d` says of each file: how often, and how many it keeps. */
const asked = (root: string): Record<string, string> => {
  const { stderr, stdout } = spawnSync(
    'logrotate',
    ['-d', '-s', `${root}/state`, `${root}/real/etc/logrotate.conf`],
    { encoding: 'utf8' },
  );
  const out: Record<string, string> = {};
  let rule = '';
  for (const line of `${stderr}\n${stdout}`.split('\n')) {
    const header =
      /(hourly|weekly|monthly|yearly|after 1 days|\d+ bytes) +(?:\((?:(\d+) rotations|no old .*)\)$|empty log)/.exec(
        line,
      );
    if (header !== null) {
      const when = (header[1] ?? '').replace('after 1 days', 'daily').replace(/^\d+ bytes/, 'size');
      // Where old files are kept for ever it says nothing of their number.
      rule = `${when} ${header[2] ?? (line.includes('(no old') ? '0' : '-1')}`;
    }
    const file = /^considering log (.*)$/.exec(line)?.[1];
    if (file !== undefined) out[file.replace(root, '')] = rule;
  }
  return out;
};

const read = (root: string, paths: readonly string[]): Record<string, string> => {
  const logrotate = openLogrotate(openRoot(root));
  return Object.fromEntries(
    paths.flatMap(path => {
      const stanza = logrotate.stanzaOf(path);
      return stanza === undefined ? [] : [[path, `${stanza.options.when} ${stanza.options.count}`]];
    }),
  );
};

const logs = ['a.log', 'b.log', 'c.log', 'd.log', 'e log', 'mail.err', 'mail.log'].map(
  name => `/var/log/${name}`,
);

const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'defaults, an include and a stanza of its own': {
    '/etc/logrotate.conf':
      'weekly\nrotate 4\ncreate\ninclude @/etc/logrotate.d\n@/var/log/a.log {\n  monthly\n  rotate 1\n}\n',
    '/etc/logrotate.d/rsyslog':
      '@/var/log/mail.err\n@/var/log/mail.log\n{\n\trotate 12\n\tmonthly\n\tpostrotate\n\t\techo } done\n\tendscript\n}\n',
    '/etc/logrotate.d/rsyslog.dpkg-dist': '@/var/log/b.log {\n daily\n}\n',
  },
  'globals of an included file leak into what follows': {
    '/etc/logrotate.conf': 'weekly\nrotate 4\ninclude @/etc/logrotate.d\n@/var/log/c.log {\n}\n',
    '/etc/logrotate.d/one': 'monthly\nrotate 2\n@/var/log/a.log {\n}\n',
    '/etc/logrotate.d/two': '@/var/log/b.log {\n daily\n}\n',
  },
  'options after the include do not reach back': {
    '/etc/logrotate.conf': 'include @/etc/logrotate.d\nweekly\nrotate 9\n@/var/log/c.log {\n}\n',
    '/etc/logrotate.d/one': '@/var/log/a.log {\n rotate 3\n}\n',
  },
  'the last of time and size counts': {
    '/etc/logrotate.conf':
      'weekly\nrotate 4\n@/var/log/a.log {\n size 10M\n}\n@/var/log/b.log {\n size 10M\n daily\n}\n@/var/log/c.log {\n daily\n maxsize 5M\n}\n@/var/log/d.log {\n size=5k\n yearly\n hourly\n}\n',
  },
  'a file named twice belongs to the first stanza': {
    '/etc/logrotate.conf':
      'weekly\nrotate 4\n"@/var/log/[ab].log" {\n rotate 7\n}\n@/var/log/*.log {\n rotate 9\n}\n@/var/log/d.log {\n rotate 2\n}\n',
  },
  'a file named again after others of its stanza': {
    '/etc/logrotate.conf':
      'weekly\n@/var/log/b.log {\n rotate 7\n}\n@/var/log/a.log @/var/log/b.log @/var/log/c.log {\n rotate 9\n}\n',
  },
  'duplicates that are to be ignored': {
    '/etc/logrotate.conf':
      'weekly\n@/var/log/b.log {\n rotate 7\n ignoreduplicates\n}\n@/var/log/*.log {\n rotate 9\n}\n',
  },
  'a bad value drops its stanza, an unknown word only its line': {
    '/etc/logrotate.conf':
      'weekly\nrotate 4\n@/var/log/a.log {\n rotate many\n}\n@/var/log/b.log {\n rotat 5\n monthly\n}\n@/var/log/c.log {\n rotate 6 }\n}\n@/var/log/d.log {\n size 5X\n}\n',
  },
  'what is neither word nor name ends the file': {
    '/etc/logrotate.conf':
      'weekly\n@/var/log/a.log {\n rotate 1\n}\nmonthly 3\n@/var/log/b.log {\n rotate 2\n}\n',
  },
  'what does not belong into a stanza drops it, and the next is read': {
    '/etc/logrotate.conf':
      'weekly\n@/var/log/a.log {\n rotate 1\n ,\n}\n@/var/log/b.log {\n rotate 2\n @/var/log/d.log\n}\n@/var/log/c.log {\n rotate 3\n}\n',
  },
  'braces in names, which its reader does not know': {
    '/etc/logrotate.conf':
      'weekly\n@/var/log/d.log {\n rotate 1\n}\n@/var/log/{a,b}.log {\n rotate 7\n}\n@/var/log/c.log {\n rotate 2\n}\n',
  },
  'quoted names, one line for all, weekdays, an open end': {
    '/etc/logrotate.conf':
      '# all\n   weekly 3\nrotate 4\n"@/var/log/e log" @/var/log/a.log { missingok\n rotate 5\n}\n@/var/log/b.log {\n rotate = 8\n',
  },
  'taboo endings set anew': {
    '/etc/logrotate.conf': 'weekly\nrotate 4\ntabooext + .off\ninclude @/etc/logrotate.d\n',
    '/etc/logrotate.d/a.off': '@/var/log/a.log {\n rotate 1\n}\n',
    '/etc/logrotate.d/b~': '@/var/log/b.log {\n rotate 1\n}\n',
    '/etc/logrotate.d/c.bak': '@/var/log/c.log {\n rotate 1\n}\n',
    '/etc/logrotate.d/d': '@/var/log/d.log {\n rotate 0\n}\n@/var/log/mail.log {\n rotate -1\n}\n',
  },
};

describe.skipIf(missing)(
  `logrotate's own reading${missing ? ' (logrotate is not installed)' : ''}`,
  () => {
    test.each(Object.entries(cases))('%s', (_, tree) => {
      const root = plant({ ...Object.fromEntries(logs.map(path => [path, 'x\n'])), ...tree });
      expect(read(root, logs)).toEqual(asked(root));
    });
  },
);

describe.skipIf(missing)(
  `files that logrotate made${missing ? ' (logrotate is not installed)' : ''}`,
  () => {
    const rotateWith = (options: string): string => {
      const root = plant({
        '/etc/logrotate.conf': `@/var/log/mail.log {\n daily\n rotate 9\n create 0644\n${options}\n}\n`,
      });
      mkdirSync(`${root}/var/log`, { recursive: true, mode: 0o755 });
      for (const day of [20, 21, 22]) {
        const path = `${root}/var/log/mail.log`;
        writeFileSync(
          path,
          `Nov ${day} 08:00:00 mx a[1]: first\nNov ${day} 18:00:00 mx a[1]: last\n`,
          { mode: 0o644 },
        );
        const written = new Date(`2026-11-${day}T18:00:00Z`);
        utimesSync(path, written, written);
        const config = `${root}/real/etc/logrotate.conf`;
        const ran = spawnSync('logrotate', ['-f', '-s', `${root}/state`, config], {
          encoding: 'utf8',
        });
        expect(ran.stderr).toBe('');
        // Two rotations within a second would get the same date.
        if (options.includes('%s')) spawnSync('sleep', ['1.1']);
      }
      return root;
    };

    test.each([
      ['numbered and compressed', ' compress\n delaycompress'],
      ['dated by the second', ' dateext\n dateformat -%Y%m%d-%s\n compress'],
      [
        'with the ending kept, in a folder of their own',
        ' extension .log\n olddir old\n createolddir 0755\n compress',
      ],
      [
        'packed with xz',
        ' compress\n compresscmd /usr/bin/xz\n uncompresscmd /usr/bin/unxz\n compressext .xz',
      ],
    ])('%s', (_, options) => {
      const files = openRoot(rotateWith(options));
      const path = '/var/log/mail.log';
      const rotated = rotatedFilesOf(files, path, ['/var/log/old']);
      expect(rotated).toHaveLength(3);
      expect(edgesOf(files, path, rotated)).toEqual({
        oldest: '2026-11-20T08:00:00.000Z',
        newest: '2026-11-22T18:00:00.000Z',
      });
    });
  },
);
