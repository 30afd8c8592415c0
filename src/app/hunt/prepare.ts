import { availableParallelism } from 'node:os';
import { type AlertLevel, alertLevels } from '../../core/alert.ts';
import { UsageError } from '../../core/errors.ts';
import { segmentPattern } from '../../core/glob.ts';
import type { HuntReport, ReportedAlert } from '../../core/hunt-report.ts';
import { idMatches } from '../../core/policy.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { WatchPolicy } from '../../core/watch-policy.ts';
import { baselineRules } from '../../detect/baselines/judgement.ts';
import type { HuntSetup } from './hunt-work.ts';
import { loadRules } from './load-rules.ts';
import type { PassDone } from './pass.ts';
import type { LoadedRules } from './pipeline.ts';
import type { TimeWindow } from './segment-hunt.ts';

export interface HuntRequest {
  readonly store: string;
  readonly policy: WatchPolicy;
  /** Of `--rules`, and how that was spelt. */
  readonly folders: readonly string[];
  readonly said: string;
  /** Globs over ids of rules; none: all. */
  readonly only: readonly string[];
  /** What is left out of the report, not out of what is remembered. */
  readonly shown: {
    readonly from: AlertLevel;
    /** Globs; none: all. */
    readonly components: readonly string[];
  };
  /** Of `--zone`, checked. */
  readonly zone: string | undefined;
  readonly names: boolean;
  /** `givenKey`: where the key of pseudonyms is, unless it lies beside the store. */
  readonly key: string | undefined;
  readonly now: () => number;
  readonly say: (stage: string) => void;
}

/** What every run begins with. */
export interface Prepared {
  readonly rules: LoadedRules;
  readonly setup: Omit<HuntSetup, 'window'>;
}

export const everything: TimeWindow = {
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
};

/** Two threads look at segments, this one takes in what they find. */
export const threads: number = Math.min(2, availableParallelism());

/** Whether a baseline is asked for, and not switched off. */
export const asksFor = ({
  only,
  policy,
}: Pick<HuntRequest, 'only' | 'policy'>): ((rule: string) => boolean) => {
  const isOf = (globs: readonly string[], rule: string): boolean =>
    globs.some(glob => idMatches(glob, rule));
  return rule => (only.length === 0 || isOf(only, rule)) && !isOf(policy.without, rule);
};

/** @throws UsageError for a folder of rules that is not there */
export const prepareHunt = (request: HuntRequest, baselinesKey?: Uint8Array): Prepared => {
  const { folders, said, policy, only, zone } = request;
  const rules = loadRules({ folders, said, policy, only });
  if (only.length > 0 && rules.alerting.size === 0 && !baselineRules.some(asksFor(request))) {
    throw new UsageError(`hunt: --rule ${only.join(' ')}: there is no such rule`);
  }
  const { rules: run, maps, fields } = rules;
  return {
    rules,
    setup: {
      run: { rules: run, maps, fields },
      zone,
      here: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(baselinesKey === undefined ? {} : { baselinesKey }),
    },
  };
};

/** What rules and lines came to, whatever is done with what was found. */
export const reportOf = (
  rules: LoadedRules,
  pass: PassDone,
  notes: readonly string[],
  unseen: readonly Unseen[],
): Omit<HuntReport, 'mode' | 'atMs' | 'alerts' | 'repeated' | 'suppressed'> => {
  const about = new Set(pass.ran.flatMap(({ parts }) => parts.flatMap(each => [...each.rules])));
  const { segments, rows, read, unparsed, firstMs, newestMs } = pass;
  return {
    lines: {
      segments,
      sources: pass.ran.length,
      events: rows,
      read,
      notUnderstood: unparsed,
      ...(firstMs === undefined ? {} : { firstMs }),
      ...(newestMs === undefined ? {} : { lastMs: newestMs }),
    },
    rules: {
      read: rules.all.length,
      run: rules.rules.length,
      about: rules.rules.filter(({ id }) => about.has(id)).length,
      problems: rules.problems,
    },
    notes,
    unseen: [...pass.unseen, ...unseen],
  };
};

const levelOrder = (level: AlertLevel): number => alertLevels.indexOf(level);

/** What of it is shown. */
export const isShown = ({ from, components }: HuntRequest['shown']) => {
  const patterns = components.map(segmentPattern);
  return ({ level, component }: Pick<ReportedAlert, 'level' | 'component'>): boolean =>
    levelOrder(level) >= levelOrder(from) &&
    (patterns.length === 0 || patterns.some(pattern => pattern.test(component)));
};
