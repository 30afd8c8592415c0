import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { UsageError } from '../../core/errors.ts';
import { tarEnd, tarHeader, tarPadding } from '../../core/formats/tar-header.ts';
import { packingOf } from '../../core/formats/unpack.ts';
import { type BundleRange, type PlannedBundle, planBundle } from '../../evidence/bundle.ts';
import { isDay } from '../../evidence/days.ts';
import { bundleManifest, readManifest } from '../../evidence/verify/bundle.ts';
import { folderReader, type StoreReader } from '../../evidence/verify/reader.ts';
import { tarReader } from '../../evidence/verify/tar-reader.ts';

/** Everything lies in one folder: whoever unpacks it has one. */
const folder = 'evidence-bundle';

/** A file that goes along: the log commits to it, by its hash. */
interface BundledFile {
  readonly path: string;
  readonly bytes: Buffer;
}

function* archive(
  { files, modified }: PlannedBundle,
  along: readonly BundledFile[],
): Generator<Buffer> {
  for (const part of [files(), along]) {
    for (const { path, bytes } of part) {
      yield tarHeader({ path: `${folder}/${path}`, bytes: bytes.length, modified });
      yield bytes;
      yield tarPadding(bytes.length);
    }
  }
  yield tarEnd;
}

/** Days and source as they are given. */
export const rangeOf = (
  source: string | undefined,
  fromDay: string | undefined,
  toDay: string | undefined,
  hold: string | undefined,
): BundleRange => {
  for (const day of [fromDay, toDay]) {
    if (day !== undefined && !isDay(day)) {
      throw new UsageError(`evidence: "${day.slice(0, 20)}" is no day; expected 2026-06-29`);
    }
  }
  if (fromDay !== undefined && toDay !== undefined && fromDay > toDay) {
    throw new UsageError(`evidence: ${fromDay} comes after ${toDay}`);
  }
  return {
    ...(source === undefined ? {} : { sources: [source] }),
    ...(fromDay === undefined ? {} : { fromDay }),
    ...(toDay === undefined ? {} : { toDay }),
    ...(hold === undefined ? {} : { case: hold }),
  };
};

export interface BundleRequest {
  readonly store: string;
  readonly range: BundleRange;
  readonly along?: readonly BundledFile[];
  /** `.tgz` and `.tar.gz` are packed with gzip. */
  readonly isPacked: boolean;
  /** Takes the archive, piece by piece. */
  readonly write: (bytes: Uint8Array) => void;
}

/** Writes what a third party needs to believe a range of lines. */
export const writeBundle = async ({
  store,
  range,
  along = [],
  isPacked,
  write,
}: BundleRequest): Promise<PlannedBundle> => {
  const planned = planBundle(folderReader(store), range);
  if (!planned.ok) throw new UsageError(`evidence bundle: ${store}: ${planned.why}`);
  const { bundle } = planned;
  if (!isPacked) {
    for (const bytes of archive(bundle, along)) write(bytes);
    return bundle;
  }
  const packer = createGzip({ level: 6 });
  await pipeline(Readable.from(archive(bundle, along)), packer, async chunks => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) write(chunk);
  });
  return bundle;
};

/** A bundle to be verified, wherever it lies. */
export interface OpenBundle {
  readonly store: StoreReader;
  readonly close: () => void;
}

const unpackedBytesMax = 256 * 2 ** 30;

const headOf = (path: string): Buffer => {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(512);
    return head.subarray(0, readSync(fd, head, 0, head.length, 0));
  } finally {
    closeSync(fd);
  }
};

/** Whether a file is an archive rather than the proof of a line. */
export const isArchive = (path: string): boolean => {
  const head = headOf(path);
  return packingOf(head) === 'gzip' || head.toString('latin1', 257, 262) === 'ustar';
};

const opened = (path: string, shown: string, then: () => void): OpenBundle => {
  const read = tarReader(path);
  if (!read.ok) {
    then();
    throw new UsageError(`evidence verify: ${shown}: ${read.why}`);
  }
  const { store, close } = read;
  return {
    store,
    close: () => {
      close();
      then();
    },
  };
};

/** Opens an archive; one that is packed is unpacked to a file of its own first. */
export const openBundle = async (path: string): Promise<OpenBundle> => {
  if (packingOf(headOf(path)) !== 'gzip') return opened(path, path, () => undefined);
  const scratch = mkdtempSync(join(tmpdir(), 'postern-bundle-'));
  const remove = (): void => rmSync(scratch, { recursive: true, force: true });
  const unpacked = join(scratch, 'bundle.tar');
  let bytes = 0;
  const bounded = new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      if (bytes <= unpackedBytesMax) done(null, chunk);
      else done(new Error(`it unpacks to more than ${unpackedBytesMax} bytes`));
    },
  });
  try {
    await pipeline(
      createReadStream(path),
      createGunzip(),
      bounded,
      createWriteStream(unpacked, { mode: 0o600 }),
    );
  } catch (thrown) {
    remove();
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new UsageError(`evidence verify: ${path}: it cannot be unpacked: ${why}`);
  }
  return opened(unpacked, path, remove);
};

/** The folder in which a bundle lies unpacked; `undefined` where this is a store. */
export const bundleFolder = (path: string): string | undefined =>
  [path, join(path, folder)].find(each => existsSync(join(each, bundleManifest)));

/** What is in it, by its own word. */
export const manifestOf = (
  store: StoreReader,
  path: string,
): ReturnType<typeof readManifest> & {} => {
  const manifest = readManifest(store.read(bundleManifest));
  if (manifest === undefined) {
    throw new UsageError(`evidence verify: ${path}: its ${bundleManifest} is missing or damaged`);
  }
  return manifest;
};
