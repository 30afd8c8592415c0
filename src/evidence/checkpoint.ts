import { type NoteSigner, signNote } from './note.ts';
import type { Checkpoint } from './verify/checkpoint.ts';

/** A checkpoint without extension lines, signed (C2SP tlog-checkpoint). */
export const signCheckpoint = (
  { origin, size, root }: Checkpoint,
  signers: readonly NoteSigner[],
): string => signNote(`${origin}\n${size}\n${root.toString('base64')}\n`, signers);
