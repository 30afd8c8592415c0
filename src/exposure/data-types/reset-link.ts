import { secretUrl } from '../credentials/reset-url.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

const reach = 200;
const sets = ['reset-link'];

/** Links that let in whoever has them: resetting a password, signing in without one, a session in an address. */
export const resetLink: DataType = {
  id: 'reset-link',
  title: 'Reset, sign-in or session link',
  sensitivity: 'credential',
  holds: true,
  anchors: { literals: ['http', 'HTTP', 'Http'] },
  judge({ from }: Candidate, around: Around): Judged | undefined {
    const piece = around.text.slice(from, from + 2_048);
    const found = secretUrl(piece, () => around.hasWord(sets, from, from, reach));
    return found === undefined
      ? undefined
      : {
          from,
          to: from + found.url.length,
          value: found.url.slice(0, 2_000),
          confidence: found.confidence,
        };
  },
};
