import { createHash } from 'node:crypto';
import { dataTypeWords } from '../../exposure/data-type-words.ts';
import type { ScanSettings } from './protocol.ts';

/**
 * Raised whenever mail is read or judged otherwise than before, so that what was scanned is read anew where it is
 * still there.
 */
const edition = 3;

const textOnly = ' without attachments';

export const detectorTypes: readonly string[] = dataTypeWords.map(({ id }) => id);

/** Names what messages are read with: the data types, and what the organisation says of its own numbers. */
export const detectorOf = (settings: ScanSettings, attachments: boolean): string => {
  const { customerNumbers, regions, words, separators } = settings;
  const told = [edition, detectorTypes, customerNumbers, regions, words ?? [], separators ?? ''];
  const digest = createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16);
  return attachments ? digest : `${digest}${textOnly}`;
};

/** Whether what one read would be read otherwise by another: all of it, its attachments, or nothing. */
export const staleOf = (was: string, now: string): 'all' | 'attachments' | 'nothing' => {
  const bare = (detector: string): string => detector.replace(textOnly, '');
  if (bare(was) !== bare(now)) return 'all';
  return was.endsWith(textOnly) && !now.endsWith(textOnly) ? 'attachments' : 'nothing';
};
