import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type HostView, openRoot } from '../../src/host/view.ts';
import type { Tree } from './tree.ts';

const made: string[] = [];

/** Removes what `hostTree` made: for `afterAll`. */
export const removeTrees = (): void => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
};

/** Writes a small root and answers where it is. */
export const writeTree = (tree: Tree): string => {
  const root = mkdtempSync(join(tmpdir(), 'postern-tree-'));
  made.push(root);
  for (const [path, entry] of Object.entries(tree)) {
    const at = join(root, path);
    mkdirSync(dirname(at), { recursive: true });
    if (typeof entry === 'object' && 'link' in entry) symlinkSync(entry.link, at);
    else if (typeof entry === 'object' && 'content' in entry) {
      writeFileSync(at, entry.content);
      if (entry.mode !== undefined) chmodSync(at, entry.mode);
      if (entry.mtime !== undefined) utimesSync(at, new Date(entry.mtime), new Date(entry.mtime));
    } else writeFileSync(at, entry);
  }
  return root;
};

/** A small root, opened as Postern opens a host. */
export const hostTree = (tree: Tree, markers: readonly string[] = []): HostView =>
  openRoot(writeTree(tree), markers);
