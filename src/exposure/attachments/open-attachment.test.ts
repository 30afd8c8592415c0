import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tar, zip } from '../../../test/support/archives.ts';
import { compoundFile, pdfFile } from '../../../test/support/document-files.ts';
import { canOpen, openAttachment } from './open-attachment.ts';
import type { AttachmentLimits, OpenedAttachment } from './opened.ts';

const open = (
  name: string,
  bytes: Buffer | string,
  limits?: Partial<AttachmentLimits>,
  type = 'application/octet-stream',
): Promise<OpenedAttachment> =>
  openAttachment({ name, type, bytes: () => Buffer.from(bytes) }, limits);

const textOf = async (name: string, bytes: Buffer | string): Promise<string> =>
  (await open(name, bytes)).texts.map(({ text }) => text.trim()).join('\n');

const whys = ({ unseen }: OpenedAttachment): readonly string[] => unseen.map(({ why }) => why);

const file = (name: string, bytes: string | Buffer): { name: string; bytes: Buffer } => ({
  name,
  bytes: Buffer.from(bytes),
});

describe('text files', () => {
  test.each([
    ['a.txt', 'plain 090', 'plain 090'],
    ['a.csv', '名前,電話\r\n田中,090', '名前,電話\n田中,090'],
    ['a.html', '<p>a<br>b</p>', 'a\nb'],
    ['unknown', '<!DOCTYPE html><p>a', 'a'],
    ['a.json', '{"people":[{"name":"田中","tel":"090"},{"name":null}]}', 'name: 田中\ntel: 090'],
    ['a.json', '{"cut": "off', '{"cut": "off'],
    ['a.xml', '<?xml version="1.0"?><p xmlns="urn:x" tel="090"><n>田中</n></p>', 'p 090\nn: 田中'],
    [
      'a.vcf',
      'BEGIN:VCARD\r\nFN:Ta\r\n ro\r\nTEL:090\r\nEND:VCARD',
      'BEGIN:VCARD\nFN:Taro\nTEL:090\nEND:VCARD',
    ],
    [
      'a.vcf',
      'BEGIN:VCARD\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=94=B0=\n=E4=B8=AD\nEND:VCARD',
      'BEGIN:VCARD\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:田中\nEND:VCARD',
    ],
    [
      'a.ics',
      'BEGIN:VCALENDAR\nATTENDEE:mailto:a@exa\n mple.jp\nEND:VCALENDAR',
      'BEGIN:VCALENDAR\nATTENDEE:mailto:a@example.jp\nEND:VCALENDAR',
    ],
    ['a.rtf', "{\\rtf1{\\fonttbl\\f0 x;}\\u30000?\\'e9\\par b\\cell c}", '田é\nb\tc'],
    ['a.eml', 'From: a@example.jp\nSubject: s\n\nx', 'from: a@example.jp\ns\nx'],
  ])('%s with %j', async (name, content, text) => {
    expect(await textOf(name, content)).toBe(text);
  });

  test('in an old charset', async () => {
    expect(
      await textOf('a.txt', Buffer.from('\x93d\x98b\x82\xcd\x82\xb1\x82\xbf\x82\xe7', 'latin1')),
    ).toBe('電話はこちら');
  });
});

