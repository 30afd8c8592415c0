import { cut, oneLine } from '../plain.ts';

/** Names come from files; a longer one is whole in the part's own section only. */
const nameColumnsMax = 120;

export const shortId = (id: string): string => cut(oneLine(id), nameColumnsMax);

/** Where a part's own section is. */
export const anchor = (id: string): string =>
  `c-${encodeURIComponent(id.replace(/[\ud800-\udfff]/gu, '\ufffd'))}`;
