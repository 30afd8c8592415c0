import type { Answer, AnsweredComponent, StateCounts } from '../core/answer.ts';
import type { Cut } from '../core/files.ts';
import { type Check, checks } from '../core/verdict.ts';

const failedOf: Readonly<Record<Check, string>> = {
  inventoried: 'without an owner',
  patched: 'patched too late or without support',
  logged: 'not fully logged',
  retained: 'with logs kept too short',
  monitored: 'not watched',
  contained: 'reaching too much',
};

const joinWords = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Of those that fail `patched`: with a flaw that applies and that attackers are known to use. */
const exploitedAmong = (components: readonly AnsweredComponent[]): number =>
  components.filter(
    ({ checks: { patched }, flaws }) =>
      patched.state === 'fail' &&
      (flaws?.findings ?? []).some(
        ({ outcome, exploited }) => outcome === 'affected' && exploited !== undefined,
      ),
  ).length;

/** The verdict in one sentence: what fails first, then what is unknown. */
export const sentenceOf = (
  components: readonly AnsweredComponent[],
  counts: Answer['counts'],
  unseen: number,
  cut?: Cut,
): string => {
  const thirdParty = components.filter(each => each.thirdParty).length;
  if (components.length === 0) {
    if (cut !== undefined) return `No mail software was found before ${cut.why}.`;
    return unseen === 0
      ? 'No mail software was found below this root.'
      : `No mail software was found below this root, and ${unseen} thing${unseen === 1 ? '' : 's'} could not be seen.`;
  }
  const used = exploitedAmong(components);
  const failing = checks
    .filter(check => counts[check].fail > 0)
    .map(
      check =>
        `${counts[check].fail} ${failedOf[check]}${check === 'patched' && used > 0 ? ` (${used} with exploited flaws open)` : ''}`,
    );
  const total = (state: keyof StateCounts): number =>
    checks.reduce((sum, check) => sum + counts[check][state], 0);
  const subject = `${components.length} part${components.length === 1 ? '' : 's'} of the mail platform found, ${thirdParty} of them third-party`;
  const verdict = failing.length > 0 ? joinWords(failing) : 'none fails a check';
  const unknown = total('unknown');
  const rest = [
    unknown === 0 ? '' : `${unknown} answer${unknown === 1 ? ' is' : 's are'} unknown`,
    unseen === 0 ? '' : `${unseen} thing${unseen === 1 ? '' : 's'} could not be seen`,
    cut === undefined ? '' : `${cut.why}, so that nothing counts as passed`,
  ].filter(part => part !== '');
  return `${subject}: ${verdict}${rest.length === 0 ? '' : `; ${rest.join(', ')}`}.`;
};
