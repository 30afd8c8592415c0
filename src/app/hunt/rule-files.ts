import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { RuleProblem } from '../../detect/sigma/nodes.ts';
import { type RuleFile, ruleBytesMax } from '../../detect/sigma/read-rules.ts';

/** The rules that ship with Postern, and beside them what their names mean. */
export const ownRulesFolder: string = fileURLToPath(new URL('../../../rules/', import.meta.url));
export const sourceMapsFolder: string = join(ownRulesFolder, 'sources');

const filesMax = 50_000;
const depthMax = 20;
const bytesMax = 256 << 20;

export interface FoundRules {
  readonly files: readonly RuleFile[];
  readonly problems: readonly RuleProblem[];
}

const isRule = (name: string): boolean => /\.ya?ml$/i.test(name);

/** Reads what lies below, bounded; what is too much or cannot be read is named. */
class Finder {
  readonly files: RuleFile[] = [];
  readonly problems: RuleProblem[] = [];
  private bytes = 0;
  private isFull = false;

  folder(path: string, depth: number, without: string | undefined): void {
    if (depth > depthMax) {
      this.problem(path, `folders lie in each other more than ${depthMax} deep: not looked into`);
      return;
    }
    let entries: ReturnType<typeof entriesOf>;
    try {
      entries = entriesOf(path);
    } catch (thrown) {
      this.problem(path, messageOf(thrown));
      return;
    }
    for (const entry of entries) {
      const below = join(path, entry.name);
      if (below === without || entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) this.folder(below, depth + 1, without);
      else if (entry.isFile() && isRule(entry.name)) this.file(below);
    }
  }

  file(path: string): void {
    if (this.isFull) return;
    if (this.files.length >= filesMax || this.bytes > bytesMax) {
      this.isFull = true;
      this.problem(
        path,
        `this file and those behind it were not read: more than ${filesMax} files, or ${bytesMax} bytes, of rules`,
      );
      return;
    }
    try {
      const { size } = statSync(path);
      if (size > ruleBytesMax) {
        this.problem(path, `${size} bytes; at most ${ruleBytesMax} are read`);
        return;
      }
      const text = readFileSync(path);
      this.bytes += text.length;
      this.files.push({ path, text });
    } catch (thrown) {
      this.problem(path, messageOf(thrown));
    }
  }

  private problem(path: string, why: string): void {
    this.problems.push({ path, line: 1, why });
  }
}

/** By name, so that two runs read rules in one order. */
const entriesOf = (path: string) =>
  readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/**
 * Files of rules below some folders, or the files themselves.
 *
 * @param said how whoever named the paths spelt the option
 * @throws UsageError for a path that is not there
 */
export const findRules = (paths: readonly string[], said: string): FoundRules => {
  const finder = new Finder();
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new UsageError(`${said} ${path}: no such file or folder`);
    if (stats.isDirectory()) finder.folder(path, 0, sourceMapsFolder);
    else finder.file(path);
  }
  return finder;
};
