import { createHash } from 'node:crypto';
import type { Alert, Sighting, Suppression } from '../../../core/alert.ts';
import { idMatches } from '../../../core/policy.ts';
import type { AllowedSighting, WatchPolicy } from '../../../core/watch-policy.ts';
import { allowedBy, dayOfMs } from '../../../detect/alerts/allowed.ts';
import { type LabelOf, type NamelessSighting, nameless } from '../../../detect/alerts/anonymous.ts';
import { alertFinding, type FindingOptions } from '../../../detect/alerts/finding.ts';
import {
  addSighting,
  goesOnWith,
  isAtLeast,
  levelOrder,
  openAlert,
} from '../../../detect/alerts/join.ts';
import { type About, HuntAlerts, type KeptAlert } from '../../../store/hunt-alerts.ts';
import { HuntLetters } from '../../../store/hunt-letters.ts';
import type { HuntState } from '../../../store/hunt-state.ts';
import { toolVersion } from '../../version.ts';
import type { TakenAlerts } from '../pipeline.ts';
import { shownAlert, worstFirst } from './shown.ts';
import { Suppressions } from './suppressions.ts';

export interface AlertBookOptions {
  readonly state: HuntState;
  readonly policy: WatchPolicy;
  readonly labelOf: LabelOf;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const hourMs = 3_600_000;

const hashOf = (...parts: readonly (string | number)[]): Buffer =>
  createHash('sha256').update(parts.join('\0')).digest();

/** All that tells one sighting from another, whenever and however often it is found. */
const keyOf = ({ rule, component, who, timeMs, lines }: NamelessSighting): Uint8Array => {
  const last = lines.at(-1);
  const place = last === undefined ? '' : `${last.source}/${last.seq}/${last.line}`;
  return hashOf(rule, component, who, timeMs, place).subarray(0, 16);
};

const aboutKey = ({ rule, component, who }: About): string => [rule, component, who].join('\0');

/** An alert that this take changed. */
interface Touched {
  kept: KeptAlert;
  readonly before: KeptAlert | undefined;
}

const isTold = (kept: KeptAlert | undefined): boolean =>
  kept !== undefined && kept.alert.sightings > kept.muted;

/** Whether it passed a power of two: whoever follows an alert hears of it ever more rarely. */
const isMilestone = (before: number, after: number): boolean =>
  Math.floor(Math.log2(after)) > Math.floor(Math.log2(before));

/** Makes alerts of sightings: within the transaction of the pass that they are from. */
export class AlertBook {
  private readonly options: AlertBookOptions;
  private readonly alerts: HuntAlerts;
  private readonly letters: HuntLetters;
  private readonly allowed: (sighting: Sighting) => AllowedSighting | undefined;
  /** Day on which old ones were forgotten. */
  private prunedDay = '';

  constructor(options: AlertBookOptions) {
    this.options = options;
    this.alerts = new HuntAlerts(options.state);
    this.letters = new HuntLetters(options.state);
    this.allowed = allowedBy(options.policy.allow);
  }

  take(sightings: readonly Sighting[], { names }: { readonly names: boolean }): TakenAlerts {
    return this.options.state.transaction(() => {
      this.prune();
      return this.taken(sightings, names);
    });
  }

  /** Once a day: what is over for so long that nobody asks for it any more. */
  private prune(): void {
    const { policy, now } = this.options;
    const nowMs = now();
    const today = dayOfMs(nowMs);
    if (today === this.prunedDay) return;
    this.prunedDay = today;
    const beforeMs = nowMs - Math.max(policy.alertDays * 24, policy.quietHours) * hourMs;
    this.alerts.prune(beforeMs, dayOfMs(beforeMs));
  }

