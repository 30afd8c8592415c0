import { loadConfiguration } from '../app/configuration.ts';
import { rangeOf, writeBundle } from '../app/evidence/bundle.ts';
import { holdLines, keepFor, pruneLines, releaseHold } from '../app/evidence/decide.ts';
import { evidenceSummary, proveEvidence, verifyEvidence } from '../app/evidence/inspect.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import { gapsText, statusText, verdictJson, verdictText } from './evidence-text.ts';
import { openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { storeToRead } from './store-folder.ts';
import { formatOf } from './target.ts';
import { evidenceFormats } from './verbs.ts';

const decide = async (
  invocation: Invocation,
  action: string,
  words: readonly string[],
): Promise<string> => {
  const at = {
    store: storeToRead(invocation),
    now: () => new Date(),
    key: process.env['POSTERN_EVIDENCE_KEY'],
  };
  if (action === 'prune') return `${await pruneLines(at)} segments deleted\n`;
  const why = invocation.values.get('why');
  if (why === undefined) {
    throw new UsageError(`evidence ${action}: --why TEXT is missing: the log says why`);
  }
  const [first = '', second] = words;
  switch (action) {
    case 'keep':
      await keepFor(at, first, second, why);
      return `lines of ${second ?? 'all sources'} are kept ${first} days; older ones go with postern evidence prune\n`;
    case 'hold':
      await holdLines(at, words, why);
      return `held: ${first}\n`;
    default:
      await releaseHold(at, first, why);
      return `released: ${first}\n`;
  }
};

/** Lines and what shows that they are unaltered, as one file for somebody else. */
const bundle = async (invocation: Invocation): Promise<string> => {
  const out = invocation.values.get('out');
  if (out === undefined) {
    throw new UsageError(
      'evidence bundle: --out FILE is missing (.tar or .tgz); see postern evidence --help',
    );
  }
  const { values } = invocation;
  const range = rangeOf(
    values.get('source'),
    values.get('from'),
    values.get('to'),
    values.get('case'),
  );
  const stream = openOut(out);
  try {
    const { segments, lines, deleted } = await writeBundle({
      store: storeToRead(invocation),
      range,
      isPacked: /\.t(?:ar\.)?gz$/.test(out),
      write: stream.write,
    });
    stream.finish();
    const gone = deleted === 0 ? '' : `; ${deleted} segments of them were deleted by policy`;
    return `${out}: ${lines} lines in ${segments} segments${gone}\nWhoever gets it reads README.txt in it, and takes the key from you by other means: ${storeToRead(invocation)}/log/keys\n`;
  } catch (thrown) {
    stream.abandon();
    throw thrown;
  }
};

/** Which action each option is for; what is not named here is for all. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  key: ['verify'],
  remembered: ['verify'],
  deep: ['verify'],
  source: ['bundle'],
  from: ['bundle'],
  to: ['bundle'],
  case: ['bundle'],
};

/** `postern evidence verify | status | gaps | prove | bundle | keep | hold | release | prune`. */
export const runEvidence = async (given: Invocation): Promise<Outcome> => {
  const configuration = loadConfiguration(given.values.get('config'), spellingOf(given, 'config'));
  const invocation = withFileOptions(given, configuration.options);
  const format = formatOf(invocation, evidenceFormats, 'text');
  const out = invocation.values.get('out');
  const { name: action, words } = invocation.action ?? { name: 'status', words: [] };
  const store = storeToRead(invocation);
  const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
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
      });
      const text = format === 'json' ? asJson(verdictJson(verdict)) : verdictText(verdict);
      return { text, exit: verdict.ok ? exitCodes.done : exitCodes.crossed, out };
    }
    case 'prove':
      // The proof is a file for others: JSON, whatever the format.
      return { text: asJson(proveEvidence(store, words[0] ?? '')), exit: exitCodes.done, out };
    case 'bundle':
      // The file that was asked for is the bundle itself.
      return { text: await bundle(invocation), exit: exitCodes.done, out: undefined };
    case 'keep':
    case 'hold':
    case 'release':
    case 'prune':
      return { text: await decide(invocation, action, words), exit: exitCodes.done, out };
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
