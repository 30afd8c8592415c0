import { crc32 } from 'node:zlib';
import { magic } from './layout.ts';

/**
 * Bytes of the writer's own that lie between the pages and the footer, where Parquet's own filters may lie: readers
 * that do not know them find pages by the footer and pass them by. Behind the bytes lie their length, a mark and a
 * checksum of all that and of the footer, which has none of its own: whoever has read the end of the file has them.
 */
const mark = 'PSTF';
const trailer = 4 + mark.length + 4;

export const beforeFooter = (content: Buffer, footer: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  const bytes = Buffer.concat([content, length, Buffer.from(mark)]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(footer, crc32(bytes)));
  return Buffer.concat([bytes, checksum]);
};

/**
 * What lies before the footer; undefined where nothing of ours does.
 *
 * @param end of the file. @returns a number where so many bytes of the end are needed.
 * @throws RangeError where they are damaged, or no Parquet file ends so
 */
export const contentBeforeFooter = (end: Buffer): Buffer | number | undefined => {
  const lengthAt = end.length - 4 - magic.length;
  if (lengthAt < 0 || end.toString('latin1', lengthAt + 4) !== magic) {
    throw new RangeError('it does not begin and end as a Parquet file does');
  }
  const footerAt = lengthAt - end.readUInt32LE(lengthAt);
  const at = footerAt - trailer;
  if (at < 0) return end.length - at;
  if (end.toString('latin1', at + 4, at + 4 + mark.length) !== mark) return undefined;
  const start = at - end.readUInt32LE(at);
  if (start < 0) return end.length - start;
  const checksum = crc32(
    end.subarray(footerAt, lengthAt),
    crc32(end.subarray(start, footerAt - 4)),
  );
  if (checksum !== end.readUInt32LE(footerAt - 4)) {
    throw new RangeError('its footer has another checksum');
  }
  return end.subarray(start, at);
};
