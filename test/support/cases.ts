import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A fixture: a small root and what must be read from it. */
export interface Case<Expected> {
  readonly name: string;
  readonly root: string;
  readonly expected: Expected;
}

/** Every `<folder>/<case>/{root,expected.json}`. */
export const casesIn = <Expected>(folder: string): readonly Case<Expected>[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(name => existsSync(join(folder, name, 'expected.json')))
        .sort()
        .map(name => ({
          name,
          root: join(folder, name, 'root'),
          expected: JSON.parse(
            readFileSync(join(folder, name, 'expected.json'), 'utf8'),
          ) as Expected,
        }))
    : [];

/** Regular files below a folder, as paths seen from it. */
export const filesBelow = (root: string, folder = ''): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(root, path);
    return entry.isFile() && statSync(join(root, path)).size < 1 << 20 ? [path] : [];
  });
