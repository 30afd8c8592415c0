const atoms = { characters: 0x0fa0, bytes: 0x0fa8, string: 0x0fba } as const;
const recordsMax = 5_000_000;

/** Text of PowerPoint 97 to 2003 (MS-PPT 2.9.44): its atoms of text, a paragraph a line. Containers are gone into. */
export const powerPointText = (stream: Buffer): string => {
  const out: string[] = [];
  let at = 0;
  for (let count = 0; count < recordsMax && at + 8 <= stream.length; count++) {
    const isContainer = (stream.readUInt16LE(at) & 15) === 15;
    const type = stream.readUInt16LE(at + 2);
    const length = stream.readUInt32LE(at + 4);
    const from = at + 8;
    at = isContainer ? from : from + length;
    if (type === atoms.characters || type === atoms.string) {
      out.push(stream.toString('utf16le', from, from + length));
    } else if (type === atoms.bytes) out.push(stream.toString('latin1', from, from + length));
  }
  return out.join('\n').replaceAll(/[\r\x0b]/g, '\n');
};
