/** The known limit: unpacks every entry of a zip archive, parses it as JSON, and keeps nothing. */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

const [path = ''] = process.argv.slice(2);
const bytes = readFileSync(path);
let documents = 0;
for (let at = 0; bytes.readUInt32LE(at) === 0x04_03_4b_50; ) {
  const packed = bytes.readUInt32LE(at + 18);
  const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  JSON.parse(inflateRawSync(bytes.subarray(from, from + packed)).toString());
  documents += 1;
  at = from + packed;
}
process.stdout.write(`${documents} documents\n`);
