import { exitCodes } from '../core/errors.ts';
import type { Invocation } from './arguments.ts';
import { formatOf, progressLine } from './manner.ts';
import { openAdvisories } from './open-advisories.ts';
import type { Outcome } from './outcome.ts';
import { prepare } from './target.ts';
import { advisoriesFormats } from './verbs.ts';

/** `postern advisories replay`. */
export const runReplay = async (given: Invocation): Promise<Outcome> => {
  const { invocation, aim } = await prepare(given);
  const format = formatOf(invocation, advisoriesFormats, 'text');
  const aimed = await aim();
  const { replay } = await import('../app/advisories/replay.ts');
  const { say, end } = progressLine(invocation);
  const advisories = await openAdvisories(invocation, aimed);
  try {
    const answer = replay({
      ...aimed,
      progress: say,
      ...(advisories === undefined ? {} : { advisories }),
    });
    const text =
      format === 'json'
        ? (await import('../report/replay-json.ts')).replayJson(answer.replay)
        : (await import('../report/replay-text.ts')).replayText(answer.replay);
    return {
      text,
      exit: answer.unseen.length > 0 ? exitCodes.unseen : exitCodes.done,
      out: invocation.values.get('out'),
    };
  } finally {
    advisories?.close();
    end();
  }
};
