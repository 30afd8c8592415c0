import { timeOf } from '../app/events/asked-for.ts';
import type { WatchRequest } from '../app/hunt/hunt.ts';
import { zonesOf } from '../app/ingest/zones.ts';
import { loadConfiguration } from '../app/load-configuration.ts';
import { givenKey } from '../app/people/key.ts';
import { type AlertLevel, alertLevels } from '../core/alert.ts';
import { UsageError } from '../core/errors.ts';
import type { Configuration } from '../core/policy.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';

/** The command line with what `postern.yaml` adds to it. */
export interface HuntAsked {
  readonly invocation: Invocation;
  readonly configuration: Configuration;
}

export const askedHunt = async (given: Invocation): Promise<HuntAsked> => {
  const { options, ...configuration } = await loadConfiguration(
    given.values.get('config'),
    spellingOf(given, 'config'),
  );
  return { invocation: withFileOptions(given, options), configuration };
};

const listOf = (given: string | undefined, separator: RegExp): readonly string[] =>
  (given ?? '')
    .split(separator)
    .map(each => each.trim())
    .filter(each => each !== '');

/** @throws UsageError */
export const levelOf = (
  invocation: Invocation,
  flag: string,
  otherwise: AlertLevel,
): AlertLevel => {
  const given = invocation.values.get(flag);
  if (given === undefined) return otherwise;
  const level = alertLevels.find(each => each === given);
  if (level !== undefined) return level;
  throw new UsageError(
    `hunt: ${spellingOf(invocation, flag)} "${given.slice(0, 40)}": expected one of ${alertLevels.join(', ')}`,
  );
};

/** What ends a run with 2: an alert of this level; `never`. */
export const failOnOf = (invocation: Invocation): AlertLevel | 'never' =>
  invocation.values.get('fail-on') === 'never' ? 'never' : levelOf(invocation, 'fail-on', 'high');

/** Undefined: it is no backtest. */
export const windowOf = (
  invocation: Invocation,
): { readonly fromMs: number; readonly toMs: number } | undefined => {
  const { values, switches } = invocation;
  const since = values.get('since');
  const until = values.get('until');
  if (since === undefined && until === undefined && !switches.has('backtest')) return undefined;
  const fromMs =
    since === undefined
      ? Number.NEGATIVE_INFINITY
      : timeOf(`hunt: ${spellingOf(invocation, 'since')}`, since)[0];
  const toMs =
    until === undefined
      ? Number.POSITIVE_INFINITY
      : timeOf(`hunt: ${spellingOf(invocation, 'until')}`, until)[1];
  if (fromMs > toMs) {
    throw new UsageError(`hunt: ${spellingOf(invocation, 'until')} is before --since`);
  }
  return { fromMs, toMs };
};

/** Rules that were asked for, however they were spelt. */
export const rulesOf = (
  invocation: Invocation,
): {
  readonly folders: readonly string[];
  readonly said: string;
  readonly only: readonly string[];
} => ({
  folders: listOf(invocation.values.get('rules'), /\n/),
  said: `hunt: ${spellingOf(invocation, 'rules')}`,
  only: listOf(invocation.values.get('rule'), /,/),
});

/** @throws UsageError */
export const watchRequestOf = (
  { invocation, configuration }: HuntAsked,
  store: string,
  say: (stage: string) => void,
): WatchRequest => {
  const { values, switches } = invocation;
  const { watch, exposure, folder = '.', organisation } = configuration;
  const zone = values.get('zone');
  // A zone that is none is said before anything is looked at.
  zonesOf(zone, `hunt: ${spellingOf(invocation, 'zone')}`, 'UTC');
  return {
    store,
    policy: watch,
    ...rulesOf(invocation),
    shown: {
      from: levelOf(invocation, 'level', 'informational'),
      components: listOf(values.get('component'), /,/),
    },
    zone,
    names: switches.has('names'),
    key: givenKey(process.env, exposure.key, configuration.folder),
    now: Date.now,
    say,
    folder,
    environment: process.env,
    organisation,
    offline: switches.has('offline'),
  };
};