describe('Office Open XML', () => {
  const types = file('[Content_Types].xml', '<Types/>');
  const document = (body: string): Buffer =>
    zip([types, file('word/document.xml', `<w:document><w:body>${body}</w:body></w:document>`)]);

  test('of Word: paragraphs are lines, rows are lines with tabs, runs are one word', async () => {
    const cell = (text: string): string => `<w:tc><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:tc>`;
    const body = `<w:p><w:r><w:t>09</w:t></w:r><w:r><w:t>0 &amp; 1</w:t></w:r><w:del><w:delText>old</w:delText></w:del></w:p><w:tbl><w:tr>${cell('a')}${cell('b')}</w:tr><w:tr>${cell('c')}</w:tr></w:tbl><w:p><w:r><w:t>x</w:t><w:tab/><w:t>y</w:t></w:r></w:p>`;
    expect(await textOf('a.docx', document(body))).toBe('090 & 1old\na\tb\nc\nx\ty');
  });

  test('is known by what is in it, whatever it is called', async () => {
    expect(await textOf('photo.jpg', document('<w:p><w:t>x</w:t></w:p>'))).toBe('x');
  });

  test('of Excel: shared strings, dates, long numbers, empty cells', async () => {
    const sheet =
      '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>29284</v></c></row><row r="2"><c r="A2"><v>1.23456789018E11</v></c><c r="B2" t="inlineStr"><is><t>in</t></is></c><c r="C2" t="str"><f>A1</f><v>out</v></c></row>';
    const book = zip([
      types,
      file('xl/workbook.xml', '<workbook/>'),
      file(
        'xl/sharedStrings.xml',
        '<sst><si><r><t>田</t></r><r><t>中</t></r><rPh><t>タナカ</t></rPh></si></sst>',
      ),
      file(
        'xl/styles.xml',
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>',
      ),
      file('xl/worksheets/sheet1.xml', `<worksheet><sheetData>${sheet}</sheetData></worksheet>`),
    ]);
    const { texts } = await open('a.xlsx', book);
    expect(texts).toMatchObject([
      { kind: 'csv', text: '田中 タナカ\t\t1980-03-04\n123456789018\tin\tout' },
    ]);
  });

  test('of PowerPoint, and whom its links write to', async () => {
    const slides = zip([
      types,
      file('ppt/slides/slide1.xml', '<p:sld><a:p><a:r><a:t>title</a:t></a:r></a:p></p:sld>'),
      file(
        'ppt/slides/_rels/slide1.xml.rels',
        '<Relationships><Relationship Target="mailto:a@example.jp"/></Relationships>',
      ),
    ]);
    expect(await textOf('a.pptx', slides)).toBe('title\na@example.jp');
  });

  test('that is encrypted lies in a compound file, and is said to be', async () => {
    const bytes = compoundFile([{ name: 'EncryptedPackage', bytes: Buffer.alloc(5_000) }]);
    expect(await open('a.xlsx', bytes)).toEqual({
      texts: [],
      unseen: [{ name: 'a.xlsx', why: 'encrypted' }],
    });
  });

  test('holds files that are opened too', async () => {
    const inner = document('<w:p><w:t>inner</w:t></w:p>');
    const outer = zip([
      types,
      file('word/document.xml', '<w:p><w:t>outer</w:t></w:p>'),
      { name: 'word/embeddings/a.docx', bytes: inner },
    ]);
    expect(await textOf('a.docx', outer)).toBe('outer\ninner');
  });
});

describe('OpenDocument', () => {
  const odt = (content: string, manifest = ''): Buffer =>
    zip([
      file('mimetype', 'application/vnd.oasis.opendocument.text'),
      file('META-INF/manifest.xml', `<manifest:manifest>${manifest}</manifest:manifest>`),
      file('content.xml', content),
    ]);

  test('is read', async () => {
    const content =
      '<office:text><text:p>a<text:s text:c="2"/><text:span>b</text:span></text:p><table:table-row><table:table-cell><text:p>c</text:p></table:table-cell><table:table-cell><text:p>d</text:p></table:table-cell></table:table-row></office:text>';
    expect(await textOf('a.odt', odt(content))).toBe('a  b\nc\td');
  });

  test('that is encrypted is said to be', async () => {
    expect(whys(await open('a.odt', odt('x', '<manifest:encryption-data/>')))).toEqual([
      'encrypted',
    ]);
  });
});

