import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { HuntAlerts } from '../../../store/hunt-alerts.ts';
import type { HuntState } from '../../../store/hunt-state.ts';
import { lock } from '../../../store/lock.ts';

/** Read of a file's end: more than any finding is long. */
const tailBytes = 1 << 20;
const atOnce = 1_000;
const newLine = 0x0a;

/** Findings of one month: `STORE/findings/2026-06.ndjson`. */
export const findingsPath = (store: string, day: string): string =>
  join(store, 'findings', `${day.slice(0, 7)}.ndjson`);

const lastNumber = (line: string): number => {
  try {
    const value = JSON.parse(line) as {
      readonly metadata?: { readonly sequence?: unknown };
    };
    const sequence = value.metadata?.sequence;
    return typeof sequence === 'number' ? sequence : 0;
  } catch {
    return 0;
  }
};

/** Takes half a line away that a kill left behind. @returns number of the last finding in the file */
const mendEnd = (fd: number): number => {
  const { size } = fstatSync(fd);
  if (size === 0) return 0;
  const bytes = Buffer.alloc(Math.min(size, tailBytes));
  readSync(fd, bytes, 0, bytes.length, size - bytes.length);
  const end = bytes.lastIndexOf(newLine) + 1;
  if (end < bytes.length) ftruncateSync(fd, size - bytes.length + end);
  if (end === 0) return 0;
  const start = end < 2 ? 0 : bytes.lastIndexOf(newLine, end - 2) + 1;
  return lastNumber(bytes.toString('utf8', start, end));
};

const withSequence = (content: string, n: number): string => {
  const finding = JSON.parse(content) as Record<string, unknown>;
  const metadata = finding['metadata'] as object;
  return JSON.stringify({ ...finding, metadata: { ...metadata, sequence: n } });
};

/** Whoever writes findings and delivers letters; one at a time. Undefined: somebody else is at it. */
export const lockLetters = (store: string): (() => void) | undefined => {
  try {
    return lock(store, 'hunt-letters');
  } catch {
    return undefined;
  }
};

/**
 * Appends findings that wait to the store's files, each once, whoever is killed meanwhile: the number of the last one
 * in a file tells how far an earlier run came.
 */
export const writeFindings = (store: string, state: HuntState): void => {
  const alerts = new HuntAlerts(state);
  for (;;) {
    const waiting = alerts.findings(atOnce);
    const [first] = waiting;
    if (first === undefined) return;
    const path = findingsPath(store, first.day);
    // A clock that was set back has days out of order: what follows another month's waits for the next turn.
    const end = waiting.findIndex(({ day }) => findingsPath(store, day) !== path);
    const now = end === -1 ? waiting : waiting.slice(0, end);
    mkdirSync(join(store, 'findings'), { recursive: true, mode: 0o750 });
    const fd = openSync(path, 'a+', 0o640);
    try {
      const written = mendEnd(fd);
      const text = now
        .filter(({ n }) => n > written)
        .map(({ n, content }) => `${withSequence(content, n)}\n`)
        .join('');
      if (text !== '') {
        writeSync(fd, text);
        fsyncSync(fd);
      }
    } finally {
      closeSync(fd);
    }
    alerts.wroteFindings(now.at(-1)?.n ?? first.n);
  }
};
