import type { Suppression } from '../../../core/alert.ts';
import { dayOfMs } from '../../../detect/alerts/allowed.ts';
import type { About } from '../../../store/hunt-alerts.ts';

const keyOf = ({ rule, component, who }: About): string => [rule, component, who].join('\0');

/** What somebody decided that nobody is to be told of. Of the same alert the newest decision holds. */
export class Suppressions {
  private readonly byAbout = new Map<string, Suppression>();

  /** @param decided the newest first */
  constructor(decided: readonly Suppression[]) {
    for (const each of decided) {
      const key = keyOf(each);
      if (!this.byAbout.has(key)) this.byAbout.set(key, each);
    }
  }

  /** The one that holds for what happened at that time: until its last day is over (UTC). */
  of(about: About, timeMs: number): Suppression | undefined {
    const found = this.byAbout.get(keyOf(about));
    return found !== undefined && dayOfMs(timeMs) <= found.until ? found : undefined;
  }
}
