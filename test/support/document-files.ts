/** Files of other programs, as small as they can be. */

export interface CompoundStream {
  readonly name: string;
  readonly bytes: Buffer;
}

const sector = 512;
const free = 0xffffffff;
const endOfChain = 0xfffffffe;

const sectors = (bytes: Buffer): number => Math.ceil(bytes.length / sector);

const padded = (bytes: Buffer, length: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);

interface Entry {
  readonly name: string;
  readonly kind: number;
  readonly start: number;
  readonly size: number;
  readonly right: number;
  readonly child: number;
}

const entryBytes = ({ name, kind, start, size, right, child }: Entry): Buffer => {
  const bytes = Buffer.alloc(128);
  const length = bytes.write(name, 'utf16le');
  bytes.writeUInt16LE(length + 2, 64);
  bytes[66] = kind;
  bytes.writeUInt32LE(free, 68);
  bytes.writeUInt32LE(right, 72);
  bytes.writeUInt32LE(child, 76);
  bytes.writeUInt32LE(start, 116);
  bytes.writeUInt32LE(size, 120);
  return bytes;
};

/**
 * A compound file (MS-CFB) with these streams in its root, and in storages of it where a name is `storage/stream`.
 * Every stream is padded to 4,096 bytes where it is shorter: the small streams have a file of their own else.
 */
export const compoundFile = (streams: readonly CompoundStream[]): Buffer => {
  const fat: number[] = [];
  const contents: Buffer[] = [];
  const entries: Entry[] = [];
  const place = (bytes: Buffer): number => {
    const start = fat.length;
    const count = sectors(bytes);
    for (let at = 1; at <= count; at++) fat.push(at === count ? endOfChain : start + at);
    contents.push(padded(bytes, count * sector));
    return start;
  };
  const storages = [...new Set(streams.flatMap(({ name }) => name.split('/').slice(0, -1)))];
  const inStorage = (storage: string): readonly CompoundStream[] =>
    streams.filter(({ name }) => (name.includes('/') ? name.split('/')[0] : '') === storage);
  // Root, then its children one to the right of the other, then those of each storage.
  const root = inStorage('');
  let next = 1 + root.length + storages.length;
  const add = (members: readonly CompoundStream[], rightOfLast: number, from: number): void => {
    for (const [at, { name, bytes }] of members.entries()) {
      const isLast = at === members.length - 1;
      const content = padded(bytes, Math.max(4_096, bytes.length));
      entries.push({
        name: name.split('/').at(-1) ?? '',
        kind: 2,
        start: place(content),
        size: content.length,
        right: isLast ? rightOfLast : from + at + 1,
        child: free,
      });
    }
  };
  entries.push({ name: 'Root Entry', kind: 5, start: endOfChain, size: 0, right: free, child: 1 });
  add(root, storages.length > 0 ? 1 + root.length : free, 1);
  for (const [at, name] of storages.entries()) {
    const right = at === storages.length - 1 ? free : 2 + root.length + at;
    entries.push({ name, kind: 1, start: 0, size: 0, right, child: next });
    next += inStorage(name).length;
  }
  let from = 1 + root.length + storages.length;
  for (const name of storages) {
    add(inStorage(name), free, from);
    from += inStorage(name).length;
  }
  const directory = place(Buffer.concat(entries.map(entryBytes)));
  const fatSectors = Math.ceil((fat.length + 2) / 128);
  const fatStart = fat.length;
  for (let at = 0; at < fatSectors; at++) fat.push(0xfffffffd);
  const table = Buffer.alloc(fatSectors * sector, 0xff);
  for (const [at, value] of fat.entries()) table.writeUInt32LE(value, at * 4);
  const header = Buffer.alloc(sector, 0xff);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(fatSectors, 44);
  header.writeUInt32LE(directory, 48);
  header.writeUInt32LE(endOfChain, 60);
  header.writeUInt32LE(endOfChain, 68);
  for (let at = 0; at < fatSectors; at++) header.writeUInt32LE(fatStart + at, 76 + at * 4);
  return Buffer.concat([header, ...contents, table]);
};

/** A PDF of one page whose content is this, in a font of this dictionary. */
export const pdfFile = (content: Buffer, font: string, extra = ''): Buffer => {
  const stream = Buffer.concat([
    Buffer.from(`<</Length ${content.length}>>stream\n`),
    content,
    Buffer.from('\nendstream'),
  ]);
  const objects = [
    Buffer.from('<</Type/Catalog/Pages 2 0 R>>'),
    Buffer.from('<</Type/Pages/Kids[3 0 R]/Count 1>>'),
    Buffer.from(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>${extra}>>`,
    ),
    stream,
    Buffer.from(font),
  ];
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let at = 9;
  for (const [index, object] of objects.entries()) {
    const whole = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      object,
      Buffer.from('\nendobj\n'),
    ]);
    offsets.push(at);
    parts.push(whole);
    at += whole.length;
  }
  const rows = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 6\n0000000000 65535 f \n${rows}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${at}\n%%EOF`,
    ),
  );
  return Buffer.concat(parts);
};