describe('old Office', () => {
  const biff = (type: number, ...data: readonly (Buffer | number)[]): Buffer => {
    const body = Buffer.concat(
      data.map(item => (typeof item === 'number' ? Buffer.of(item & 255, item >> 8) : item)),
    );
    const head = Buffer.alloc(4);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(body.length, 2);
    return Buffer.concat([head, body]);
  };
  const wide = (text: string): Buffer =>
    Buffer.concat([Buffer.of(text.length, 0, 1), Buffer.from(text, 'utf16le')]);
  const double = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  };
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  };

  test('of Excel: strings over two records, dates, numbers', async () => {
    const stream = Buffer.concat([
      biff(0x0809, 0x0600, 5),
      biff(0x00e0, 0, 0),
      biff(0x00e0, 0, 14),
      // The second string goes on in another record, which says anew that its characters are wide.
      biff(0x00fc, u32(2), u32(2), wide('田中'), Buffer.of(4, 0, 0), Buffer.from('ab')),
      biff(0x003c, Buffer.of(1), Buffer.from('電話', 'utf16le')),
      biff(0x0809, 0x0600, 0x10),
      biff(0x00fd, 0, 0, 0, u32(0)),
      biff(0x00fd, 0, 1, 0, u32(1)),
      biff(0x0203, 1, 0, 1, double(29_284)),
      biff(0x0203, 1, 1, 0, double(123_456_789_018)),
      biff(0x027e, 1, 3, 0, u32((42 << 2) | 2)),
    ]);
    const { texts } = await open('a.xls', compoundFile([{ name: 'Workbook', bytes: stream }]));
    expect(texts).toMatchObject([
      { kind: 'csv', text: '田中\tab電話\n1980-03-04\t123456789018\t\t42' },
    ]);
    const locked = compoundFile([
      { name: 'Workbook', bytes: Buffer.concat([biff(0x0809, 0x0600, 5), biff(0x002f, 0)]) },
    ]);
    expect(whys(await open('a.xls', locked))).toEqual(['encrypted']);
  });

  test('of Word, by its pieces', async () => {
    const document = Buffer.alloc(5_000);
    document.writeUInt16LE(0x200, 10);
    document.writeUInt32LE(0, 0x1a2);
    const clx = Buffer.alloc(33);
    clx[0] = 2;
    clx.writeUInt32LE(28, 1);
    // Two pieces: two characters of UTF-16 at 1,000, five of a byte at 2,000.
    for (const [at, value] of [0, 2, 7].entries()) clx.writeUInt32LE(value, 5 + at * 4);
    clx.writeUInt32LE(1_000, 5 + 12 + 2);
    clx.writeUInt32LE((0x40000000 | (2_000 * 2)) >>> 0, 5 + 12 + 8 + 2);
    document.writeUInt32LE(clx.length, 0x1a6);
    document.write('田中', 1_000, 'utf16le');
    document.write('a\rb\x07c', 2_000, 'latin1');
    const bytes = compoundFile([
      { name: 'WordDocument', bytes: document },
      { name: '1Table', bytes: clx },
    ]);
    expect(await textOf('a.doc', bytes)).toBe('田中a\nb\tc');
  });

  test('of PowerPoint', async () => {
    const atom = (type: number, bytes: Buffer, version = 0): Buffer => {
      const head = Buffer.alloc(8);
      head.writeUInt16LE(version, 0);
      head.writeUInt16LE(type, 2);
      head.writeUInt32LE(bytes.length, 4);
      return Buffer.concat([head, bytes]);
    };
    const stream = atom(
      1_000,
      Buffer.concat([
        atom(0x0fa0, Buffer.from('題', 'utf16le')),
        atom(0x0fa8, Buffer.from('body')),
      ]),
      15,
    );
    expect(
      await textOf('a.ppt', compoundFile([{ name: 'PowerPoint Document', bytes: stream }])),
    ).toContain('題\nbody');
  });

  test('of Outlook: a message with its people, its text and its files', async () => {
    const wideText = (text: string): Buffer => Buffer.from(text, 'utf16le');
    const bytes = compoundFile([
      { name: '__properties_version1.0', bytes: Buffer.alloc(32) },
      { name: '__substg1.0_0037001F', bytes: wideText('件名') },
      { name: '__substg1.0_1000001F', bytes: wideText('本文 090') },
      {
        name: '__recip_version1.0_#00000000/__substg1.0_39FE001F',
        bytes: wideText('to@example.jp'),
      },
      { name: '__attach_version1.0_#00000000/__substg1.0_3707001F', bytes: wideText('a.txt') },
      {
        name: '__attach_version1.0_#00000000/__substg1.0_37010102',
        bytes: Buffer.from(`held${' '.repeat(4_100)}`),
      },
    ]);
    const { texts } = await open('a.msg', bytes);
    expect(texts.map(({ kind, text, name }) => [kind, text.trim(), name])).toEqual([
      ['subject', '件名', 'a.msg'],
      ['plain', '本文 090', 'a.msg'],
      ['plain', 'to: to@example.jp', 'a.msg'],
      ['plain', 'held', 'a.msg/a.txt'],
    ]);
  });
});

