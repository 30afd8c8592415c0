import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { createWriteStream, readFileSync, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { FeedEntry, Holding } from '../../core/advisory.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import { tarEnd, tarHeader, tarPadding } from '../../core/formats/tar-header.ts';
import { type Document, documentsIn } from '../../intake/archive.ts';
import { lines } from '../../intake/lines.ts';
import type { AdvisoryStore } from '../../store/advisory-store.ts';
import type { HoldingReader } from '../../store/holding-reader.ts';
import type { HoldingWriter } from '../../store/holding-writer.ts';
import { toolVersion } from '../version.ts';
import { type Manifest, parseEntry, parseManifest } from './entry-schema.ts';
import { sourceName } from './sources.ts';
import { olderThan } from './take-in.ts';
import type { SourceOutcome } from './update.ts';

const manifestName = 'manifest.json';
const signatureName = 'manifest.sig';
const manifestBytesMax = 8 << 20;
const lineBytesMax = 16 << 20;
const documentBytesMax = 8 * 2 ** 30;

const lineOf = (entry: FeedEntry): Buffer => Buffer.from(`${JSON.stringify(entry)}\n`);

const keyFrom = (path: string, kind: 'private' | 'public'): KeyObject => {
  let key: KeyObject;
  try {
    const pem = readFileSync(path);
    key = kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    throw new UsageError(
      `${path}: ${missing ? 'no such file' : `not a ${kind} key in PEM form`}; make one: openssl genpkey -algorithm ed25519 -out private.pem; openssl pkey -in private.pem -pubout -out public.pem`,
    );
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new UsageError(
      `${path}: a key of type ${key.asymmetricKeyType ?? 'unknown'}; Ed25519 is needed`,
    );
  }
  return key;
};

export interface BundleRequest {
  readonly store: AdvisoryStore;
  /** Private Ed25519 key, PEM. */
  readonly key: string;
  readonly out: string;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

/** Writes the whole database as one signed file, to be carried where no network is. */
export const writeBundle = async (request: BundleRequest): Promise<Manifest> => {
  const { store, key: keyPath, out, now, say } = request;
  const key = keyFrom(keyPath, 'private');
  const open = store.open();
  open.close();
  const [damaged] = open.damaged;
  if (damaged !== undefined) {
    throw new Error(
      `${damaged.name} is damaged, and a bundle without it would look whole: ${damaged.why}; fetch it anew: postern advisories update ${damaged.name}`,
    );
  }
  if (open.holdings.length === 0) {
    throw new Error(
      `there are no advisories in ${store.folder}; fetch them first: postern advisories update`,
    );
  }
  const held: Held[] = [];
  try {
    // Kept open: a copy that takes the place of one meanwhile does not change what is read here.
    for (const { feed, part } of open.holdings) {
      const reader = store.read(feed, part);
      held.push({ reader, holding: store.asLastSeen(reader.holding) });
    }
    return await written(held, key, out, now(), say);
  } finally {
    for (const { reader } of held) reader.close();
  }
};

interface Held {
  readonly reader: HoldingReader;
  readonly holding: Holding;
}

const written = async (
  held: readonly Held[],
  key: KeyObject,
  out: string,
  now: Date,
  say: BundleRequest['say'],
): Promise<Manifest> => {
  const rows: Manifest['holdings'][number][] = [];
  for (const [i, { reader, holding }] of held.entries()) {
    say(`${sourceName(holding.feed, holding.part)}: counting`);
    rows.push({ file: `${i + 1}.ndjson`, ...measured(reader), holding });
  }
  const manifest: Manifest = {
    schema: 'postern.advisories-bundle/1',
    made: now.toISOString(),
    tool: { name: 'postern', version: toolVersion },
    holdings: rows,
  };
  const text = Buffer.from(JSON.stringify(manifest));
  const signature = sign(null, text, key);
  const partial = `${out}.partial`;
  try {
    await pipeline(
      Readable.from(archive(held, manifest, text, signature, say)),
      createGzip({ level: 6 }),
      createWriteStream(partial, { mode: 0o644 }),
    );
    renameSync(partial, out);
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw thrown;
  }
  return manifest;
};

const measured = (reader: HoldingReader): { readonly bytes: number; readonly sha256: string } => {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const entry of reader.entries()) {
    const line = lineOf(entry);
    hash.update(line);
    bytes += line.length;
  }
  return { bytes, sha256: hash.digest('hex') };
};

function* archive(
  held: readonly Held[],
  manifest: Manifest,
  text: Buffer,
  signature: Buffer,
  say: (line: string) => void,
): Generator<Buffer> {
  for (const [name, bytes] of [
    [manifestName, text],
    [signatureName, signature],
  ] as const) {
    yield Buffer.concat([
      tarHeader({ path: name, bytes: bytes.length }),
      bytes,
      tarPadding(bytes.length),
    ]);
  }
  for (const [i, { file, bytes, holding }] of manifest.holdings.entries()) {
    say(`${sourceName(holding.feed, holding.part)}: writing`);
    yield tarHeader({ path: file, bytes });
    for (const entry of held[i]?.reader.entries() ?? []) yield lineOf(entry);
    yield tarPadding(bytes);
  }
  yield tarEnd;
}

/** Whether a file is a bundle, by its first document. */
export const isBundle = async (path: string): Promise<boolean> => {
  for await (const document of documentsIn(path, { documentBytesMax })) {
    if (document.base !== manifestName) return false;
    try {
      const text = Buffer.from(await document.bytes(manifestBytesMax)).toString('utf8', 0, 200);
      return text.startsWith('{"schema":"postern.advisories-bundle/');
    } catch {
      return false;
    }
  }
  return false;
};

export interface BundleImport {
  readonly store: AdvisoryStore;
  readonly path: string;
  /** Files with public keys that are believed. */
  readonly keys: readonly string[];
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

/**
 * Takes over a bundle that somebody believed signed, holding by holding, each in the place of what was
 * there. A signature that does not fit, a digest that does not, a line that is none: nothing changes.
 */
export const importBundle = async (request: BundleImport): Promise<readonly SourceOutcome[]> => {
  const { store, path, keys, say } = request;
  if (keys.length === 0) {
    throw new UsageError(
      `${path}: a bundle is believed only by a key: give the maker’s public key with --key, or advisories.bundleKeys in postern.yaml`,
    );
  }
  const trusted = keys.map(key => keyFrom(key, 'public'));
  const unlock = store.lock();
  const filled: Filled[] = [];
  try {
    store.tidy();
    const found = documentsIn(path, { documentBytesMax });
    const documents = found[Symbol.asyncIterator]();
    const next = async (name: string): Promise<Document> => {
      const { value, done } = await documents.next();
      if (done === true || value.base !== name) throw new Error(`${name} is missing in it`);
      return value;
    };
    const text = await (await next(manifestName)).bytes(manifestBytesMax);
    const signature = await (await next(signatureName)).bytes(1024);
    if (!trusted.some(key => verify(null, text, key, signature))) {
      throw new Error('its signature is of none of the keys that are believed');
    }
    const manifest = parseManifest(JSON.parse(Buffer.from(text).toString('utf8')));
    const names = manifest.holdings.map(({ holding }) => sourceName(holding.feed, holding.part));
    if (new Set(names).size < names.length) throw new Error('it holds a source twice');
    for (const { file, bytes, sha256, holding } of manifest.holdings) {
      const name = sourceName(holding.feed, holding.part);
      say(`${name}: reading`);
      const writer = store.write(holding.feed, holding.part);
      filled.push({ writer, holding });
      const seen = await fillFrom(await next(file), writer);
      if (seen.bytes !== bytes || seen.sha256 !== sha256) {
        throw new Error(`${name}: its content is not what was signed`);
      }
    }
    if ((await documents.next()).done !== true) throw new Error('it holds more than was signed');
    if (!found.report.whole) throw new Error(found.report.faults[0]?.why ?? 'it is not whole');
    return inForce(filled, request);
  } catch (thrown) {
    throw thrown instanceof UsageError
      ? thrown
      : new Error(`${path}: the bundle was not taken: ${messageOf(thrown)}`);
  } finally {
    for (const { writer } of filled) writer.abandon();
    unlock();
  }
};

interface Filled {
  readonly writer: HoldingWriter;
  readonly holding: Holding;
}

/** Writes all down first: what can go wrong does so before any of it is visible. */
const inForce = (
  filled: readonly Filled[],
  { store, now }: BundleImport,
): readonly SourceOutcome[] => {
  const taken = now().toISOString();
  const sealed = filled.map(({ writer, holding }) => {
    const { entries: _, scopes: __, failed: ___, asOfBasis, ...about } = holding;
    // Its age is counted from what its maker saw, however late it comes here.
    const basis = asOfBasis === 'server' ? 'source' : asOfBasis;
    const { feed, part } = holding;
    const mine = { ...about, asOfBasis: basis, taken };
    // A bundle of last year, signed as well as today's, must not bring last year back.
    const older = olderThan(mine, store.holdingOf(feed, part), store.pathOf(feed, part));
    const source = sourceName(feed, part);
    return older === undefined ? { source, writer, kept: writer.seal(mine) } : { source, older };
  });
  return sealed.map((each): SourceOutcome => {
    const { source, older } = each;
    if (older !== undefined) return { source, outcome: 'failed', why: older };
    const { writer, kept } = each;
    store.forget(kept.feed, kept.part);
    writer.publish();
    store.remember(kept.feed, kept.part, { on: taken, from: kept.from });
    return { source, outcome: 'fresh', holding: kept };
  });
};

const fillFrom = async (
  document: Document,
  writer: HoldingWriter,
): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of document.chunks()) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  const cut = lines(counted(), { lineBytesMax });
  for await (const { text } of cut) writer.add(parseEntry(JSON.parse(text)));
  if (cut.report.leftOut > 0) throw new Error('it holds lines that are none');
  return { bytes, sha256: hash.digest('hex') };
};
