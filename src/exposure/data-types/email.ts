import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import { isMessageId, obfuscated, plainAddress } from '../email/address.ts';

/** RFC 5321 and 6531 addresses; message ids, which look alike, are left out. */
export const email: DataType = {
  id: 'email',
  title: 'E-mail address',
  sensitivity: 'ordinary',
  anchors: { at: true, words: ['email/at', 'email/dot'] },
  rank: 5,
  judge: (candidate: Candidate, around: Around): Judged | undefined => {
    const address =
      candidate.kind === 'at'
        ? plainAddress(around.text, candidate.from)
        : obfuscated(around.text, candidate.from, candidate.to, candidate.value);
    if (address === undefined || isMessageId(around.text, address.from)) return undefined;
    return { ...address, identifier: 'email' };
  },
};
