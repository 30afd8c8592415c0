import type { Answer } from '../core/answer.ts';
import type { Invocation } from './arguments.ts';
import { formatOf, progressLine, wantsColor } from './manner.ts';
import { openAdvisories } from './open-advisories.ts';
import type { Outcome } from './outcome.ts';
import { storeToRead } from './store-folder.ts';
import { prepare } from './target.ts';
import { exitOf, thresholdOf } from './threshold.ts';
import { confirmFormats } from './verbs.ts';

type Format = (typeof confirmFormats)[number];

/** Each format's writer is loaded only when it is asked for. */
const render = async (format: Format, answer: Answer, invocation: Invocation): Promise<string> => {
  switch (format) {
    case 'text':
      return (await import('../report/text.ts')).text(answer, {
        color: wantsColor(invocation),
        verbose: invocation.switches.has('verbose'),
      });
    case 'json':
      return (await import('../report/json.ts')).json(answer);
    case 'html':
      return (await import('../report/html.ts')).html(answer);
    case 'cyclonedx':
      return (await import('../report/cyclonedx.ts')).cyclonedx(answer);
    case 'sarif':
      return (await import('../report/sarif.ts')).sarif(answer);
    case 'junit':
      return (await import('../report/junit.ts')).junit(answer);
    case 'oscal':
      return (await import('../report/oscal.ts')).oscal(answer);
    case 'ocsf':
      return (await import('../report/ocsf.ts')).ocsf(answer);
  }
};

export const runConfirm = async (given: Invocation): Promise<Outcome> => {
  const { invocation, aim } = await prepare(given);
  const format = formatOf(invocation, confirmFormats, 'text');
  const threshold = thresholdOf(invocation);
  const aimed = await aim();
  const { confirm } = await import('../app/confirm.ts');
  const { openLedger } = await import('../app/ledger.ts');
  const { say, end } = progressLine(invocation);
  const advisories = await openAdvisories(invocation, aimed);
  // The sample stands still; everything else is compared with the run before, where a store is.
  const memory =
    'sample' in aimed.target ? undefined : openLedger(storeToRead(invocation), aimed.files);
  try {
    const answer = confirm({
      ...aimed,
      progress: say,
      ...('root' in aimed.target
        ? { evidence: { store: storeToRead(invocation), root: aimed.target.root } }
        : {}),
      ...(advisories === undefined ? {} : { advisories }),
      ...(memory === undefined ? {} : { memory }),
    });
    const text = await render(format, answer, invocation);
    return { text, exit: exitOf(answer, threshold), out: invocation.values.get('out') };
  } finally {
    end();
    advisories?.close();
    memory?.close();
  }
};
