import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Step } from './remedy.ts';

/** A file in edit: each original line with what is put around it, so that numbers stay true. */
interface Edited {
  readonly exists: boolean;
  readonly original: readonly string[];
  readonly before: Map<number, string[]>;
  readonly after: Map<number, string[]>;
  readonly dropped: Set<number>;
  readonly top: string[];
  readonly end: string[];
}

/** Links of the host lead within the host: sites-enabled/x is sites-available/x of that root. */
const withinRoot = (root: string, path: string, hops = 0): string => {
  const segments = path.split('/').filter(part => part !== '');
  for (let i = 1; i <= segments.length; i++) {
    const part = `/${segments.slice(0, i).join('/')}`;
    const stat = lstatSync(join(root, part), { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() !== true) continue;
    if (hops > 20) throw new Error(`a loop of links: ${path}`);
    const to = resolve(dirname(part), readlinkSync(join(root, part)));
    return withinRoot(root, [to, ...segments.slice(i)].join('/'), hops + 1);
  }
  return join(root, path);
};

const open = (path: string): Edited => {
  const exists = existsSync(path);
  const original = exists ? readFileSync(path, 'utf8').replace(/\n$/, '').split('\n') : [];
  return {
    exists,
    original,
    before: new Map(),
    after: new Map(),
    dropped: new Set(),
    top: [],
    end: [],
  };
};

const add = (map: Map<number, string[]>, line: number, lines: readonly string[]): void => {
  const known = map.get(line) ?? [];
  known.push(...lines);
  map.set(line, known);
};

/** Opening and closing line of the stanza whose header names that log, or a glob that takes it in. */
const stanzaIn = (original: readonly string[], of: string): { from: number; to: number } => {
  const isHeader = (line: string): boolean =>
    line
      .replace('{', ' ')
      .split(/\s+/)
      .filter(word => /^["']?\//.test(word))
      .map(word => word.replace(/^["']|["']$/g, ''))
      .some(word =>
        new RegExp(
          `^${word
            .split('*')
            .map(part => part.replace(/[.+?^$()[\]\\{}|]/g, '\\$&'))
            .join('[^/]*')}$`,
        ).test(of),
      );
  const header = original.findIndex(isHeader);
  const to = original.findIndex((line, i) => i >= header && /^\s*\}/.test(line));
  const from = original.findIndex((line, i) => i >= header && line.includes('{'));
  if (header < 0 || to < 0 || from < 0) throw new Error(`no stanza of ${of}`);
  return { from, to };
};

const place = (file: Edited, path: string, { where, lines }: Step): void => {
  const within = (line: number): number => {
    if (line < 1 || line > file.original.length) throw new Error(`${path} has no line ${line}`);
    return line;
  };
  switch (where.at) {
    case 'top':
      file.top.push(...lines);
      return;
    case 'end': {
      const close = file.original.findLastIndex(line => line.trim() === '?>');
      if (path.endsWith('.php') && close >= 0) add(file.before, close + 1, lines);
      else file.end.push(...lines);
      return;
    }
    case 'instead':
      file.dropped.add(within(where.line));
      add(file.after, where.line, lines);
      return;
    case 'after':
      add(file.after, within(where.line), lines);
      return;
    case 'before':
      add(file.before, within(where.line), lines);
      return;
    case 'stanza': {
      const { from, to } = stanzaIn(file.original, where.of);
      for (let i = from; i < to; i++) {
        const word = /^\s*([a-z]+)/.exec(file.original[i] ?? '')?.[1] ?? '';
        if (where.instead.includes(word)) file.dropped.add(i + 1);
      }
      add(file.before, to + 1, lines);
      return;
    }
    case 'yaml':
      throw new Error('postern.yaml is not a file of the host');
  }
};

const written = ({ original, before, after, dropped, top, end }: Edited): string =>
  [
    ...top,
    ...original.flatMap((line, i) => [
      ...(before.get(i + 1) ?? []),
      ...(dropped.has(i + 1) ? [] : [line]),
      ...(after.get(i + 1) ?? []),
    ]),
    ...end,
  ].join('\n') + '\n';

/** Puts another file in its place, of the same owner and mode: the copy of a host shares some with the host. */
const replace = (path: string, text: string): void => {
  const was = statSync(path, { throwIfNoEntry: false });
  if (was === undefined) return writeFileSync(path, text);
  const next = `${path}.pasted`;
  writeFileSync(next, text);
  chownSync(next, was.uid, was.gid);
  chmodSync(next, was.mode);
  renameSync(next, path);
};

/**
 * Pastes every step where its heading says, each distinct one once; line numbers are those of the
 * file before the first change. Answers the files that were changed, as seen from the root.
 */
export const applySteps = (root: string, steps: readonly Step[]): readonly string[] => {
  const at = (path: string): string => withinRoot(root, path);
  const files = new Map<string, Edited>();
  const done = new Set<string>();
  for (const step of steps) {
    const key = JSON.stringify(step);
    if (done.has(key)) continue;
    done.add(key);
    const file = files.get(step.file) ?? open(at(step.file));
    files.set(step.file, file);
    place(file, step.file, step);
  }
  for (const [path, file] of files) {
    mkdirSync(dirname(at(path)), { recursive: true });
    replace(at(path), written(file));
  }
  return [...files.keys()];
};
