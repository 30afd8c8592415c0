import type { Opening } from './opened.ts';
import { dateStyles, sharedStrings, sheetText, type Workbook } from './sheet-text.ts';
import { aboutText, linkTargets, officeText, openDocumentText } from './word-text.ts';
import { unpackEntry, type Zip, type ZipEntry } from './zip.ts';

/** What kind of document a zip file is, by the files that only such a one has. */
export type OfficeKind = 'word' | 'excel' | 'powerpoint' | 'opendocument';

/** Some programs begin names with a slash, or write Windows' one. */
const pathOf = (name: string): string => name.replaceAll('\\', '/').replace(/^\//, '');

export const officeKindOf = ({ entries }: Zip): OfficeKind | undefined => {
  const names = new Set(entries.map(({ name }) => pathOf(name)));
  if (names.has('content.xml') && (names.has('mimetype') || names.has('META-INF/manifest.xml'))) {
    return 'opendocument';
  }
  if (!names.has('[Content_Types].xml')) return undefined;
  for (const name of names) {
    if (name.startsWith('word/')) return 'word';
    if (name.startsWith('xl/')) return 'excel';
    if (name.startsWith('ppt/')) return 'powerpoint';
  }
  return undefined;
};

/** Files embedded into a document: pictures and drawings are its own, what else there is, is opened. */
export const isEmbedded = (name: string): boolean =>
  /(?:^|\/)embeddings\/|^Object [0-9]+\/content\.xml$/.test(name);

class OfficeReader {
  private readonly zip: Zip;
  private readonly opening: Opening;
  private readonly name: string;

  constructor(zip: Zip, name: string, opening: Opening) {
    this.zip = zip;
    this.name = name;
    this.opening = opening;
  }

  async read(kind: OfficeKind): Promise<void> {
    switch (kind) {
      case 'word':
        await this.parts(
          /^word\/(?:document|footnotes|endnotes|comments\w*|header\d*|footer\d*|glossary\/document)\.xml$/,
        );
        break;
      case 'powerpoint':
        await this.parts(/^ppt\/(?:slides|notesSlides|comments)\/[^/]+\.xml$/);
        await this.parts(/^ppt\/diagrams\/data\d*\.xml$/);
        break;
      case 'excel':
        await this.sheets();
        break;
      case 'opendocument':
        await this.openDocument();
        break;
    }
    await this.rest(kind);
  }

  private async parts(pattern: RegExp): Promise<void> {
    for (const entry of this.matching(pattern)) {
      const xml = await this.xml(entry);
      if (xml !== undefined) this.opening.text(officeText(xml), 'plain', this.name);
    }
  }

  private async sheets(): Promise<void> {
    const book: Workbook = {
      strings: sharedStrings(await this.named('xl/sharedStrings.xml'), 5_000_000),
      dates: dateStyles(await this.named('xl/styles.xml')),
      from1904: /date1904\s*=\s*["'](?:1|true)/.test(await this.named('xl/workbook.xml')),
    };
    for (const entry of this.matching(/^xl\/worksheets\/[^/]+\.xml$/)) {
      if (this.opening.isOver) break;
      const xml = await this.xml(entry);
      if (xml === undefined) continue;
      const text = sheetText(xml, book, this.opening.limits.charactersMax);
      this.opening.text(text, 'csv', this.name);
    }
    if (this.matching(/^xl\/worksheets\/[^/]+\.bin$/).length > 0) {
      this.opening.miss(this.name, 'attachment-kind');
    }
    await this.parts(
      /^xl\/(?:comments\d*|comments\/[^/]+|threadedComments\/[^/]+|drawings\/drawing\d*)\.xml$/,
    );
  }

  private async openDocument(): Promise<void> {
    const manifest = await this.named('META-INF/manifest.xml');
    if (manifest.includes('encryption-data')) {
      this.opening.miss(this.name, 'encrypted');
      return;
    }
    const kind = (await this.named('mimetype')).includes('spreadsheet') ? 'csv' : 'plain';
    for (const part of ['content.xml', 'styles.xml']) {
      this.opening.text(openDocumentText(await this.named(part)), kind, this.name);
    }
  }

  /** Who wrote it, and whom its links write to. */
  private async rest(kind: OfficeKind): Promise<void> {
    const about = kind === 'opendocument' ? /^meta\.xml$/ : /^docProps\/(?:core|custom)\.xml$/;
    for (const entry of this.matching(about)) {
      const xml = await this.xml(entry);
      if (xml !== undefined) this.opening.text(aboutText(xml), 'plain', this.name);
    }
    for (const entry of this.matching(/_rels\/[^/]+\.rels$/)) {
      const xml = await this.xml(entry);
      if (xml !== undefined) this.opening.text(linkTargets(xml), 'plain', this.name);
    }
  }

  private matching(pattern: RegExp): readonly ZipEntry[] {
    return this.zip.entries.filter(({ name }) => pattern.test(pathOf(name)));
  }

  private async named(name: string): Promise<string> {
    const entry = this.zip.entries.find(each => pathOf(each.name) === name);
    return (entry && (await this.xml(entry))) ?? '';
  }

  private async xml(entry: ZipEntry): Promise<string | undefined> {
    const { opening, name } = this;
    if (!opening.takeFile(name)) return undefined;
    if (entry.isEncrypted) {
      opening.miss(name, 'encrypted');
      return undefined;
    }
    const unpacked = await unpackEntry(entry, opening.room);
    if (unpacked === undefined) {
      opening.miss(name, 'attachment-damaged');
      return undefined;
    }
    opening.spend(unpacked.bytes.length);
    if (unpacked.isCut) opening.miss(name, 'attachment-size');
    if (unpacked.isDamaged) opening.miss(name, 'attachment-damaged');
    const { bytes } = unpacked;
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return bytes.toString(isWide ? 'utf16le' : 'utf8');
  }
}

/** Reads a document of Office Open XML (ECMA-376) or OpenDocument (ISO 26300). */
export const readOffice = async (
  zip: Zip,
  kind: OfficeKind,
  name: string,
  opening: Opening,
): Promise<void> => {
  await new OfficeReader(zip, name, opening).read(kind);
};
