/** A file in a tar archive; whatever is not named here is the same for every file. */
export interface TarFile {
  /** ASCII, at most 255 characters, with a `/` where it is longer than 100. */
  readonly path: string;
  readonly bytes: number;
  /** Seconds since 1970; 0 unless given. */
  readonly modified?: number;
}

const nameMax = 100;
const prefixMax = 155;
const blockBytes = 512;

const octal = (value: number, digits: number): string =>
  `${value.toString(8).padStart(digits, '0')}\0`;

/** Where a path is cut in two: its end goes into the name, what is before it into the prefix. */
const splitPath = (path: string): readonly [prefix: string, name: string] => {
  if (path.length <= nameMax) return ['', path];
  const cut = path.indexOf('/', path.length - nameMax - 1);
  if (cut < 1 || cut > prefixMax) throw new RangeError(`a tar file has no room for ${path}`);
  return [path.slice(0, cut), path.slice(cut + 1)];
};

/** A header of POSIX.1-1988 ustar. The content follows, then `tarPadding`. */
export const tarHeader = ({ path, bytes, modified = 0 }: TarFile): Buffer => {
  // Eleven octal digits: 8 GiB.
  if (bytes >= 8 ** 11) throw new RangeError(`a tar file has no room for ${bytes} bytes`);
  const [prefix, name] = splitPath(path);
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, nameMax, 'ascii');
  header.write('0000644\0', 100, 'ascii');
  header.write('0000000\0', 108, 'ascii');
  header.write('0000000\0', 116, 'ascii');
  header.write(octal(bytes, 11), 124, 'ascii');
  header.write(octal(Math.max(0, modified), 11), 136, 'ascii');
  header.write('        ', 148, 'ascii');
  header.write('0', 156, 'ascii');
  header.write('ustar\0', 257, 'ascii');
  header.write('00', 263, 'ascii');
  header.write(prefix, 345, prefixMax, 'ascii');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
};

/** What fills the last block of a file's content. */
export const tarPadding = (bytes: number): Buffer =>
  Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);

/** What stands at the end of an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * blockBytes);