describe('PDF', () => {
  const shown = (hex: string): Buffer => Buffer.from(`BT /F1 12 Tf 72 700 Td <${hex}> Tj ET`);
  const cid = (encoding: string, ordering = 'Japan1'): string =>
    `<</Type/Font/Subtype/Type0/BaseFont/MS-Mincho/Encoding/${encoding}/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/MS-Mincho/CIDSystemInfo<</Registry(Adobe)/Ordering(${ordering})/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/MS-Mincho/Flags 5/FontBBox[0 -136 1000 859]/ItalicAngle 0/Ascent 859/Descent -140/CapHeight 769/StemV 78>>/DW 1000>>]>>`;

  test('is read, with whom its links write to', async () => {
    const font = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>';
    const link =
      '/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(mailto:a@example.jp)>>>>]';
    const bytes = pdfFile(Buffer.from('BT /F1 12 Tf 72 700 Td (Call 090-1234) Tj ET'), font, link);
    expect(await textOf('a.pdf', bytes)).toBe('Call 090-1234\na@example.jp');
  });

  // What Japanese business software writes: a font by its name alone, and one of Adobe's tables.
  test.each([
    ['90ms-RKSJ-H', '936392862020b1', '田中 ｱ', 'Japan1'],
    ['UniJIS-UCS2-H', '75304e2d0041', '田中A', 'Japan1'],
    ['H', '45444366', '田中', 'Japan1'],
    ['EUC-V', 'c5c4c3e6', '田中', 'Japan1'],
    ['Identity-H', '04650012034a', '亜1ぁ', 'Japan1'],
    ['GBK-EUC-H', 'c4fababd', '您航', 'GB1'],
    ['ETen-B5-H', 'b17aa66e', '您好', 'CNS1'],
    ['KSCms-UHC-H', 'b0a18141', '가갂', 'Korea1'],
  ])('in %s without its font is read', async (encoding, hex, text, ordering) => {
    expect(await textOf('a.pdf', pdfFile(shown(hex), cid(encoding, ordering)))).toBe(text);
  });

  test('without text is a picture, and damaged it is said to be', async () => {
    const empty = pdfFile(Buffer.from(' '), '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>');
    expect(whys(await open('a.pdf', empty))).toEqual(['attachment-kind']);
    expect(whys(await open('a.pdf', '%PDF-1.4 nothing'))).toEqual(['attachment-damaged']);
  });
});

describe('archives', () => {
  test('in archives are read, and files in them are named by their path', async () => {
    const inner = zip([file('a.csv', 'x,y')]);
    const outer = zip([
      { name: 'in/inner.zip', bytes: inner },
      file('b.txt.gz', gzipSync('packed')),
    ]);
    const { texts, unseen } = await open('o.zip', outer);
    expect(texts.map(({ text, name }) => [name, text])).toEqual([
      ['o.zip', 'in/inner.zip\nb.txt.gz'],
      ['o.zip/in/inner.zip', 'a.csv'],
      ['o.zip/in/inner.zip/a.csv', 'x,y'],
      ['o.zip/b.txt', 'packed'],
    ]);
    expect(unseen).toEqual([]);
  });

  test('of tar are read, packed or not', async () => {
    const packed = gzipSync(tar([['a.txt', 'held']]));
    expect(await textOf('a.tgz', packed)).toBe('held');
  });

  test('have names in Shift_JIS, as Windows in Japan writes them', async () => {
    const bytes = zip([file('NNNN.csv', 'x')]);
    const raw = Buffer.from(bytes.toString('latin1').replaceAll('NNNN', '\x8c\xda\x8bq'), 'latin1');
    expect((await open('a.zip', raw)).texts[1]?.name).toBe('a.zip/顧客.csv');
  });

  test('that are encrypted, or of kinds nobody unpacks here, are said to be', async () => {
    const locked = zip([{ ...file('a.txt', 'x'), flags: 1 }, file('b.txt', 'y')]);
    const { texts, unseen } = await open('a.zip', locked);
    expect(texts.at(-1)?.text).toBe('y');
    expect(unseen).toEqual([{ name: 'a.zip/a.txt', why: 'encrypted' }]);
    expect(whys(await open('a.7z', '7z\xbc\xaf'))).toEqual([]);
    expect(whys(await open('a.7z', Buffer.from('377abcaf271c', 'hex')))).toEqual([
      'attachment-kind',
    ]);
  });

  test('that are cut off give what they still hold', async () => {
    const whole = zip([file('a.txt', 'first'), file('b.txt', 'second')]);
    const { texts, unseen } = await open('a.zip', whole.subarray(0, whole.length - 60));
    expect(texts.map(({ text }) => text)).toContain('first');
    expect(unseen).toContainEqual({ name: 'a.zip', why: 'attachment-damaged' });
  });
});

describe('what may be opened', () => {
  test('is told by first bytes before names', () => {
    const may = (name: string, type: string, bytes: Buffer): boolean =>
      canOpen({ name, type, bytes: () => bytes });
    expect(may('a.pdf', 'application/pdf', Buffer.from('89504e470d0a1a0a', 'hex'))).toBe(false);
    expect(may('a.png', 'image/png', Buffer.from('%PDF-1.4'))).toBe(true);
    expect(may('a.bin', 'application/octet-stream', Buffer.from('name,tel'))).toBe(true);
    expect(may('a.bin', 'application/octet-stream', Buffer.from([0, 1, 2, 3, 0, 0, 1]))).toBe(
      false,
    );
  });

  test('holds nothing where it is a signature', async () => {
    expect(await open('smime.p7s', 'text', {}, 'application/pkcs7-signature')).toEqual({
      texts: [],
      unseen: [],
    });
  });
});
