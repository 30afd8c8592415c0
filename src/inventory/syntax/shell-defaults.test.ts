import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { assigned, readAssignments, shellWords } from './shell-defaults.ts';

const read = (text: string): Record<string, string> =>
  Object.fromEntries(
    readAssignments(memoryView({ '/f': text }), '/f').map(({ name, value }) => [name, value]),
  );

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
  const all = readAssignments(memoryView({ '/f': 'A=1\n\nA=2\n' }), '/f');
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
