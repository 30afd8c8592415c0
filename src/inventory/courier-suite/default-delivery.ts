import type { FileView } from '../../core/files.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { shellWords } from '../syntax/shell-defaults.ts';
import { configPath } from './layout.ts';

/** Helpers of Courier's own that run or follow something else (dot-courier(5)). */
const helpers: ReadonlySet<string> = new Set([
  'preline',
  'preline.courier',
  'dotforward',
  'dot-forward',
]);

export interface Delivery {
  readonly program: string;
  readonly because: Place;
}

/** The program of `| command …`, behind Courier's own `preline`. */
export const deliveredTo = (instruction: string): string | undefined => {
  const words = shellWords(instruction.replace(/^\|+\s*/, '').slice(0, 2_000));
  return words.find(
    word => baseOf(word) !== '' && !helpers.has(baseOf(word)) && !word.startsWith('-'),
  );
};

/**
 * The programs of `DEFAULTDELIVERY`, which every message to a local mailbox is handed to. The value
 * is one delivery instruction a line within its quotes (courier(8)).
 */
export const defaultDeliveries = (files: FileView): readonly Delivery[] => {
  const path = configPath(files, 'courierd');
  const lines = path === undefined ? [] : (files.text(path) ?? '').split('\n');
  const at = lines.findLastIndex(line => /^\s*(?:export\s+)?DEFAULTDELIVERY=/.test(line));
  if (path === undefined || at < 0) return [];
  const first = (lines[at] ?? '').replace(/^[^=]*=/, '').trim();
  const mark = first.startsWith('"') ? '"' : first.startsWith("'") ? "'" : '';
  const out: Delivery[] = [];
  for (let i = at; i < Math.min(lines.length, at + 20); i++) {
    const text = i === at ? (mark === '' ? first : first.slice(1)) : (lines[i] ?? '');
    const end = mark === '' ? -1 : text.indexOf(mark);
    const instruction = (end < 0 ? text : text.slice(0, end)).trim();
    const program = instruction.startsWith('|') ? deliveredTo(instruction) : undefined;
    if (program !== undefined) out.push({ program, because: { path, line: i + 1 } });
    if (mark === '' || end >= 0) break;
  }
  return out;
};
