import { createHash, type Hash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** What an answer said of the version that it sends. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What is known of a partial file; it lies beside it, and its digest is in both names. */
interface Origin {
  /** SHA-256 of the address, which may hold a password. */
  readonly address: string;
  readonly validators: Validators;
  /** The boot in which it was written: what a crash of the machine left may have holes. */
  readonly boot: string;
}

const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const keyOf = (origin: string): string => sha256(origin).slice(0, 16);

const partName = (name: string, key: string): string => `.${name}.${key}.part`;
const originName = (name: string, key: string): string => `.${name}.${key}.json`;

/**
 * What the server must still have so that it can be asked on from where we stopped (RFC 9110, 13.1.5): a
 * strong entity tag, or a date where there is no tag at all.
 */
export const rangeValidator = ({ etag, lastModified }: Validators): string | undefined => {
  if (etag !== undefined) return etag.startsWith('"') ? etag : undefined;
  return lastModified;
};

/** A file that is being filled. Nobody else sees it until it is whole. */
export class PartialFile {
  readonly path: string;
  readonly validators: Validators;
  bytes: number;
  private readonly descriptor: number;
  private readonly folder: string;
  private readonly name: string;
  private readonly key: string;
  private readonly hash: Hash;

  private constructor(folder: string, name: string, key: string, validators: Validators) {
    this.folder = folder;
    this.name = name;
    this.key = key;
    this.validators = validators;
    this.path = join(folder, partName(name, key));
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
    this.descriptor = openSync(this.path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    this.hash = createHash('sha256');
    this.bytes = 0;
  }

  /** A fresh one; what others had left goes. It can be taken up again where the server can be asked so. */
  static begin(folder: string, name: string, url: URL, validators: Validators): PartialFile {
    const origin: Origin = { address: sha256(url.href), validators, boot: bootId() };
    const text = JSON.stringify(origin);
    const canResume = rangeValidator(validators) !== undefined;
    const key = canResume ? keyOf(text) : randomBytes(8).toString('hex');
    clearPartials(folder, name, key);
    if (canResume) writeFileSync(join(folder, originName(name, key)), text, { mode: 0o600 });
    const partial = new PartialFile(folder, name, key, validators);
    ftruncateSync(partial.descriptor, 0);
    return partial;
  }

  /** The one that an earlier download of the same address left, if it can be asked on from. */
  static left(folder: string, name: string, url: URL): PartialFile | undefined {
    for (const entry of readdirSync(folder)) {
      const key = keyIn(entry, name, '.json');
      if (key === undefined || !existsSync(join(folder, partName(name, key)))) continue;
      const origin = readOrigin(join(folder, entry), key);
      if (origin?.address !== sha256(url.href) || origin.boot !== bootId()) continue;
      const partial = new PartialFile(folder, name, key, origin.validators);
      if (partial.takeUp()) return partial;
      partial.discard();
    }
    return undefined;
  }

  /** The bytes that are there become part of the digest; false when there are none. */
  private takeUp(): boolean {
    const stat = fstatSync(this.descriptor);
    if (!stat.isFile() || stat.size === 0) return false;
    const buffer = Buffer.alloc(1 << 18);
    while (this.bytes < stat.size) {
      const read = readSync(this.descriptor, buffer, 0, buffer.length, this.bytes);
      if (read === 0) break;
      this.hash.update(buffer.subarray(0, read));
      this.bytes += read;
    }
    return true;
  }

  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      at += writeSync(this.descriptor, chunk, at, chunk.length - at, this.bytes + at);
    }
    this.hash.update(chunk);
    this.bytes += chunk.length;
  }

  /** The digest of all bytes so far. */
  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Gives the file its name, once it lies on the disk for good. */
  finish(): string {
    const path = join(this.folder, this.name);
    ftruncateSync(this.descriptor, this.bytes);
    fsyncSync(this.descriptor);
    closeSync(this.descriptor);
    renameSync(this.path, path);
    clearPartials(this.folder, this.name);
    const folder = openSync(this.folder, constants.O_RDONLY);
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
    return path;
  }

  /** Leaves it for later, where that helps. */
  leave(): void {
    if (rangeValidator(this.validators) === undefined || this.bytes === 0) this.discard();
    else closeSync(this.descriptor);
  }

  discard(): void {
    closeSync(this.descriptor);
    rmSync(this.path, { force: true });
    rmSync(join(this.folder, originName(this.name, this.key)), { force: true });
  }
}

const keyIn = (entry: string, name: string, ending: string): string | undefined => {
  if (!entry.startsWith(`.${name}.`) || !entry.endsWith(ending)) return undefined;
  const key = entry.slice(name.length + 2, -ending.length);
  return /^[0-9a-f]{16}$/.test(key) ? key : undefined;
};

const text = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

const readOrigin = (path: string, key: string): Origin | undefined => {
  try {
    const content = readFileSync(path, 'utf8');
    // Half written, or by another hand.
    if (keyOf(content) !== key) return undefined;
    const { address, validators, boot } = JSON.parse(content) as Partial<Origin>;
    if (typeof address !== 'string' || typeof boot !== 'string' || !validators) return undefined;
    if (!text(validators.etag) || !text(validators.lastModified)) return undefined;
    return { address, validators, boot };
  } catch {
    return undefined;
  }
};

/** Removes partial files of this name, all but the one with this key. */
export const clearPartials = (folder: string, name: string, keep?: string): void => {
  for (const entry of readdirSync(folder)) {
    const key = keyIn(entry, name, '.part') ?? keyIn(entry, name, '.json');
    if (key !== undefined && key !== keep) rmSync(join(folder, entry), { force: true });
  }
};
