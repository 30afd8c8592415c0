import type { RuleFits } from '../../core/rule-fit.ts';
import type { Unseen } from '../../core/unseen.ts';
import { Applicability } from '../../detect/applicability/applicability.ts';
import { storeSegments } from '../events/store-segments.ts';
import { zonesOf } from '../ingest/zones.ts';
import { type LoadRulesRequest, loadRules } from './load-rules.ts';
import { seenLogs } from './seen-logs.ts';

export interface ApplicableRequest extends LoadRulesRequest {
  /** Undefined: there is none, and nothing but the rules is judged. */
  readonly store: string | undefined;
  /** Of `--zone`. */
  readonly zone: string | undefined;
}

/**
 * Which rules can tell of something in which logs of the store, which cannot and why, and what would change that.
 *
 * @throws UsageError for a folder of rules that is not there
 */
export const applicableRules = async (
  request: ApplicableRequest,
): Promise<RuleFits & { readonly unseen: readonly Unseen[] }> => {
  const { store, zone } = request;
  const { all, alerting, maps, problems } = loadRules(request);
  const unseen: Unseen[] = [];
  const note = (each: Unseen): void => {
    unseen.push(each);
  };
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const logs =
    store === undefined
      ? []
      : await seenLogs(storeSegments(store, note).segments, {
          zoneOf: zonesOf(zone, '--zone', here),
          note,
        });
  const judged = new Applicability(maps, logs);
  const rules = judged.rules(all).filter(({ id }) => alerting.has(id));
  return { rules, logs: judged.counted(rules), problems, unseen };
};
