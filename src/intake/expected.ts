import { formOf } from './packed.ts';

/**
 * What a file must begin like. `json` and `csv` may come packed with gzip, xz or zstd as well; `feed` is
 * all of these and archives, and no web page; `any` is not looked at.
 */
export type Expected = 'json' | 'csv' | 'zip' | 'gzip' | 'tar' | 'xz' | 'zstd' | 'feed' | 'any';

const startOf = (head: Buffer): string =>
  head
    .subarray(0, 512)
    .toString('latin1')
    .replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '');

const looksLikePage = (start: string): boolean =>
  /^<(?:!doctype\s+html|html|head|body|script|title|meta|!--)/i.test(start);

const fits = (head: Buffer, start: string, expected: Expected): boolean => {
  const form = formOf(head);
  switch (expected) {
    case 'any':
      return true;
    case 'feed':
      return form !== 'plain' || fits(head, start, 'csv');
    case 'json':
      return form === 'plain' ? /^[[{]/.test(start) : ['gzip', 'xz', 'zstd'].includes(form);
    case 'csv':
      return form === 'plain'
        ? !start.startsWith('<') && !head.includes(0)
        : ['gzip', 'xz', 'zstd'].includes(form);
    case 'zip':
    case 'gzip':
    case 'tar':
    case 'xz':
    case 'zstd':
      return form === expected;
  }
};

/**
 * Why these first bytes (512, or all there are) are not what was asked for. Log-in pages of proxies and
 * error pages of stores come with status 200.
 */
export const contentFault = (head: Buffer, expected: Expected): string | undefined => {
  if (expected === 'any') return undefined;
  const wanted = expected === 'feed' ? 'a feed' : expected;
  if (head.length === 0) return `nothing came where ${wanted} was expected`;
  const start = startOf(head);
  if (fits(head, start, expected)) return undefined;
  if (looksLikePage(start)) {
    return `a web page (HTML) came where ${wanted} was expected: a log-in page of a proxy perhaps`;
  }
  return `what came does not begin like ${wanted}`;
};
