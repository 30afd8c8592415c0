import { writeBundle } from '../app/evidence/bundle.ts';
import { caseFile, readCase } from '../app/scope/cases.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import type { Invocation } from './arguments.ts';
import { openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { storeToRead } from './store-folder.ts';

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `postern scope bundle CASE`: what a case rests on in the logs, for somebody who has no access to the store. */
export const bundleCase = async (
  invocation: Invocation,
  name: string,
  version: number | undefined,
): Promise<Outcome> => {
  const out = invocation.values.get('out');
  if (out === undefined) throw new UsageError('scope bundle: --out FILE is missing (.tar or .tgz)');
  const store = storeToRead(invocation);
  const kept = readCase(store, name, version);
  const { breaches } = kept.asked;
  if (breaches.length === 0) {
    throw new UsageError(`scope bundle: the case ${name} has findings only: no lines of any log`);
  }
  const stream = openOut(out);
  try {
    const { segments, lines, deleted } = await writeBundle({
      store,
      range: {
        fromDay: dayOf(Math.min(...breaches.map(({ fromMs }) => fromMs))),
        toDay: dayOf(Math.max(...breaches.map(({ toMs }) => toMs))),
      },
      along: [caseFile(store, kept)],
      isPacked: /\.t(?:ar\.)?gz$/.test(out),
      write: stream.write,
    });
    stream.finish();
    const gone = deleted === 0 ? '' : `; ${deleted} segments of them were deleted by policy`;
    const text = `${out}: version ${kept.version} of ${name}, ${lines} lines in ${segments} segments${gone}\nIts record in the log names scope/${name}/ by SHA-256. Whoever gets it reads README.txt in it.\n`;
    return { text, exit: exitCodes.done, out: undefined };
  } catch (thrown) {
    stream.abandon();
    throw thrown;
  }
};
