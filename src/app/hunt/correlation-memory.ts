import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Correlator, type CorrelatorLimits } from '../../detect/correlation/correlator.ts';
import type { SavedCorrelations } from '../../detect/correlation/saved.ts';
import { HuntCorrelations } from '../../store/hunt-correlations.ts';
import type { HuntState } from '../../store/hunt-state.ts';
import type { LoadedRules } from './pipeline.ts';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const unpackedMax = 1 << 30;

/** Beyond these, all is written anew: what was let go of meanwhile need not be kept, nor be read again. */
const piecesMax = 300;
const slackBytes = 1 << 20;

/** Seals what names people, so that a copy of the store does not name them. */
class Seal {
  private readonly key: Uint8Array;

  /** @param key of the store's pseudonyms; nothing else is made with what is made of it here */
  constructor(key: Uint8Array) {
    this.key = new Uint8Array(hkdfSync('sha256', key, '', 'postern hunt correlations', 32));
  }

  close(saved: SavedCorrelations): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.key, nonce);
    const text = deflateRawSync(Buffer.from(JSON.stringify(saved)), { level: 1 });
    return Buffer.concat([nonce, sealing.update(text), sealing.final(), sealing.getAuthTag()]);
  }

  /** @throws where it was sealed with another key, or is damaged */
  open(sealed: Uint8Array): SavedCorrelations {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const opening = createDecipheriv(cipher, this.key, bytes.subarray(0, nonceBytes));
    opening.setAuthTag(bytes.subarray(-tagBytes));
    const text = Buffer.concat([
      opening.update(bytes.subarray(nonceBytes, -tagBytes)),
      opening.final(),
    ]);
    const unpacked = inflateRawSync(text, { maxOutputLength: unpackedMax });
    return JSON.parse(unpacked.toString('utf8')) as SavedCorrelations;
  }
}

/** A correlator that goes on where the run before stopped. */
export class CorrelationMemory {
  readonly correlator: Correlator;
  /** Why it could not go on where the run before stopped. */
  readonly lost: string | undefined;
  private readonly kept: HuntCorrelations;
  private readonly seal: Seal;
  private readonly fingerprint: string;
  private pieces = 0;
  private bytes = 0;
  private wholeBytes = 0;

  /** @param key of the store's pseudonyms */
  constructor(
    state: HuntState,
    key: Uint8Array,
    { rules, fingerprint }: Pick<LoadedRules, 'rules' | 'fingerprint'>,
    limits?: CorrelatorLimits,
  ) {
    this.kept = new HuntCorrelations(state);
    this.seal = new Seal(key);
    this.fingerprint = fingerprint;
    let correlator = new Correlator(rules, limits);
    try {
      const pieces = this.kept.pieces(fingerprint);
      if (pieces.length > 0) correlator.restore(pieces.map(piece => this.seal.open(piece)));
      this.pieces = pieces.length;
      this.bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      this.wholeBytes = pieces[0]?.length ?? 0;
    } catch {
      this.lost =
        'what correlations had in hand was sealed with another key, or is damaged: they begin anew, and events of before count for none of them';
      correlator = new Correlator(rules, limits);
      // Whatever is added to pieces that nobody can read could not be read either.
      this.pieces = piecesMax;
    }
    this.correlator = correlator;
  }

  /** Writes down what came since the last time: within the transaction of a pass. */
  keep(): void {
    const isMuch = this.bytes > this.wholeBytes * 2 + slackBytes;
    const since = this.pieces >= piecesMax || isMuch ? undefined : this.correlator.saveSince();
    if (since !== undefined && this.pieces > 0) {
      // What was decided and came to nothing comes to nothing again.
      if (since.hits.length > 0 || since.fired.length > 0) this.put(since, false);
      return;
    }
    this.put(this.correlator.save(), true);
  }

  private put(saved: SavedCorrelations, isWhole: boolean): void {
    const piece = this.seal.close(saved);
    this.kept.put(this.fingerprint, piece, isWhole);
    this.pieces = isWhole ? 1 : this.pieces + 1;
    this.bytes = isWhole ? piece.length : this.bytes + piece.length;
    if (isWhole) this.wholeBytes = piece.length;
  }
}
