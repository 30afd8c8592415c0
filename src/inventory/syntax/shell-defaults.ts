import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';

/** One assignment of a shell-like file: `/etc/default/x`, `/etc/sysconfig/x`, systemd's environment. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly because: Place;
}

const valueMax = 8_192;
const assignmentsMax = 20_000;

const assignment = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/;

/** The value up to its closing quote, or up to a blank or comment when bare. */
const unquote = (text: string, variables: ReadonlyMap<string, string>): string => {
  let out = '';
  let mark = '';
  // A line of variables that hold others would be far longer than it is.
  for (let i = 0; i < text.length && out.length < valueMax; i++) {
    const c = text.charAt(i);
    if (mark === '' && (c === '"' || c === "'")) mark = c;
    else if (c === mark) mark = '';
    else if (mark === '' && (c === ' ' || c === '\t' || c === '#' || c === ';')) break;
    else if (c === '\\' && mark !== "'") {
      i += 1;
      out += text.charAt(i);
    } else if (c === '$' && mark !== "'") {
      const name = /^\$(?:\{(\w+)\}|(\w+))/.exec(text.slice(i, i + 200));
      out += name === null ? c : (variables.get(name[1] ?? name[2] ?? '') ?? '');
      i += name === null ? 0 : name[0].length - 1;
    } else out += c;
  }
  return out;
};

/**
 * Reads assignments of a file that a shell sources; earlier variables are put in. Anything else
 * that such a file may do is passed over.
 */
export const readAssignments = (files: FileView, path: string): readonly Assignment[] => {
  if (files.stat(path)?.kind !== 'file') return [];
  const variables = new Map<string, string>();
  const out: Assignment[] = [];
  let held = '';
  let from = 0;
  let line = 0;
  for (const raw of (files.text(path) ?? '').split('\n')) {
    line += 1;
    if (held === '') from = line;
    if (raw.endsWith('\\') && held.length < 65_536) {
      held += `${raw.slice(0, -1)} `;
      continue;
    }
    const match = assignment.exec((held + raw).trim());
    held = '';
    if (match === null) continue;
    const name = match[1] ?? '';
    const value = unquote(match[2] ?? '', variables).slice(0, valueMax);
    variables.set(name, value);
    out.push({ name, value, because: { path, line: from } });
    if (out.length >= assignmentsMax) {
      files.note({
        what: path,
        why: `sets more than ${assignmentsMax} variables; the rest was not read`,
        how: 'Check what the file is: nobody sets so many.',
      });
      break;
    }
  }
  return out;
};

/** The last assignment of that name. */
export const assigned = (all: readonly Assignment[], name: string): Assignment | undefined =>
  all.findLast(each => each.name === name);

/** Takes a command line apart as a shell does, quotes and backslashes only. */
export const shellWords = (text: string): readonly string[] => {
  const out: string[] = [];
  let word = '';
  let open = false;
  let mark = '';
  for (let i = 0; i < text.length && out.length < 2_000; i++) {
    const c = text.charAt(i);
    if (mark === '' && /\s/.test(c)) {
      if (open) out.push(word);
      word = '';
      open = false;
      continue;
    }
    open = true;
    if (mark === '' && (c === '"' || c === "'")) mark = c;
    else if (c === mark) mark = '';
    else if (c === '\\' && mark !== "'") {
      i += 1;
      word += text.charAt(i);
    } else word += c;
  }
  if (open) out.push(word);
  return out;
};
