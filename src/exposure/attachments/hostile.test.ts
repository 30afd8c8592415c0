import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zip } from '../../../test/support/archives.ts';
import { compoundFile, pdfFile } from '../../../test/support/document-files.ts';
import '../../../test/support/seed.ts';
import { openAttachment } from './open-attachment.ts';
import type { AttachmentLimits, OpenedAttachment } from './opened.ts';

const limits: Partial<AttachmentLimits> = {
  bytesMax: 2_000_000,
  charactersMax: 1_000_000,
  filesMax: 200,
  depthMax: 4,
};

const open = (bytes: Buffer, name = 'a'): Promise<OpenedAttachment> =>
  openAttachment({ name, type: '', bytes: () => bytes }, limits);

const characters = ({ texts }: OpenedAttachment): number =>
  texts.reduce((sum, { text }) => sum + text.length, 0);

const file = (name: string, bytes: string | Buffer): { name: string; bytes: Buffer } => ({
  name,
  bytes: Buffer.from(bytes),
});

const types = file('[Content_Types].xml', '<Types/>');
const much = Buffer.alloc(8_000_000, 'a b ');

const nested = (levels: number): Buffer => {
  let bytes = zip([file('x.txt', 'deep')]);
  for (let level = 0; level < levels; level++) bytes = zip([{ name: 'x.zip', bytes }]);
  return bytes;
};

const word = (xml: string): Buffer => zip([types, file('word/document.xml', xml)]);

const bombs: readonly (readonly [string, () => Buffer])[] = [
  ['a text that unpacks to much', () => zip([{ name: 'a.txt', bytes: much }])],
  ['gzip that unpacks to much', () => gzipSync(much)],
  ['a document that unpacks to much', () => word(`<w:t>${much.toString()}`)],
  ['archives in archives', () => nested(30)],
  ['many files', () => zip(Array.from({ length: 5_000 }, (_, at) => file(`${at}.txt`, 'x')))],
  [
    'one string in a million cells',
    () =>
      zip([
        types,
        file('xl/sharedStrings.xml', `<sst><si><t>${'x'.repeat(100_000)}</t></si></sst>`),
        file('xl/worksheets/s.xml', '<c t="s"><v>0</v></c>'.repeat(50_000)),
      ]),
  ],
  [
    'cells far to the right',
    () =>
      zip([
        types,
        file('xl/worksheets/s.xml', '<row><c r="XFD1"><v>1</v></c></row>'.repeat(20_000)),
      ]),
  ],
  [
    'entities of entities',
    () =>
      word(`<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><w:t>&b;</w:t>`),
  ],
  [
    'spaces by the billion',
    () =>
      zip([
        file('mimetype', 'x'),
        file('content.xml', '<text:s text:c="999999999"/>'.repeat(20_000)),
      ]),
  ],
  ...[
    '<',
    '<a ',
    '<a b="',
    '<!--',
    '<![CDATA[',
    '<!DOCTYPE',
    '<!DOCTYPE [',
    '&',
    '<w:tc>',
    '</w:tr>',
  ].map(text => [`XML of ${text}`, () => word(text.repeat(100_000))] as const),
  ['RTF of groups', () => Buffer.from(`{\\rtf${'{'.repeat(1_000_000)}`)],
  ['RTF of controls', () => Buffer.from(`{\\rtf${"\\'".repeat(500_000)}`)],
  ['JSON of arrays', () => Buffer.from('['.repeat(1_000_000))],
  [
    'a compound file whose chain goes round',
    () => {
      const bytes = compoundFile([{ name: 'Workbook', bytes: Buffer.alloc(5_000) }]);
      // Every sector is followed by the first one.
      bytes.fill(0, bytes.length - 512);
      return bytes;
    },
  ],
  ['local headers of zip', () => Buffer.from('PK\x03\x04'.repeat(200_000), 'latin1')],
  ['folded cards', () => Buffer.from(`BEGIN:VCARD\n${'\n '.repeat(500_000)}`)],
];

describe('a hostile attachment', () => {
  test.each(bombs)('of %s costs no more than the limits', async (_, bytes) => {
    const opened = await open(bytes());
    expect(characters(opened)).toBeLessThanOrEqual(1_000_000);
  });

  test('is said to be too long where it is', async () => {
    for (const at of [0, 1, 2, 3, 4]) {
      const opened = await open(bombs[at]?.[1]() ?? Buffer.alloc(0));
      expect(
        opened.unseen.map(({ why }) => why),
        bombs[at]?.[0],
      ).toContain('attachment-size');
    }
  });

  test('ends when its time is over', async () => {
    const signal = AbortSignal.abort();
    const bytes = zip([file('a.txt', 'x')]);
    const opened = await openAttachment({ name: 'a', type: '', bytes: () => bytes }, { signal });
    expect(opened).toEqual({ texts: [], unseen: [{ name: 'a', why: 'attachment-size' }] });
  });
});

const samples: readonly Buffer[] = [
  word('<w:document><w:p><w:t>a &amp; b</w:t></w:p></w:document>'),
  zip([
    types,
    file('xl/sharedStrings.xml', '<sst><si><t>a</t></si></sst>'),
    file('xl/worksheets/s.xml', '<row><c r="B2" t="s" s="1"><v>0</v></c></row>'),
  ]),
  zip([
    file('mimetype', 'x'),
    file('content.xml', '<text:p>a</text:p>'),
    file('META-INF/manifest.xml', '<a/>'),
  ]),
  nested(2),
  gzipSync('name,tel\na,090'),
  compoundFile([
    {
      name: 'Workbook',
      bytes: Buffer.from(
        '090810000006050000000000000000000000000000fc000b00010000000100000001000061',
        'hex',
      ),
    },
  ]),
  compoundFile([
    { name: '__properties_version1.0', bytes: Buffer.alloc(8) },
    { name: '__substg1.0_1000001F', bytes: Buffer.from('body', 'utf16le') },
    { name: '__attach_version1.0_#00000000/__substg1.0_37010102', bytes: Buffer.from('x') },
  ]),
  compoundFile([
    { name: 'WordDocument', bytes: Buffer.alloc(5_000, 1) },
    { name: '1Table', bytes: Buffer.alloc(200, 2) },
  ]),
  compoundFile([{ name: 'PowerPoint Document', bytes: Buffer.alloc(500, 15) }]),
  pdfFile(Buffer.from('BT /F1 12 Tf (x) Tj ET'), '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'),
  Buffer.from("{\\rtf1{\\fonttbl{\\f0\\fcharset128 x;}}\\u12354?\\'93\\'fa}"),
  Buffer.from('BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=E7=\nEND:VCARD'),
];

describe('whatever the bytes', () => {
  test('nothing throws: beginnings and damage of every kind of file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }),
        async (sample, cut, damage) => {
          const bytes = Buffer.from(
            sample.subarray(0, damage.length === 0 ? cut % (sample.length + 1) : sample.length),
          );
          for (const [at, value] of damage) bytes[at % Math.max(1, bytes.length)] = value;
          expect(characters(await open(bytes))).toBeLessThanOrEqual(1_000_000);
        },
      ),
      { numRuns: 400 },
    );
  });
});
