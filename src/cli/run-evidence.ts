import { evidenceSummary, proveEvidence, verifyEvidence } from '../app/evidence/inspect.ts';
import { loadConfiguration } from '../app/load-configuration.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { safeJson } from '../report/plain.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import { dwellText, gapsText, statusText, verdictJson, verdictText } from './evidence-text.ts';
import { formatOf } from './manner.ts';
import type { Outcome } from './outcome.ts';
import { storeToRead } from './store-folder.ts';
import { evidenceFormats } from './verbs.ts';

/** Which action each option is for; what is not named here is for all. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  key: ['verify'],
  remembered: ['verify'],
  deep: ['verify'],
  source: ['bundle', 'reparse'],
  from: ['bundle', 'reparse'],
  to: ['bundle', 'reparse'],
  case: ['bundle'],
  zone: ['reparse'],
  'drop-old': ['reparse'],
};

/** `postern evidence verify | status | gaps | prove | bundle | keep | hold | release | prune | reparse | replay-dwell | rotate-key | witness`. */
export const runEvidence = async (given: Invocation): Promise<Outcome> => {
  const configuration = await loadConfiguration(
    given.values.get('config'),
    spellingOf(given, 'config'),
  );
  const invocation = withFileOptions(given, configuration.options);
  const format = formatOf(invocation, evidenceFormats, 'text');
  const out = invocation.values.get('out');
  const { name: action, words } = invocation.action ?? { name: 'status', words: [] };
  const store = storeToRead(invocation);
  const asJson = (value: unknown): string => `${safeJson(value, 2)}\n`;
  for (const [flag, actions] of Object.entries(optionsOf)) {
    if (!actions.includes(action) && invocation.sources.get(flag) === 'flag') {
      throw new UsageError(`evidence ${action}: --${flag} is for ${actions.join(', ')}`);
    }
  }
  switch (action) {
    case 'verify': {
      const [key, remembered] = [invocation.values.get('key'), invocation.values.get('remembered')];
      const verdict = await verifyEvidence({
        path: words[0] ?? store,
        deep: invocation.switches.has('deep'),
        ...(key === undefined ? {} : { key }),
        ...(remembered === undefined ? {} : { remembered }),
        ...(await import('./evidence-signed.ts')).trustedOthers(configuration),
      });
      const text = format === 'json' ? asJson(verdictJson(verdict)) : verdictText(verdict);
      return { text, exit: verdict.ok ? exitCodes.done : exitCodes.crossed, out };
    }
    case 'prove':
      // The proof is a file for others: JSON, whatever the format.
      return { text: asJson(proveEvidence(store, words[0] ?? '')), exit: exitCodes.done, out };
    case 'bundle':
      // The file that was asked for is the bundle itself.
      return {
        text: await (await import('./evidence-acts.ts')).bundle(invocation),
        exit: exitCodes.done,
        out: undefined,
      };
    case 'replay-dwell': {
      const { dwellUnderPolicy } = await import('../app/evidence/dwell.ts');
      const replayed = dwellUnderPolicy(store, configuration.policy.retentionDays);
      const value = { schema: 'postern.evidence-dwell/1', ...replayed };
      const isGone = replayed.cases.some(({ state }) => state === 'gone');
      return {
        text: format === 'json' ? asJson(value) : dwellText(replayed),
        exit: isGone ? exitCodes.crossed : exitCodes.done,
        out,
      };
    }
    case 'witness':
      return await (await import('./evidence-signed.ts')).witness(
        invocation,
        configuration,
        format,
      );
    case 'reparse':
      return await (await import('./evidence-acts.ts')).reparse(invocation, format);
    case 'keep':
    case 'hold':
    case 'release':
    case 'retire':
    case 'rotate-key':
    case 'prune': {
      const { decide } = await import('./evidence-acts.ts');
      return { text: await decide(invocation, action, words), exit: exitCodes.done, out };
    }
    case 'gaps': {
      const summary = evidenceSummary(store);
      const { gaps, lastSealedDay } = summary;
      const value = { schema: 'postern.evidence-gaps/1', gaps, lastSealedDay };
      const text = format === 'json' ? asJson(value) : gapsText(summary);
      return { text, exit: gaps.length === 0 ? exitCodes.done : exitCodes.unseen, out };
    }
    default: {
      const summary = evidenceSummary(store);
      const value = { schema: 'postern.evidence-status/1', store, ...summary };
      return {
        text: format === 'json' ? asJson(value) : statusText(summary),
        exit: exitCodes.done,
        out,
      };
    }
  }
};
