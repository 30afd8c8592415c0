import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileView } from '../../core/files.ts';
import { assigned, readAssignments, shellWords } from './shell-defaults.ts';

const view = (text: string): FileView => ({
  text: () => text,
  slice: () => undefined,
  *chunks() {},
  stat: () => ({ kind: 'file', sizeBytes: 1, mtimeMs: 0, mode: 0o644, uid: 0, gid: 0 }),
  real: path => path,
  list: () => [],
  glob: () => [],
  note: () => {},
  unseen: [],
});

const read = (text: string): Record<string, string> =>
  Object.fromEntries(readAssignments(view(text), '/f').map(({ name, value }) => [name, value]));

test('reads quotes, variables, comments and continued lines', () => {
  expect(
    read(
      `# A=1\nRUNDIR=/run/x\nexport SOCKET=local:$RUNDIR/y.sock # here\nB="\${RUNDIR} 'z'"\nC='$RUNDIR'\nD=a\\ b\nE="x \\\n y"\necho F=1\n`,
    ),
  ).toEqual({
    RUNDIR: '/run/x',
    SOCKET: 'local:/run/x/y.sock',
    B: "/run/x 'z'",
    C: '$RUNDIR',
    D: 'a b',
    E: 'x   y',
  });
});

test('the last assignment counts, with its line', () => {
  const all = readAssignments(view('A=1\n\nA=2\n'), '/f');
  expect(assigned(all, 'A')).toEqual({
    name: 'A',
    value: '2',
    because: { path: '/f', line: 3 },
  });
});

test('takes a command line apart', () => {
  expect(shellWords(`a 'b c' "d e"f \\g ''`)).toEqual(['a', 'b c', 'd ef', 'g', '']);
});

test('never throws, and words survive quoting', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      read(text);
      shellWords(text);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 8 }), words => {
      const quoted = words.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      expect(shellWords(quoted)).toEqual(words);
    }),
  );
});
