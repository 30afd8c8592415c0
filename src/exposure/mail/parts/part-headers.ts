import type { RawHeader } from '../headers/block.ts';
import type { Parameterised } from '../headers/parameters.ts';
import { readParameters } from '../headers/parameters.ts';
import type { TransferEncoding } from '../transfer/transfer.ts';
import { transferEncodingOf } from '../transfer/transfer.ts';

/** What the headers of a part say about its body. */
export interface PartHeaders {
  /** Lower case, `text/plain`; the default of the place where nothing usable is said. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly encoding: TransferEncoding;
  /** What Content-Transfer-Encoding says, where nobody knows what that is. */
  readonly strangeEncoding?: string;
  readonly isAttachment: boolean;
  /** File name, empty where there is none. */
  readonly name: string;
}

/** What is written without a slash, or otherwise wrong, and yet clear. */
const meant: ReadonlyMap<string, string> = new Map(
  Object.entries({
    text: 'text/plain',
    plain: 'text/plain',
    html: 'text/html',
    multipart: 'multipart/mixed',
    'text/text': 'text/plain',
    'plain/text': 'text/plain',
    'html/text': 'text/html',
    'application/text': 'text/plain',
    'application/html': 'text/html',
    'application/xhtml+xml': 'text/html',
  }),
);

const typeOf = (value: string, fallback: string): string => {
  const type = value.replaceAll(/[\s"']/g, '');
  const known = meant.get(type);
  if (known !== undefined) return known;
  const slash = type.indexOf('/');
  return slash > 0 && slash < type.length - 1 ? type : fallback;
};

interface Said {
  type?: Parameterised;
  disposition?: string;
  encoding?: string;
}

/** Of several Content-Type headers the first that says something counts, of the others the first. */
const said = (headers: readonly RawHeader[]): Said => {
  const found: Said = {};
  for (const { name, folded } of headers) {
    if (!name.startsWith('content-')) continue;
    if (name === 'content-type' && found.type === undefined) {
      const read = readParameters(folded);
      if (read.value !== '' || read.parameters.size > 0) found.type = read;
    } else if (name === 'content-disposition') found.disposition ??= folded;
    else if (name === 'content-transfer-encoding') found.encoding ??= folded;
  }
  return found;
};

const none: ReadonlyMap<string, string> = new Map();

export const readPartHeaders = (headers: readonly RawHeader[], fallback: string): PartHeaders => {
  const { type, disposition, encoding: named } = said(headers);
  const read = disposition === undefined ? undefined : readParameters(disposition);
  const encoding = named === undefined ? 'identity' : transferEncodingOf(named);
  const parameters = type?.parameters ?? none;
  return {
    type: typeOf(type?.value ?? '', fallback),
    parameters,
    encoding: encoding ?? 'identity',
    ...(encoding === undefined && named !== undefined ? { strangeEncoding: named } : {}),
    isAttachment: read?.value === 'attachment',
    name:
      read?.parameters.get('filename') ??
      parameters.get('name') ??
      read?.parameters.get('name') ??
      '',
  };
};
