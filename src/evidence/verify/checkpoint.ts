import { hashBytes } from './merkle.ts';
import { type Answer, fromBase64, type NoteKey, openNote } from './note.ts';

/** What a log states of itself at one size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Name of the log. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Buffer;
}

/** A whole number as C2SP writes it: decimal, without leading zeros, exact. */
export const readCount = (text: string): number | undefined => {
  const value = Number(text);
  return /^(?:0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
};

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

/** Reads the text of a note as a checkpoint. Lines after the third are not for us, and may not be empty. */
export const readCheckpoint = (text: string): Answer<{ readonly checkpoint: Checkpoint }> => {
  if (!text.endsWith('\n')) return no('its last line does not end');
  const [origin = '', size = '', root = '', ...more] = text.slice(0, -1).split('\n');
  if (origin === '') return no('its first line, the name of the log, is empty');
  const leaves = readCount(size);
  if (leaves === undefined) return no('its second line is no number of leaves');
  const hash = fromBase64(root);
  if (hash?.length !== hashBytes) return no('its third line is no hash of 32 bytes');
  if (more.includes('')) return no('there is an empty line in it');
  return { ok: true, checkpoint: { origin, size: leaves, root: hash } };
};

/** A checkpoint that one of the keys signed, under its own name. */
export const openCheckpoint = (
  bytes: Uint8Array,
  keys: readonly NoteKey[],
): Answer<{ readonly checkpoint: Checkpoint; readonly signedBy: readonly NoteKey[] }> => {
  const opened = openNote(bytes, keys);
  if (!opened.ok) return opened;
  const read = readCheckpoint(opened.note.text);
  if (!read.ok) return read;
  const { checkpoint } = read;
  return opened.signedBy.some(({ name }) => name === checkpoint.origin)
    ? { ok: true, checkpoint, signedBy: opened.signedBy }
    : no(`it speaks of the log ${checkpoint.origin}, whose key did not sign it`);
};
