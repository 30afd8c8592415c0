import { verbs } from '../../src/cli/verbs.ts';

/**
 * What a remedy says, read strictly: what cannot be read like this cannot be pasted without guessing.
 *
 * A heading `# in FILE:` or `# in FILE, WHERE:` (in brackets behind WHERE may stand what is there
 * today) is followed by the lines that go there. Other comment lines are for reading;
 * `# then: COMMAND` says what to run afterwards. A remedy of comment lines alone is advice. Before any heading, a
 * line may be a command of Postern's own.
 */
export interface Step {
  readonly file: string;
  readonly where: Where;
  readonly lines: readonly string[];
}

type Where =
  | { readonly at: 'end' | 'top' }
  | { readonly at: 'instead' | 'after' | 'before'; readonly line: number }
  | { readonly at: 'stanza'; readonly of: string; readonly instead: readonly string[] }
  | { readonly at: 'yaml' };

export interface Remedy {
  readonly steps: readonly Step[];
  readonly commands: readonly string[];
}

const columnsMax = 96;

const whereOf = (text: string | undefined): Where | undefined => {
  if (text === undefined || text === 'at its end') return { at: 'end' };
  if (text === 'at its top') return { at: 'top' };
  const line = /^(in place of|after|before) line (\d+)$/.exec(text);
  if (line !== null) {
    const at = line[1] === 'in place of' ? 'instead' : line[1] === 'after' ? 'after' : 'before';
    return { at, line: Number(line[2]) };
  }
  const stanza = /^in the stanza of (\/.+?)(?:, in place of its ([a-z]+)(?: and ([a-z]+))?)?$/.exec(
    text,
  );
  return stanza === null
    ? undefined
    : { at: 'stanza', of: stanza[1] ?? '', instead: stanza.slice(2).filter(Boolean) };
};

const headingOf = (line: string): { file: string; where: Where } | undefined => {
  const belowKey = ' (below the key, where it is there already):';
  if (line.endsWith(belowKey)) {
    return { file: line.slice('# in '.length, -belowKey.length), where: { at: 'yaml' } };
  }
  const match =
    /^# in (\/[^,]*?)(?:, ((?:at its|in place of line|after line|before line|in the stanza) ?.*?))?(?: \([^()]*\))?:$/.exec(
      line,
    );
  const where = match === null ? undefined : whereOf(match[2]);
  return match === null || where === undefined ? undefined : { file: match[1] ?? '', where };
};

/** `postern hunt --notify-test`: a verb and flags that there are. */
const isOwnCommand = (line: string): boolean => {
  const [program, name, ...words] = line.split(' ');
  const verb = verbs.find(each => each.name === name);
  const flags = words.filter(word => word.startsWith('--'));
  return (
    program === 'postern' &&
    verb !== undefined &&
    flags.every(flag => verb.flags.some(each => flag === `--${each.name}`))
  );
};

/** Throws with the reason when an administrator would have to guess. */
export const readRemedy = (text: string): Remedy => {
  const steps: { file: string; where: Where; lines: string[] }[] = [];
  const commands: string[] = [];
  for (const line of text.split('\n')) {
    if (/\t/.test(line)) throw new Error(`a tab, which a terminal turns into spaces: ${line}`);
    if (line.startsWith('# then: ')) commands.push(line.slice('# then: '.length));
    else if (line.startsWith('# in ') && line.endsWith(':')) {
      const heading = headingOf(line);
      if (heading === undefined) throw new Error(`no place to paste to: ${line}`);
      steps.push({ ...heading, lines: [] });
    } else if (line !== '' && line !== '#' && !line.startsWith('# ')) {
      if (line.length > columnsMax && !/\S{60}/.test(line))
        throw new Error(`wider than ${columnsMax} columns: ${line}`);
      const step = steps.at(-1);
      if (step === undefined && isOwnCommand(line)) continue;
      if (step === undefined) throw new Error(`no heading says where this goes: ${line}`);
      step.lines.push(line);
    }
  }
  for (const { file, lines } of steps) {
    if (lines.length === 0) throw new Error(`a heading without lines: ${file}`);
    const open = lines.find(line => /<[a-z][a-z ]*>/i.test(line) && !/^\s*-? ?[a-z{]+/.test(line));
    if (open !== undefined) throw new Error(`a placeholder: ${open}`);
  }
  return { steps, commands };
};
