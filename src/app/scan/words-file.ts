import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { Words } from '../../exposure/words.ts';
import { readYaml } from '../yaml-file.ts';

const fileBytesMax = 4 << 20;

const word = z.string().min(1).max(100);
const sets = z
  .record(
    z.string().regex(/^[a-z0-9-]{1,50}(?:\/[a-z0-9-]{1,50}){0,2}$/, 'expected a name: telephone'),
    z.array(word).max(10_000),
  )
  .default({});

const WordsFile = z.union([
  z.array(z.strictObject({ language: word, labels: sets, against: sets })).max(100),
  z.strictObject({ language: word, labels: sets, against: sets }).transform(one => [one]),
]);

/** Words of a language, or of the house, that a file tells. @throws UsageError where it cannot be read */
export const wordsIn = (path: string): readonly Words[] => {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > fileBytesMax) throw new Error(`at most ${fileBytesMax} bytes are read`);
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UsageError(`postern.yaml, exposure.words: ${path}: ${messageOf(thrown)}`);
  }
  return readYaml(path, text, WordsFile, 'docs/scan.md').data;
};
