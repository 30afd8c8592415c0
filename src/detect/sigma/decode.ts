import { Mistake } from './mistake.ts';
import type { RuleProblem } from './nodes.ts';
import { Places } from './places.ts';

/** The text of a file of rules, UTF-8 or UTF-16 with its mark; or why it has none. */
export const decodeRules = (
  path: string,
  file: string | Uint8Array,
  bytesMax: number,
): string | RuleProblem => {
  if (file.length > bytesMax) {
    return { path, line: 1, why: `the file has more than ${bytesMax >> 20} MiB, and is not read` };
  }
  if (typeof file === 'string') return file;
  const [first, second] = file;
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = wide ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(file);
  } catch {
    const loose = new TextDecoder(encoding).decode(file);
    const at = Math.max(0, loose.indexOf('\uFFFD'));
    const { line, column } = new Places(loose).of(at);
    const name = wide ? 'UTF-16' : 'UTF-8';
    return { path, line, column, why: new Mistake(`the file is not ${name}`).message };
  }
};
