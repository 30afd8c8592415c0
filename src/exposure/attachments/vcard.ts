import { decodeText } from '../mail/charsets/decode.ts';
import { decodeQuotedPrintable } from '../mail/transfer/quoted-printable.ts';

const values = (line: string): string => {
  const colon = line.indexOf(':');
  if (colon < 0 || colon > 1_000) return line;
  const name = line.slice(0, colon);
  const value = line.slice(colon + 1);
  if (!/ENCODING=(?:QUOTED-PRINTABLE|Q)\b|;QUOTED-PRINTABLE/i.test(name)) {
    return `${name}:${value.replaceAll(/\\([,;:\\])/g, '$1').replaceAll(/\\[nN]/g, ' ')}`;
  }
  const charset = /CHARSET="?([^;":]{1,40})/i.exec(name)?.[1];
  const bytes = decodeQuotedPrintable(Buffer.from(value, 'latin1'));
  return `${name}:${decodeText(bytes, charset).text.replaceAll(/\s*\n\s*/g, ' ')}`;
};

/** Pictures and keys in cards: long lines of Base64, which look like anything. */
const isBinary = (line: string): boolean =>
  /^(?:PHOTO|LOGO|SOUND|KEY|ATTACH)[^:]{0,200}ENCODING=(?:b|BASE64)/i.test(line);

/**
 * vCard (RFC 6350, and 2.1 with its quoted-printable in old charsets) and iCalendar (RFC 5545): folds undone, a
 * property a line.
 */
export const cardText = (bytes: Buffer): string => {
  const raw = bytes.toString('latin1');
  const isQuoted = /QUOTED-PRINTABLE/i.test(raw);
  // Quoted-printable is decoded line by line, in the charset that each says; all else as one text.
  const whole = isQuoted ? raw : decodeText(bytes).text;
  const unfolded = whole
    .replaceAll('\r\n', '\n')
    .replaceAll(/\n[ \t]/g, '')
    .replaceAll(/=\n/g, isQuoted ? '' : '=\n');
  const lines = unfolded.split('\n').filter(line => !isBinary(line));
  return lines
    .map(line => (isQuoted ? values(line) : values(line)))
    .join('\n')
    .trim();
};
