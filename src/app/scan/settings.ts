import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { ExposurePolicy } from '../../core/exposure-policy.ts';
import type { Words } from '../../exposure/words.ts';
import { readYaml } from '../yaml-file.ts';
import type { ScanSettings } from './protocol.ts';

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

const wordsIn = (path: string): readonly Words[] => {
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

/** What the organisation says of its own numbers and words, as those who search mail need it. */
export const scanSettings = (policy: ExposurePolicy, folder: string | undefined): ScanSettings => {
  const { customerNumbers, customerNumberSeparators, regions, words } = policy;
  return {
    customerNumbers,
    regions,
    ...(customerNumberSeparators === undefined ? {} : { separators: customerNumberSeparators }),
    ...(words === undefined ? {} : { words: wordsIn(resolve(folder ?? '.', words)) }),
  };
};
