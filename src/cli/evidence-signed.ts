import type { VerifyWhat } from '../app/evidence/inspect.ts';
import { askAuthority, certificatesOf } from '../app/evidence/stamp.ts';
import { askWitnesses, type SignedBy, shownLog, witnessKeys } from '../app/evidence/witness.ts';
import { exitCodes, messageOf, UsageError } from '../core/errors.ts';
import type { Configuration } from '../core/policy.ts';
import { oneLine, safeJson } from '../report/plain.ts';
import { type Invocation, spellingOf } from './arguments.ts';
import { progressLine } from './manner.ts';
import type { Outcome } from './outcome.ts';
import { storeFolder, storeToRead } from './store-folder.ts';
import { writeAll } from './write-all.ts';

type Settings = Pick<Configuration, 'evidence' | 'folder'>;

/** Keys and certificates of `postern.yaml`, for whoever verifies. */
export const trustedOthers = ({
  evidence,
  folder,
}: Settings): Required<Pick<VerifyWhat, 'witnesses' | 'certificates'>> => ({
  witnesses: witnessKeys(evidence.witnesses),
  certificates: certificatesOf(evidence.timestamps ?? {}, folder),
});

const askAll = async (
  store: string,
  { evidence, folder }: Settings,
): Promise<{ readonly size: number; readonly answers: readonly SignedBy[] }> => {
  const shown = shownLog(store);
  const { witnesses, timestamps } = evidence;
  const answers = [
    ...(await askWitnesses(shown, witnesses)),
    ...(timestamps === undefined ? [] : [await askAuthority(shown, timestamps, folder)]),
  ];
  return { size: shown.checkpoint.size, answers };
};

const wordsOf = ({ name, state, why = '' }: SignedBy): string => {
  switch (state) {
    case 'signed':
      return oneLine(`${name}: signed`);
    case 'already':
      return oneLine(`${name}: had signed it already`);
    case 'failed':
      return oneLine(`${name}: NOT signed: ${why}`);
  }
};

/** `postern evidence witness`. */
export const witness = async (
  invocation: Invocation,
  settings: Settings,
  format: 'text' | 'json',
): Promise<Outcome> => {
  const { witnesses, timestamps } = settings.evidence;
  if (witnesses.length === 0 && timestamps === undefined) {
    throw new UsageError(
      'evidence witness: postern.yaml names nobody to ask: evidence.witnesses, evidence.timestamps; see docs/configuration.md',
    );
  }
  if (invocation.switches.has('offline')) {
    throw new UsageError(`evidence witness: ${spellingOf(invocation, 'offline')} forbids it`);
  }
  const { say, end } = progressLine(invocation);
  say('showing the log to witnesses');
  try {
    const { size, answers } = await askAll(storeToRead(invocation), settings);
    const isWhole = answers.every(({ state }) => state !== 'failed');
    return {
      text:
        format === 'json'
          ? `${safeJson({ schema: 'postern.evidence-witness/1', size, answers }, 2)}\n`
          : `${[`the log at ${size} leaves`, ...answers.map(wordsOf)].join('\n')}\n`,
      exit: isWhole ? exitCodes.done : exitCodes.unseen,
      out: invocation.values.get('out'),
    };
  } finally {
    end();
  }
};

/** After lines were kept: whoever is named is asked to sign. What fails is told, and is no failure of keeping. */
export const witnessKept = async (invocation: Invocation, settings: Settings): Promise<void> => {
  const { witnesses, timestamps } = settings.evidence;
  const isAsked = witnesses.length > 0 || timestamps !== undefined;
  if (!isAsked || invocation.switches.has('offline')) return;
  try {
    const { answers } = await askAll(storeFolder(invocation), settings);
    const failed = answers.filter(({ state }) => state === 'failed');
    for (const each of failed) writeAll(2, `postern: ${wordsOf(each)}\n`);
  } catch (thrown) {
    writeAll(2, `postern: the log was shown to no witness: ${oneLine(messageOf(thrown))}\n`);
  }
};
