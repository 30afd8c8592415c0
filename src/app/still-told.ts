import { idMatches } from '../core/policy.ts';
import type { AllowedSighting, WatchPolicy } from '../core/watch-policy.ts';
import type { WatchedPart } from '../core/watching.ts';
import { dayOfMs } from '../detect/alerts/allowed.ts';
import { baselineRules } from '../detect/baselines/judgement.ts';
import { collectionRules } from '../detect/silence/collection.ts';
import { silenceRule } from '../detect/silence/told.ts';

/** Those that are of a log or a component, and of nobody in it. */
const ofNobody: ReadonlySet<string> = new Set(['baseline/volume', silenceRule, ...collectionRules]);

/** Rules by which a baseline of this name tells; of whoever is followed by himself, any that is of somebody. */
const rulesOf = (baseline: string): readonly string[] => {
  const begun = baselineRules.filter(rule => rule.startsWith(`baseline/${baseline}`));
  return begun.length > 0 ? begun : baselineRules.filter(rule => !ofNobody.has(rule));
};

const matches = (glob: string | undefined, text: string): boolean =>
  glob === undefined || idMatches(glob.toLowerCase(), text.toLowerCase());

/** `*`, a network of all addresses: whoever asks for these asks for nothing. */
const isOfAll = (asked: string | undefined): boolean =>
  asked === undefined || /^[*?]*\*[*?]*$/.test(asked) || asked.endsWith('/0');

/** Names and titles that a rule goes by, beside its id. */
export type NamesOf = (rule: string) => readonly string[];

/** Whether an entry of the allow-list keeps back all that a rule sees of a component, whoever it was. */
const keepsAllBack =
  (component: string, names: readonly string[], day: string) =>
  (entry: AllowedSighting): boolean =>
    [entry.who, entry.app, entry.address].every(isOfAll) &&
    (entry.until === undefined || entry.until >= day) &&
    names.some(name => matches(entry.rule, name)) &&
    matches(entry.component, component);

/**
 * What of a part is told by the configuration of now: without what ran once and is switched off, and without what
 * the allow-list keeps back whatever it sees.
 */
export const stillTold = (
  { without, allow }: Pick<WatchPolicy, 'without' | 'allow'>,
  atMs: number,
  namesOf: NamesOf,
): ((part: WatchedPart) => WatchedPart) => {
  const day = dayOfMs(atMs);
  return part => {
    const isTold = (rule: string): boolean =>
      !without.some(glob => idMatches(glob, rule)) &&
      !allow.some(keepsAllBack(part.component, [rule, ...namesOf(rule)], day));
    const rules = part.rules.filter(isTold);
    const baselines = part.baselines.filter(name => rulesOf(name).some(isTold));
    const isCut = baselines.length === 0 && part.baselines.length > 0;
    return {
      ...part,
      rules,
      baselines,
      ...(isCut ? { noBaseline: 'postern.yaml switches them off or allows all they see' } : {}),
    };
  };
};
