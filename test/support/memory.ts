import type { FileKind, FileView } from '../../src/core/files.ts';
import { pathMatches } from '../../src/core/glob.ts';
import { baseOf, dirOf, joinPath } from '../../src/core/paths.ts';
import type { Unseen } from '../../src/core/unseen.ts';
import type { Tree } from './tree.ts';

const linksMax = 20;

/** A small file system of its own, all of it root's: for tests that read thousands of them. */
export const memoryView = (tree: Tree): FileView => {
  const unseen = new Map<string, Unseen>();
  const folders = new Set<string>(['/']);
  for (const path of Object.keys(tree)) {
    for (let at = dirOf(path); at !== '/'; at = dirOf(at)) folders.add(at);
  }
  const resolve = (path: string, depth = 0): string | undefined => {
    if (depth > linksMax) return undefined;
    let at = '';
    const segments = joinPath(path).split('/').slice(1);
    for (const [i, segment] of segments.entries()) {
      at += `/${segment}`;
      const file = tree[at];
      if (typeof file === 'object' && 'link' in file) {
        const target = file.link.startsWith('/') ? file.link : joinPath(dirOf(at), file.link);
        return resolve(joinPath(target, ...segments.slice(i + 1)), depth + 1);
      }
    }
    return tree[at] !== undefined || folders.has(at) || at === '/' ? at : undefined;
  };
  const bytesOf = (path: string): Uint8Array | undefined => {
    const file = tree[resolve(path) ?? ''];
    if (file === undefined) return undefined;
    if (typeof file === 'string') return Buffer.from(file);
    if (file instanceof Uint8Array) return file;
    if ('link' in file) return undefined;
    return typeof file.content === 'string' ? Buffer.from(file.content) : file.content;
  };
  const kindAt = (path: string): FileKind => {
    const file = tree[path];
    if (file === undefined) return 'folder';
    return typeof file === 'object' && 'link' in file ? 'link' : 'file';
  };
  const all = [...Object.keys(tree), ...folders].sort();
  return {
    text: (path, limits) => {
      const bytes = bytesOf(path);
      if (bytes === undefined || bytes.length > (limits?.bytesMax ?? 4 << 20)) return undefined;
      return Buffer.from(bytes).toString('utf8');
    },
    slice: (path, offset, length) => {
      const bytes = bytesOf(path);
      if (bytes === undefined) return undefined;
      const from = offset < 0 ? Math.max(0, bytes.length + offset) : offset;
      return bytes.subarray(from, from + length);
    },
    *chunks(path) {
      const bytes = bytesOf(path);
      if (bytes !== undefined) yield bytes;
    },
    list: path => {
      const folder = resolve(path);
      if (folder === undefined || !folders.has(folder)) return [];
      const inside = all.filter(each => each !== '/' && dirOf(each) === folder);
      return [...new Set(inside)].map(each => ({
        name: each.slice(each.lastIndexOf('/') + 1),
        kind: kindAt(each),
      }));
    },
    stat: path => {
      const real = resolve(path);
      if (real === undefined) return undefined;
      const file = tree[real];
      const given = typeof file === 'object' && 'content' in file ? file : undefined;
      return {
        kind: kindAt(real),
        sizeBytes: bytesOf(real)?.length ?? 0,
        mtimeMs: Date.parse(given?.mtime ?? '2026-11-25T12:00:00Z'),
        mode: given?.mode ?? 0o644,
        uid: 0,
        gid: 0,
      };
    },
    real: path => resolve(path),
    link: path => {
      const folder = resolve(dirOf(path)) ?? '';
      const file = tree[joinPath(folder, baseOf(path))];
      return typeof file === 'object' && 'link' in file ? file.link : undefined;
    },
    glob: pattern => {
      if (pattern.startsWith('**/')) return [];
      const wanted = joinPath(pattern);
      if (resolve(wanted) !== undefined) return [wanted];
      return [...new Set(all)].filter(path => pathMatches(wanted, path));
    },
    note: item => {
      unseen.set(`${item.what}\0${item.why}`, item);
    },
    get unseen() {
      return [...unseen.values()];
    },
  };
};
