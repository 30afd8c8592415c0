import type { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { UsageError } from '../../core/errors.ts';
import { proveLine } from '../../evidence/prove.ts';
import { type EvidenceSummary, summarizeStore } from '../../evidence/summary.ts';
import { type VerifiedBundle, verifyBundle } from '../../evidence/verify/bundle.ts';
import type { WitnessKey } from '../../evidence/verify/cosignature.ts';
import {
  type LineProof,
  type ProvedLine,
  verifyLineProof,
} from '../../evidence/verify/line-proof.ts';
import { type NoteKey, readKey } from '../../evidence/verify/note.ts';
import { folderReader } from '../../evidence/verify/reader.ts';
import { type Verified, verifyStore } from '../../evidence/verify/verify-store.ts';
import { bundleFolder, isArchive, manifestOf, openBundle } from './bundle.ts';

/** What a store's log says of itself. */
export type Summary = EvidenceSummary;

export interface VerifyWhat {
  /** Folder of a store, a bundle, or a file with the proof of a line. */
  readonly path: string;
  /** Trusted key, or a file with keys. */
  readonly key?: string;
  /** File with a checkpoint that was kept elsewhere. */
  readonly remembered?: string;
  readonly deep: boolean;
  /** Keys of witnesses, and certificates of authorities, that are trusted. */
  readonly witnesses?: readonly WitnessKey[];
  readonly certificates?: readonly X509Certificate[];
}

export type Verdict =
  | ({ readonly kind: 'store' } & Verified)
  | ({ readonly kind: 'bundle' } & VerifiedBundle)
  | {
      readonly kind: 'line';
      readonly ok: true;
      readonly proved: ProvedLine;
      readonly trust: 'given' | 'own';
    }
  | { readonly kind: 'line'; readonly ok: false; readonly why: string };

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');

const readText = (path: string, flag: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`evidence verify: --${flag}: ${path} cannot be read`);
  }
};

const keysFrom = (given: string | undefined): readonly string[] => {
  if (given === undefined) return [];
  if (readKey(given).ok) return [given];
  const keys = linesOf(readText(given, 'key'));
  if (keys.length === 0)
    throw new UsageError(`evidence verify: --key: there is no key in ${given}`);
  for (const key of keys) {
    const read = readKey(key);
    if (!read.ok) throw new UsageError(`evidence verify: --key: ${given}: ${read.why}`);
  }
  return keys;
};

const noteKeys = (keys: readonly string[]): readonly NoteKey[] =>
  keys.flatMap(key => {
    const read = readKey(key);
    return read.ok ? [read.key] : [];
  });

/** Verifies a store, a bundle, or the proof of one line. */
export const verifyEvidence = async (what: VerifyWhat): Promise<Verdict> => {
  const { path, key, remembered, deep, witnesses = [], certificates = [] } = what;
  if (!existsSync(path)) throw new UsageError(`evidence verify: there is no ${path}`);
  const keys = keysFrom(key);
  const text = remembered === undefined ? undefined : readText(remembered, 'remembered');
  const options = {
    keys,
    deep,
    witnesses,
    certificates,
    ...(text === undefined ? {} : { remembered: text }),
  };
  if (statSync(path).isDirectory()) {
    const folder = bundleFolder(path);
    if (folder === undefined) return { kind: 'store', ...verifyStore(path, options) };
    const store = folderReader(folder);
    return { kind: 'bundle', ...verifyBundle(store, manifestOf(store, path), options) };
  }
  if (isArchive(path)) {
    const { store, close } = await openBundle(path);
    try {
      return { kind: 'bundle', ...verifyBundle(store, manifestOf(store, path), options) };
    } finally {
      close();
    }
  }
  const answer = verifyLineProof(readFileSync(path, 'utf8'), noteKeys(keys));
  return answer.ok
    ? { kind: 'line', ok: true, proved: answer.proved, trust: keys.length > 0 ? 'given' : 'own' }
    : { kind: 'line', ok: false, why: answer.why };
};

/** What a store's log says of itself. */
export const evidenceSummary = (store: string): EvidenceSummary => {
  const answer = summarizeStore(folderReader(store));
  if (!answer.ok) throw new UsageError(`evidence: ${store}: ${answer.why}`);
  return answer.summary;
};

/** @param at `SOURCE/SEGMENT/LINE`, both numbers from 1 on. */
export const proveEvidence = (store: string, at: string): LineProof => {
  const [, source, seq, line] = /^([^/]+)\/(\d{1,15})\/(\d{1,15})$/.exec(at) ?? [];
  if (source === undefined) {
    throw new UsageError(
      `evidence prove: "${at.slice(0, 120)}" names no line; expected SOURCE/SEGMENT/LINE, as events give it`,
    );
  }
  const answer = proveLine(folderReader(store), { source, seq: Number(seq), line: Number(line) });
  if (!answer.ok) throw new UsageError(`evidence prove: ${at}: ${answer.why}`);
  return answer.proof;
};
