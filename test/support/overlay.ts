import type { FileView } from '../../src/core/files.ts';

/** The same file system with one file's bytes replaced, as if it had been damaged on disk. */
export const overlay = (files: FileView, path: string, bytes: Uint8Array): FileView => {
  const text = Buffer.from(bytes).toString('utf8').replaceAll('\0', '\ufffd');
  return {
    ...files,
    text: (asked, limits) => (asked === path ? text : files.text(asked, limits)),
    slice: (asked, offset, length) => {
      if (asked !== path) return files.slice(asked, offset, length);
      const from = offset < 0 ? Math.max(0, bytes.length + offset) : offset;
      return bytes.subarray(from, from + length);
    },
    *chunks(asked, bytesMax) {
      if (asked === path) yield bytes;
      else yield* files.chunks(asked, bytesMax);
    },
    get unseen() {
      return files.unseen;
    },
  };
};
