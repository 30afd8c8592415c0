import { scanXml, type XmlAttributes, type XmlHandler } from './xml-scan.ts';

/** Ends a line: paragraphs of WordprocessingML, DrawingML and OpenDocument. */
const paragraphs = new Set(['p', 'h']);
const rows = new Set(['tr', 'table-row']);
const cellNames = new Set(['tc', 'table-cell', 'covered-table-cell']);
const tables = new Set(['tbl', 'table']);
const breaks = new Set(['br', 'cr', 'line-break']);
/** Text of runs; in OpenDocument any text in a paragraph counts. */
const runs = new Set(['t', 'delText', 'instrText', 'delInstrText']);

const spacesMax = 1_000;

/**
 * Text of a document's XML: paragraphs are lines, a table's row one line with tabs between its cells. Deleted
 * text that is still kept, and the fields behind links, are text too.
 */
class WordText implements XmlHandler {
  private readonly out: string[] = [];
  private readonly onlyRuns: boolean;
  private runDepth = 0;
  private cellDepth = 0;
  private isRowStart = true;
  private needsSpace = false;

  constructor(onlyRuns: boolean) {
    this.onlyRuns = onlyRuns;
  }

  open(name: string, attributes: XmlAttributes): void {
    if (runs.has(name)) this.runDepth++;
    else if (rows.has(name)) this.isRowStart = true;
    else if (cellNames.has(name)) this.cell();
    else if (name === 'tab') this.out.push('\t');
    else if (breaks.has(name)) this.line();
    else if (name === 's') this.out.push(' '.repeat(this.spaces(attributes)));
    else if (name === 'a' || name === 'hlinkClick') this.link(attributes);
  }

  close(name: string): void {
    if (runs.has(name)) this.runDepth = Math.max(0, this.runDepth - 1);
    else if (paragraphs.has(name)) this.line();
    else if (rows.has(name)) {
      this.cellDepth = 0;
      this.out.push('\n');
      this.needsSpace = false;
    } else if (cellNames.has(name)) this.cellDepth = Math.max(0, this.cellDepth - 1);
    else if (tables.has(name)) this.cellDepth = 0;
  }

  text(text: string): void {
    if (this.onlyRuns && this.runDepth === 0) return;
    if (!this.onlyRuns && text.trim() === '' && text.includes('\n')) return;
    if (this.needsSpace) this.out.push(' ');
    this.needsSpace = false;
    this.out.push(text);
  }

  read(): string {
    return this.out.join('');
  }

  private cell(): void {
    if (!this.isRowStart) this.out.push('\t');
    this.isRowStart = false;
    this.needsSpace = false;
    this.cellDepth++;
  }

  /** Paragraphs in a cell do not end its row's line. */
  private line(): void {
    if (this.cellDepth > 0) this.needsSpace = true;
    else this.out.push('\n');
  }

  private spaces(attributes: XmlAttributes): number {
    return Math.max(1, Math.min(spacesMax, Number(attributes.get('c') ?? 1) || 1));
  }

  private link(attributes: XmlAttributes): void {
    const target = attributes.get('href') ?? '';
    if (/^(?:mailto|tel):/i.test(target)) this.out.push(target.replace(/^[a-z]+:/i, ''), ' ');
  }
}

/** Text of a part of a Word or PowerPoint file (ECMA-376). */
export const officeText = (xml: string): string => {
  const text = new WordText(true);
  scanXml(xml, text);
  return text.read();
};

/** Text of content.xml and styles.xml of OpenDocument. */
export const openDocumentText = (xml: string): string => {
  const text = new WordText(false);
  scanXml(xml, text);
  return text.read();
};

/** Whom the links of a part's relationships write to or call. */
export const linkTargets = (xml: string): string => {
  const out: string[] = [];
  scanXml(xml, {
    open(name, attributes) {
      const target = name === 'Relationship' ? (attributes.get('Target') ?? '') : '';
      if (/^(?:mailto|tel):/i.test(target)) out.push(target.replace(/^[a-z]+:/i, ''));
    },
    close() {},
    text() {},
  });
  return out.join('\n');
};

/** What is said of a document that names somebody: not its dates and counts. */
const aboutNames = new Set([
  'creator',
  'lastModifiedBy',
  'initial-creator',
  'title',
  'subject',
  'description',
  'keywords',
  'keyword',
  'category',
  'lpwstr',
  'user-defined',
]);

/** Text of docProps/*.xml and of meta.xml. */
export const aboutText = (xml: string): string => {
  const out: string[] = [];
  let open = '';
  scanXml(xml, {
    open(name) {
      open = name;
    },
    close() {
      open = '';
    },
    text(text) {
      if (aboutNames.has(open) && text.trim() !== '') out.push(text.trim());
    },
  });
  return out.join('\n');
};

const isAttributeText = (value: string): boolean =>
  value.length > 1 && !/^(?:https?:\/\/|urn:)/.test(value);

/** Any XML: what stands between tags and in attributes, an element a line. */
export const xmlText = (xml: string): string => {
  const out: string[] = [];
  let last = '';
  scanXml(xml, {
    open(name, attributes) {
      for (const value of attributes.values())
        if (isAttributeText(value)) out.push(`${name} ${value}`);
      last = name;
    },
    close() {},
    text(text) {
      const said = text.trim();
      // The element's name is to a value what a label is in a letter: `<tel>090…</tel>`.
      if (said !== '') out.push(`${last}: ${said}`);
    },
  });
  return out.join('\n');
};
