import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Answer } from './note.ts';
import type { StoreReader } from './reader.ts';

const blockBytes = 512;
const filesMax = 5_000_000;
/** No file of a store is larger: 64 MiB of lines that could not be packed, or the rows of them. */
const fileBytesMax = 512 << 20;

interface Lies {
  readonly at: number;
  readonly bytes: number;
}

const textAt = (head: Buffer, from: number, to: number): string => {
  const text = head.toString('latin1', from, to);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
};

const octalAt = (head: Buffer, from: number, to: number): number | undefined => {
  const text = textAt(head, from, to).trim();
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : undefined;
};

/** Path and size that a header states; `undefined` where it is none, or of something that is no file. */
const readHeader = (
  head: Buffer,
): { readonly path: string; readonly bytes: number; readonly isFolder: boolean } | undefined => {
  const stated = octalAt(head, 148, 156);
  let sum = 8 * 0x20;
  for (let i = 0; i < blockBytes; i += 1) if (i < 148 || i >= 156) sum += head[i] ?? 0;
  const bytes = octalAt(head, 124, 136);
  const type = head[156];
  const isFolder = type === 0x35;
  if (stated !== sum || bytes === undefined || bytes > fileBytesMax) return undefined;
  if (!isFolder && type !== 0x30 && type !== 0) return undefined;
  const prefix = head.toString('latin1', 257, 263) === 'ustar\0' ? textAt(head, 345, 500) : '';
  const name = textAt(head, 0, 100);
  return { path: prefix === '' ? name : `${prefix}/${name}`, bytes, isFolder };
};

/** The files of a tar archive that lies unpacked on the disk, read where they lie. */
export const tarReader = (
  path: string,
): Answer<{ readonly store: StoreReader; readonly close: () => void }> => {
  const fd = openSync(path, 'r');
  const fail = (why: string): Answer<never> => {
    closeSync(fd);
    return { ok: false, why };
  };
  const size = fstatSync(fd).size;
  const files = new Map<string, Lies>();
  const folders = new Map<string, Set<string>>();
  const head = Buffer.alloc(blockBytes);
  let at = 0;
  let isEnded = false;
  while (at + blockBytes <= size) {
    if (readSync(fd, head, 0, blockBytes, at) !== blockBytes) break;
    at += blockBytes;
    if (head.every(byte => byte === 0)) {
      isEnded = true;
      break;
    }
    const read = readHeader(head);
    if (read === undefined) {
      return fail(
        `at byte ${at - blockBytes} is no header of a file; unpack it and verify the folder`,
      );
    }
    const { bytes, isFolder } = read;
    if (at + bytes > size) return fail('it is cut off');
    // Whoever unpacked it may have packed it again, from within the folder that all of it lies in.
    const name = read.path.replace(/^\.\//, '').replace(/^evidence-bundle\//, '');
    if (!isFolder) {
      if (files.has(name)) return fail(`${name.slice(0, 200)} is in it twice`);
      if (files.size >= filesMax) return fail('it holds more files than anybody writes');
      files.set(name, { at, bytes });
      const slash = name.lastIndexOf('/');
      const folder = name.slice(0, Math.max(0, slash));
      const names = folders.get(folder) ?? new Set();
      names.add(name.slice(slash + 1));
      folders.set(folder, names);
    }
    at += Math.ceil(bytes / blockBytes) * blockBytes;
  }
  if (!isEnded) return fail('it is cut off');
  const store: StoreReader = {
    read: name => {
      const found = files.get(name);
      if (found === undefined) return undefined;
      const bytes = Buffer.alloc(found.bytes);
      return readSync(fd, bytes, 0, bytes.length, found.at) === bytes.length ? bytes : undefined;
    },
    list: folder => [...(folders.get(folder) ?? [])].toSorted(),
  };
  return { ok: true, store, close: () => closeSync(fd) };
};
