import { isCosignedBy, type WitnessKey } from './verify/cosignature.ts';
import { type Answer, parseNote } from './verify/note.ts';

/** What a witness is sent (C2SP tlog-witness). @param proof that the log goes on from the old size. */
export const addCheckpointBody = (
  oldSize: number,
  proof: readonly Buffer[],
  checkpoint: string,
): string =>
  [`old ${oldSize}`, ...proof.map(each => each.toString('base64')), '', checkpoint].join('\n');

/** The size that a witness knows, where it is another than the one that it was told of. */
export const readKnownSize = (body: string): number | undefined => {
  const size = /^(0|[1-9]\d{0,14})\n?$/.exec(body)?.[1];
  return size === undefined ? undefined : Number(size);
};

/**
 * The signature lines of an answer that are the witness's, compared with its key; lines of others are passed over.
 *
 * @param checkpoint signed note that it was sent.
 */
export const readCosignatures = (
  answer: string,
  checkpoint: string,
  witness: WitnessKey,
): Answer<{ readonly lines: readonly string[] }> => {
  const [text = ''] = checkpoint.split('\n\n');
  const parsed = parseNote(Buffer.from(`${text}\n\n${answer}`));
  if (!parsed.ok) return { ok: false, why: `its answer cannot be read: ${parsed.why}` };
  const lines = answer.split('\n').filter(line => line !== '');
  const good = parsed.note.signatures.flatMap((signature, i) =>
    isCosignedBy(witness, signature, `${text}\n`) ? [lines[i] ?? ''] : [],
  );
  return good.length === 0
    ? { ok: false, why: 'it did not sign with the key that it is known by' }
    : { ok: true, lines: good };
};

/** A checkpoint with further signatures below; each line once. */
export const withSignatures = (checkpoint: string, lines: readonly string[]): string => {
  const [text = '', own = ''] = checkpoint.split('\n\n');
  const all = [...own.split('\n').filter(line => line !== ''), ...lines];
  return `${text}\n\n${[...new Set(all)].join('\n')}\n`;
};
