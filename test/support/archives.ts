import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, zstdCompressSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { documentsIn } from '../../src/intake/archive.ts';
import {
  DocumentError,
  type DocumentLimits,
  type DocumentsReport,
} from '../../src/intake/documents.ts';

/** Scratch; removed when the tests of the file that imports this end. */
export const folder: string = mkdtempSync(join(tmpdir(), 'postern-intake-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** Writes a file of its own folder; answers its path. */
export const file = (bytes: Uint8Array | string, name = 'feed'): string => {
  files += 1;
  mkdirSync(join(folder, `${files}`));
  const path = join(folder, `${files}`, name);
  writeFileSync(path, bytes);
  return path;
};

export const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
/** All documents by their names, as Latin-1; `! KIND` for one that turned out bad. */
export const read = async (
  path: string,
  limits: Partial<DocumentLimits> = {},
): Promise<{ readonly texts: Record<string, string>; readonly report: DocumentsReport }> => {
  const documents = documentsIn(path, { scratch: folder, ...limits });
  const texts: Record<string, string> = {};
  for await (const document of documents) {
    try {
      const pieces: Buffer[] = [];
      for await (const chunk of document.chunks()) pieces.push(Buffer.from(chunk));
      texts[document.name] = Buffer.concat(pieces).toString('latin1');
    } catch (thrown) {
      if (!(thrown instanceof DocumentError)) throw thrown;
      texts[document.name] = `! ${thrown.fault.kind}`;
    }
  }
  return { texts, report: documents.report };
};

interface Packed {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  readonly method?: 0 | 8 | 12 | 93;
  readonly flags?: number;
  readonly crc?: number;
  readonly stated?: number;
  readonly mode?: number;
  readonly localName?: string;
}

/** A zip file that may lie in every field that somebody could lie in. */
export const zip = (
  entries: readonly Packed[],
  {
    count = entries.length,
    offset = 0,
  }: { readonly count?: number; readonly offset?: number } = {},
): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const bytes = Buffer.from(entry.bytes);
    const method = entry.method ?? 8;
    const packed =
      method === 8 ? deflateRawSync(bytes) : method === 93 ? zstdCompressSync(bytes) : bytes;
    const name = Buffer.from(entry.name);
    const localName = Buffer.from(entry.localName ?? entry.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04_03_4b_50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(localName.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02_01_4b_50, 0);
    central.writeUInt16LE(3 << 8, 4);
    central.writeUInt16LE(entry.flags ?? 0, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(entry.crc ?? crc32(bytes), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(entry.stated ?? bytes.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(((entry.mode ?? 0o100_644) << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    parts.push(local, localName, packed);
    directory.push(central, name);
    at += 30 + localName.length + packed.length;
  }
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(count & 0xff_ff, 8);
  end.writeUInt16LE(count & 0xff_ff, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(at + offset, 16);
  return Buffer.concat([...parts, whole, end]);
};

const tarHeader = (name: string, size: number, type = '0'): Buffer => {
  const head = Buffer.alloc(512);
  head.write(name, 0, 'latin1');
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  head.write(type, 156, 'latin1');
  head.write('ustar\0', 257, 'latin1');
  head.write('        ', 148, 'latin1');
  const sum = head.reduce((a, b) => a + b, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return head;
};

export const tar = (
  entries: readonly (readonly [name: string, text: string, type?: string])[],
): Buffer =>
  Buffer.concat([
    ...entries.flatMap(([name, text, type]) => {
      const padding = Buffer.alloc((512 - (text.length % 512)) % 512);
      return [tarHeader(name, text.length, type), Buffer.from(text, 'latin1'), padding];
    }),
    Buffer.alloc(1024),
  ]);

export const kinds = (report: DocumentsReport): Record<string, number> => ({
  ...report.faultCounts,
});
