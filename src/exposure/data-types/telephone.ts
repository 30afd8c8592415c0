import type { DataType } from '../data-type.ts';
import { judgeTelephone } from '../telephone/judge.ts';

/** Telephone numbers of the settings' regions, and of any region with its country code (libphonenumber's plans). */
export const telephone: DataType = {
  id: 'telephone',
  title: 'Telephone number',
  sensitivity: 'ordinary',
  rank: -10,
  anchors: { runs: [7, 18] },
  judge: judgeTelephone,
};
