import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../host/view.ts';
import { readAliases, readForward } from './aliases.ts';
import { commandProgram } from './command-program.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-aliases-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};

describe('aliases', () => {
  test('are taken apart at commas outside of quotes, with the line of each target', () => {
    put(
      '/etc/aliases',
      `# comment: |/no
postmaster: root,
  "|/usr/bin/vacation, -a \\"x\\" me"
\tlast@example.jp
"with space": /var/mail/x , :blackhole:
list: :include:/etc/list
`,
    );
    put('/etc/list', '# nobody\none@example.jp, two@example.jp\n|/opt/x y\n');
    expect(
      readAliases(openRoot(root), '/etc/aliases').map(({ name, targets }) => [
        name,
        targets.map(({ to, text, because }) => [to, text, because.line]),
      ]),
    ).toEqual([
      [
        'postmaster',
        [
          ['address', 'root', 2],
          ['program', '/usr/bin/vacation, -a "x" me', 3],
          ['address', 'last@example.jp', 4],
        ],
      ],
      [
        'with space',
        [
          ['file', '/var/mail/x', 5],
          ['special', ':blackhole:', 5],
        ],
      ],
      [
        'list',
        [
          ['include', '/etc/list', 6],
          ['address', 'one@example.jp', 2],
          ['address', 'two@example.jp', 2],
          ['program', '/opt/x y', 3],
        ],
      ],
    ]);
  });

  test('that include themselves come to an end, and say so', () => {
    put('/etc/loop', 'a: :include:/etc/loop-list\n');
    put('/etc/loop-list', ':include:/etc/loop-list\n:include:/etc/loop-list\n');
    const files = openRoot(root);
    expect(readAliases(files, '/etc/loop')).toHaveLength(1);
    expect(files.unseen.length).toBeGreaterThan(0);
  });

  test('of a user', () => {
    put('/home/hanako/.forward', '\\hanako, "|/usr/bin/procmail -f-"\n');
    put('/home/taro/.forward', '# Exim filter\npipe "/bin/x"\n');
    expect(readForward(openRoot(root), '/home/hanako/.forward').map(({ to }) => to)).toEqual([
      'address',
      'program',
    ]);
    expect(readForward(openRoot(root), '/home/taro/.forward')).toEqual([]);
  });
});

test.each([
  ['/usr/bin/python3 -u /opt/x.py -a', '/opt/x.py'],
  ['/bin/sh -c "exec /opt/y --z"', '/opt/y'],
  ["IFS=' ' && exec /usr/bin/procmail -f-", '/usr/bin/procmail'],
  ['sudo -u vmail /opt/z', '/opt/z'],
  ['/usr/bin/perl', '/usr/bin/perl'],
  ['vacation me', 'vacation'],
])('%s runs %s', (command, path) => {
  expect(commandProgram(command)?.path).toBe(path);
});
