import { getDocumentProxy } from 'unpdf';
import type { Opening } from './opened.ts';
import { pdfCMaps } from './pdf-cmaps.ts';

/** A file inside of a PDF. */
export interface PdfFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');

const textItems = (items: readonly unknown[]): string => {
  const out: string[] = [];
  for (const item of items) {
    if (!isObject(item)) continue;
    if (typeof item['str'] === 'string') out.push(item['str']);
    if (item['hasEOL'] === true) out.push('\n');
  }
  return out.join('');
};

/** What somebody filled in, what a note says, and whom a link writes to. */
const annotationText = (annotations: readonly unknown[]): string => {
  const out: string[] = [];
  const add = (value: unknown, name?: unknown): void => {
    if (Array.isArray(value)) for (const one of value as readonly unknown[]) add(one, name);
    else if (typeof value === 'string' && value.trim() !== '') {
      out.push(typeof name === 'string' && name !== '' ? `${name}: ${value}` : value);
    }
  };
  for (const annotation of annotations) {
    if (!isObject(annotation)) continue;
    add(annotation['fieldValue'], annotation['alternativeText'] ?? annotation['fieldName']);
    const contents = annotation['contentsObj'];
    if (isObject(contents)) add(contents['str']);
    const url = annotation['unsafeUrl'] ?? annotation['url'];
    if (typeof url === 'string' && /^(?:mailto|tel):/i.test(url)) add(url.replace(/^[a-z]+:/i, ''));
  }
  return out.join('\n');
};

type Proxy = Awaited<ReturnType<typeof getDocumentProxy>>;

const infoText = async (pdf: Proxy): Promise<string> => {
  const { info } = await pdf.getMetadata();
  if (!isObject(info)) return '';
  return ['Title', 'Author', 'Subject', 'Keywords']
    .map(name => info[name])
    .filter(value => typeof value === 'string' && value !== '')
    .join('\n');
};

const filesOf = async (pdf: Proxy): Promise<readonly PdfFile[]> => {
  const attached: unknown = await pdf.getAttachments();
  if (!isObject(attached)) return [];
  return Object.values(attached).flatMap(file => {
    if (!isObject(file) || !(file['content'] instanceof Uint8Array)) return [];
    const { filename, content } = file as {
      readonly filename?: unknown;
      readonly content: Uint8Array;
    };
    return [{ name: typeof filename === 'string' ? filename : '', bytes: Buffer.from(content) }];
  });
};

const pages = async (pdf: Proxy, name: string, opening: Opening): Promise<void> => {
  let empty = 0;
  const texts: string[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    if (number > opening.limits.pagesMax || opening.isOver) {
      opening.miss(name, 'attachment-size');
      break;
    }
    try {
      const page = await pdf.getPage(number);
      const text = textItems((await page.getTextContent()).items);
      const notes = annotationText(await page.getAnnotations());
      if (text.trim() === '') empty++;
      texts.push(text, notes);
      page.cleanup();
    } catch {
      opening.miss(name, 'attachment-damaged');
    }
  }
  opening.text(texts.filter(text => text !== '').join('\n'), 'plain', name);
  // A page that was scanned is a picture.
  if (empty > 0) opening.miss(name, 'attachment-kind');
};

/**
 * Text of a PDF (unpdf: PDF.js without a browser), its forms, notes and what is said of it; answers the files in it.
 * PDF.js can neither be stopped within a page nor be told how much memory it may take: whoever opens files of
 * strangers does it in a worker thread with `resourceLimits`, and ends that when its time is over.
 */
export const readPdf = async (
  bytes: Buffer,
  name: string,
  opening: Opening,
): Promise<readonly PdfFile[]> => {
  let pdf: Proxy;
  try {
    // PDF.js takes the memory it is given for its own.
    pdf = await getDocumentProxy(Uint8Array.from(bytes), {
      verbosity: 0,
      disableFontFace: true,
      useSystemFonts: false,
      ...pdfCMaps,
    });
  } catch (thrown) {
    opening.miss(name, nameOf(thrown) === 'PasswordException' ? 'encrypted' : 'attachment-damaged');
    return [];
  }
  try {
    await pages(pdf, name, opening);
    opening.text(await infoText(pdf), 'plain', name);
    return await filesOf(pdf);
  } catch {
    opening.miss(name, 'attachment-damaged');
    return [];
  } finally {
    await pdf.loadingTask.destroy().catch(() => undefined);
  }
};