  private taken(sightings: readonly Sighting[], names: boolean): TakenAlerts {
    const { policy, labelOf } = this.options;
    const suppressions = new Suppressions(this.alerts.suppressions());
    const touched = new Map<string, Touched>();
    const byAbout = new Map<string, Touched>();
    const known = new Map<string, string>();
    const allowances = new Map<AllowedSighting, { count: number; lastMs: number }>();
    let repeated = 0;
    let suppressed = 0;
    for (const given of sightings.toSorted((a, b) => a.timeMs - b.timeMs)) {
      if (policy.without.some(glob => idMatches(glob, given.rule))) continue;
      const level = policy.levels.findLast(({ rule }) => idMatches(rule, given.rule))?.level;
      const sighting = level === undefined ? given : { ...given, level };
      const entry = this.allowed(sighting);
      if (entry !== undefined) {
        const { count = 0, lastMs = 0 } = allowances.get(entry) ?? {};
        allowances.set(entry, {
          count: count + 1,
          lastMs: Math.max(lastMs, Math.floor(sighting.timeMs)),
        });
        suppressed += 1;
        continue;
      }
      const bare = nameless(sighting, name => {
        const label = labelOf(name);
        if (names) known.set(label, name);
        return label;
      });
      const key = keyOf(bare);
      if (this.alerts.isKnown(key)) continue;
      const near = this.near(bare, byAbout, touched);
      if (near !== undefined && this.alerts.isForgotten(near.alert.id, bare.timeMs)) continue;
      const isMuted = suppressions.of(bare, bare.timeMs) !== undefined;
      if (isMuted) suppressed += 1;
      else if (isTold(near)) repeated += 1;
      const kept: KeptAlert = {
        alert: near === undefined ? this.opened(bare, touched) : addSighting(near.alert, bare),
        muted: (near?.muted ?? 0) + (isMuted ? 1 : 0),
      };
      const { id } = kept.alert;
      this.alerts.know(key, id, bare.timeMs);
      const mine = touched.get(id) ?? { kept, before: near };
      mine.kept = kept;
      touched.set(id, mine);
      byAbout.set(aboutKey(bare), mine);
    }
    for (const [{ line: _, ...entry }, { count, lastMs }] of allowances) {
      this.alerts.countAllowed(JSON.stringify(entry), count, lastMs);
    }
    const fresh: Alert[] = [];
    for (const { kept, before } of touched.values()) {
      this.alerts.put(kept);
      this.alerts.forget(kept.alert.id);
      this.tell(kept, before, suppressions);
      if (isTold(kept) && !isTold(before)) fresh.push(kept.alert);
    }
    return {
      fresh: worstFirst(fresh).map(alert => shownAlert(alert, known)),
      repeated,
      suppressed,
    };
  }

  /** The alert that a sighting goes on with: of this take, else of the state. */
  private near(
    sighting: NamelessSighting,
    byAbout: ReadonlyMap<string, Touched>,
    touched: ReadonlyMap<string, Touched>,
  ): KeptAlert | undefined {
    const quietMs = this.options.policy.quietHours * hourMs;
    const { timeMs } = sighting;
    const mine = byAbout.get(aboutKey(sighting))?.kept;
    if (mine !== undefined && goesOnWith(mine.alert, timeMs, quietMs)) return mine;
    const found = this.alerts.near(sighting, timeMs - quietMs, timeMs + quietMs);
    // What this take changed is not written down yet.
    return found && (touched.get(found.alert.id)?.kept ?? found);
  }

  private opened(sighting: NamelessSighting, touched: ReadonlyMap<string, Touched>): Alert {
    const { rule, component, who, sinceMs, timeMs } = sighting;
    // When it began is the same however the lines were cut into passes.
    const beganMs = Math.min(sinceMs, timeMs);
    for (let n = 0; ; n += 1) {
      const hash = hashOf('alert', rule, component, who, beganMs, n).toString('hex');
      const id = `a${hash.slice(0, 10)}`;
      if (touched.has(id) || this.alerts.get(id) !== undefined) continue;
      return openAlert(sighting, id, this.options.now());
    }
  }

  /** Queues what channels are to hear, and writes findings down. */
  private tell(
    { alert, muted }: KeptAlert,
    before: KeptAlert | undefined,
    suppressions: Suppressions,
  ): void {
    const isFresh = isTold({ alert, muted }) && !isTold(before);
    const rose = before !== undefined && levelOrder(alert.level) > levelOrder(before.alert.level);
    if (
      before === undefined ||
      isFresh ||
      rose ||
      isMilestone(before.alert.sightings, alert.sightings)
    ) {
      this.writeFinding(alert, before === undefined ? 'create' : 'update', {
        muted,
        suppressions,
      });
    }
    if (!isTold({ alert, muted }) || !(isFresh || rose)) return;
    for (const channel of this.options.policy.channels) {
      if (!isAtLeast(alert.level, channel.from)) continue;
      const atOnce = channel.atOnce !== 'never' && isAtLeast(alert.level, channel.atOnce);
      const wasAtOnce =
        before !== undefined &&
        channel.atOnce !== 'never' &&
        isAtLeast(before.alert.level, channel.atOnce);
      // Who waits for the digest, or has read of it there, hears at once that it grew worse.
      const again = rose && atOnce && !wasAtOnce;
      this.letters.queue(channel.name, alert.id, atOnce, this.options.now(), again);
    }
  }

  private writeFinding(
    alert: Alert,
    activity: FindingOptions['activity'],
    { muted, suppressions }: { readonly muted: number; readonly suppressions: Suppressions },
  ): void {
    const nowMs = this.options.now();
    const holds: Suppression | undefined =
      alert.sightings > muted ? undefined : suppressions.of(alert, alert.lastMs);
    const finding = alertFinding(alert, {
      activity,
      nowMs,
      version: toolVersion,
      ...(holds === undefined ? {} : { suppressed: holds }),
    });
    this.alerts.putFinding(dayOfMs(nowMs), JSON.stringify(finding));
  }
}
