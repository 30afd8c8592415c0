import { rangeOf, writeBundle } from '../app/evidence/bundle.ts';
import {
  holdLines,
  keepFor,
  pruneLines,
  releaseHold,
  retireSource,
  rotateKey,
} from '../app/evidence/decide.ts';
import { reparseLines } from '../app/evidence/reparse.ts';
import { zonesOf } from '../app/ingest/zones.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { oneLine, safeJson } from '../report/plain.ts';
import { type Invocation, spellingOf } from './arguments.ts';
import { progressLine } from './manner.ts';
import { openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { storeToRead } from './store-folder.ts';

/** What is decided of lines: a record in the log. */
export const decide = async (
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
    case 'retire':
      await retireSource(at, first, why);
      return `retired: ${first}\n`;
    case 'rotate-key': {
      const verifierKey = await rotateKey(at, words[0], why);
      return [
        'another key signs the log from now on; tell those who verify:',
        verifierKey,
        ...(at.key === undefined ? [] : [`POSTERN_EVIDENCE_KEY=${words[0] ?? ''} from now on`]),
        '',
      ].join('\n');
    }
    default:
      await releaseHold(at, first, why);
      return `released: ${first}\n`;
  }
};

/** Lines and what shows that they are unaltered, as one file for somebody else. */
export const bundle = async (invocation: Invocation): Promise<string> => {
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

/** What the store is told to do about rows. */
export const reparse = async (
  invocation: Invocation,
  format: 'text' | 'json',
): Promise<Outcome> => {
  const { values, switches } = invocation;
  const range = rangeOf(values.get('source'), values.get('from'), values.get('to'), undefined);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zoneOf = zonesOf(
    values.get('zone'),
    `evidence reparse: ${spellingOf(invocation, 'zone')}`,
    here,
  );
  const { say, end } = progressLine(invocation);
  try {
    const done = await reparseLines({
      store: storeToRead(invocation),
      now: () => new Date(),
      key: process.env['POSTERN_EVIDENCE_KEY'],
      range,
      zoneOf,
      dropOld: switches.has('drop-old'),
      progress: (done, of) => say(`${done} of ${of} segments`),
    });
    const { changed, same, left, damaged } = done;
    const text = [
      `rows of ${changed} segments are new, of ${same} they are the same`,
      ...(left === 0
        ? []
        : [
            `${left} segments keep the rows they have: how their file began, or where, cannot be told any more`,
          ]),
      ...damaged.map(({ path, why }) => oneLine(`${path}: ${why}; nothing was made of it`)),
      '',
    ].join('\n');
    const exit = damaged.length > 0 ? exitCodes.crossed : exitCodes.done;
    const json = { schema: 'postern.evidence-reparse/1', ...done };
    return {
      text: format === 'json' ? `${safeJson(json, 2)}\n` : text,
      exit,
      out: values.get('out'),
    };
  } finally {
    end();
  }
};
