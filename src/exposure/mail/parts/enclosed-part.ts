import { readCms } from '../enclosed/cms.ts';
import type { Tnef } from '../enclosed/tnef.ts';
import { readTnef } from '../enclosed/tnef.ts';
import { rtfToText } from '../text/rtf.ts';
import { EncodedAttachment } from './attachment.ts';
import type { Collected } from './collected.ts';
import type { PartHeaders } from './part-headers.ts';
import { addText, readTextPart } from './text-part.ts';

const cmsTypes = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime']);
const tnefTypes = new Set(['application/ms-tnef', 'application/vnd.ms-tnef']);

export const isCms = ({ type }: PartHeaders): boolean => cmsTypes.has(type);

export const isTnefPart = ({ type, name }: PartHeaders): boolean =>
  tnefTypes.has(type) || name.toLowerCase() === 'winmail.dat';

/** What an S/MIME part holds: the part that was signed or compressed; undefined for a signature alone. */
export const openCms = (
  bytes: Buffer,
  headers: PartHeaders,
  collected: Collected,
): { readonly content: Buffer } | 'encrypted' | undefined => {
  const opened = readCms(bytes, collected.limits.decodedBytesMax);
  switch (opened.kind) {
    case 'content':
      return { content: collected.allowed(opened.bytes) };
    case 'encrypted':
      return 'encrypted';
    case 'none':
      // Damaged, and said to be encrypted: nobody will read it.
      return headers.parameters.get('smime-type')?.toLowerCase() === 'enveloped-data'
        ? 'encrypted'
        : undefined;
  }
};

const text = (type: string): PartHeaders => ({
  type,
  parameters: new Map(),
  encoding: 'identity',
  isAttachment: false,
  name: '',
});

const addBody = ({ plain, html, rtf }: Tnef, depth: number, collected: Collected): void => {
  if (plain !== undefined && plain.trim() !== '') {
    addText(Buffer.from(plain), 'plain', new Map([['charset', 'utf-8']]), { depth }, collected);
  }
  if (html !== undefined && html.length > 0) {
    readTextPart(html, text('text/html'), { depth }, collected);
  } else if (rtf !== undefined && rtf.length > 0) {
    const read = rtfToText(collected.allowed(rtf));
    addText(Buffer.from(read), 'plain', new Map([['charset', 'utf-8']]), { depth }, collected);
  }
};

/** Reads a winmail.dat: its body as texts, its files as attachments. False where it is none. */
export const readTnefPart = (bytes: Buffer, depth: number, collected: Collected): boolean => {
  const tnef = readTnef(bytes, collected.limits.decodedBytesMax);
  if (tnef === undefined) return false;
  const { subject = '' } = tnef;
  collected.text({ text: subject.trim(), kind: 'subject', charset: 'utf-8', depth });
  addBody(tnef, depth, collected);
  for (const { name, bytes: content } of tnef.files) {
    const about = { name, type: 'application/octet-stream' };
    collected.attach(
      new EncodedAttachment(about, content, 'identity', collected.limits.decodedBytesMax),
    );
  }
  return true;
};
