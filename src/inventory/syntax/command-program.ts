import { shellWords } from './shell-defaults.ts';

/** What a command really runs. */
export interface CommandProgram {
  /** As written: an absolute path or a bare name. */
  readonly path: string;
  /** Words that follow it. */
  readonly args: readonly string[];
}

const interpreters =
  /^(?:env|sudo|nice|ionice|nohup|exec|time|timeout|sh|bash|dash|ksh|perl|ruby|node|php\d*(?:\.\d+)?|python\d*(?:\.\d+)?)$/;

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * The program of a command line: `/usr/bin/python3 -u /opt/x.py -a` runs `/opt/x.py`, and so does
 * `sh -c "exec /opt/x.py -a"`. An interpreter without a script is the program itself.
 */
export const commandProgram = (command: string): CommandProgram | undefined =>
  programOf(shellWords(command.slice(0, 8_192)), 0);

const programOf = (words: readonly string[], depth: number): CommandProgram | undefined => {
  const first = words.findIndex(word => !/^(?:[A-Za-z_]\w*=.*|&&|;)$/s.test(word));
  const program = words[first];
  if (program === undefined || program === '') return undefined;
  const plain = { path: program, args: words.slice(first + 1) };
  const name = base(program);
  if (depth >= 4 || !interpreters.test(name)) return plain;
  const rest = plain.args;
  let at = 0;
  while (at < rest.length) {
    const word = rest[at] ?? '';
    if (/^(?:ba|da|k)?sh$/.test(name) && /^-\w*c$/.test(word)) {
      return programOf(shellWords(rest[at + 1] ?? ''), depth + 1) ?? plain;
    }
    if (!word.startsWith('-') && !/^[A-Za-z_]\w*=/.test(word)) break;
    // An option that takes a value: sudo -u user, nice -n 10, env -u NAME.
    at += /^-[ugnC]$/.test(word) && /^(?:sudo|nice|ionice|env)$/.test(name) ? 2 : 1;
  }
  if (name === 'timeout') at += 1;
  const inner = rest.slice(at);
  return inner.length === 0 ? plain : (programOf(inner, depth + 1) ?? plain);
};
