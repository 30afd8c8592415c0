import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { dayNumbers, daysKept, type History } from '../../detect/baselines/history.ts';
import type { BaselineLearner, Learnt } from '../../detect/baselines/learner.ts';
import {
  ComponentMemory,
  type Met,
  peerMeasures,
  Subject,
  type SubjectKind,
  subjectKinds,
} from '../../detect/baselines/memory.ts';
import { lastHourOf } from '../../detect/baselines/part-of-tally.ts';
import type { SegmentTally } from '../../detect/baselines/tally.ts';
import type { BaselineSubjectRow, HuntBaselines } from '../../store/hunt-baselines.ts';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Seals what names people and is not over yet, so that a copy of the store does not name them. */
class Seal {
  private readonly key: Uint8Array;

  constructor(key: Uint8Array) {
    this.key = new Uint8Array(hkdfSync('sha256', key, '', 'postern hunt baselines in hand', 32));
  }

  close(tally: SegmentTally): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.key, nonce);
    const sealed = [sealing.update(serialize(tally)), sealing.final()];
    return Buffer.concat([nonce, ...sealed, sealing.getAuthTag()]);
  }

  /** @throws where it was sealed with another key, or is damaged */
  open(piece: Uint8Array): SegmentTally {
    const bytes = Buffer.from(piece);
    const opening = createDecipheriv(cipher, this.key, bytes.subarray(0, nonceBytes));
    opening.setAuthTag(bytes.subarray(-tagBytes));
    const sealed = bytes.subarray(nonceBytes, -tagBytes);
    return deserialize(Buffer.concat([opening.update(sealed), opening.final()])) as SegmentTally;
  }
}

const sparsePair = 6;

/** Of a day on which little happened: a place and a number for each that is not 0. */
const packedCounts = (counts: Uint32Array): Uint8Array => {
  const used = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  if (used * sparsePair >= counts.length * 4) {
    const bytes = Buffer.alloc(counts.length * 4);
    for (const [i, count] of counts.entries()) bytes.writeUInt32LE(count, i * 4);
    return bytes;
  }
  const bytes = Buffer.alloc(used * sparsePair);
  let at = 0;
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    bytes.writeUInt16LE(i, at);
    bytes.writeUInt32LE(count, at + 2);
    at += sparsePair;
  }
  return bytes;
};

const unpackedCounts = (packed: Uint8Array, length: number): Uint32Array => {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const counts = new Uint32Array(length);
  if (bytes.length === length * 4) {
    for (let i = 0; i < length; i += 1) counts[i] = bytes.readUInt32LE(i * 4);
    return counts;
  }
  for (let at = 0; at + sparsePair <= bytes.length; at += sparsePair) {
    const place = bytes.readUInt16LE(at);
    if (place < length) counts[place] = bytes.readUInt32LE(at + 2);
  }
  return counts;
};

const peerNumbers = 2 * peerMeasures.length;
const isSubjectKind = (kind: string): kind is SubjectKind =>
  subjectKinds.some(each => each === kind);

/** What was learnt, as it lies in a store; people are under pseudonyms. */
export class BaselinesState {
  private readonly kept: HuntBaselines;
  private readonly seal: Seal;
  private readonly fingerprint: string;
  private readonly keptDays = new Set<number>();
  private droppedDay = -Infinity;
  private mustClear = false;

  /** @param key that `baselinesKey` made. @param fingerprint of it */
  constructor(kept: HuntBaselines, key: Uint8Array, fingerprint: string) {
    this.kept = kept;
    this.seal = new Seal(key);
    this.fingerprint = fingerprint;
  }

  /** Nothing, where it was learnt under another key: names are not known again. */
  load(): Learnt & { readonly pieces: readonly SegmentTally[]; readonly lost: string | undefined } {
    const head = this.kept.head();
    if (head?.key !== this.fingerprint) {
      this.mustClear = true;
      const lost =
        head === undefined
          ? undefined
          : 'what baselines had learnt was made with another key: they learn anew';
      return { components: [], keptDays: [], pieces: [], lost };
    }
    const components = this.memories();
    for (const day of this.kept.keptDays()) this.keptDays.add(day);
    let pieces: readonly SegmentTally[] = [];
    let lost: string | undefined;
    try {
      pieces = this.kept.pieces().map(piece => this.seal.open(piece));
    } catch {
      lost = 'what baselines had in hand of the last hour is damaged: that hour is not judged';
    }
    return { components, keptDays: this.keptDays, pieces, lost };
  }

  private memories(): readonly ComponentMemory[] {
    const { kept } = this;
    const memories = new Map<string, ComponentMemory>();
    for (const { component, closed, told, late, crowded } of kept.components()) {
      const memory = new ComponentMemory(component);
      memory.closed = closed ?? -Infinity;
      memory.told = new Set(JSON.parse(told) as readonly string[]);
      memory.late = late;
      memory.crowded = crowded;
      memories.set(component, memory);
    }
    for (const { component, source, lastMs } of kept.sources()) {
      memories.get(component)?.sources.set(source, lastMs);
    }
    for (const { component, kind, id, label, ...days } of kept.subjects()) {
      if (!isSubjectKind(kind)) continue;
      const subject = new Subject(kind, id, days.firstDay);
      subject.lastDay = days.lastDay;
      subject.newAddressDay = days.newAddressDay;
      subject.label = label ?? undefined;
      memories.get(component)?.subjects.get(kind)?.set(id, subject);
    }
    const subjectOf = ({ component, kind, id }: BaselineSubjectRow): Subject | undefined =>
      isSubjectKind(kind) ? memories.get(component)?.subject(kind, id) : undefined;
    for (const row of kept.days()) {
      const memory = memories.get(row.component);
      if (row.kind === 'peers') {
        memory?.peers.days.set(row.day, unpackedCounts(row.counts, peerNumbers));
        continue;
      }
      const history = row.kind === 'component' ? memory?.history : subjectOf(row)?.history;
      history?.days.set(row.day, unpackedCounts(row.counts, dayNumbers));
    }
    for (const row of kept.met()) {
      const subject = subjectOf(row);
      const own = row.what === 'mailbox' ? subject?.mailboxes : subject?.addresses;
      const met = row.kind === 'component' ? memories.get(row.component)?.seen : own;
      met?.restore(row.other, row.days);
    }
    return [...memories.values()];
  }

  /** Writes down what is new: within the transaction of a pass. */
  save(learner: BaselineLearner, strayed: number): void {
    const { kept } = this;
    if (this.mustClear) kept.clear();
    this.mustClear = false;
    kept.putHead(this.fingerprint, strayed);
    for (const memory of learner.memories) this.saveComponent(memory);
    for (const day of learner.keptDays) {
      if (!this.keptDays.has(day)) kept.putKeptDay(day);
      this.keptDays.add(day);
    }
    for (const tally of learner.notOver()) {
      const last = lastHourOf(tally);
      if (last !== undefined) kept.putPiece(last, this.seal.close(tally));
    }
    kept.dropPieces(learner.openHour ?? Number.MAX_SAFE_INTEGER);
    const newest = Math.max(-Infinity, ...learner.keptDays);
    if (newest > this.droppedDay && Number.isFinite(newest)) {
      // What is learnt is learnt up to lines that came; a clock that runs ahead must not forget for it.
      kept.dropDays(newest - 2 * daysKept);
      this.droppedDay = newest;
    }
  }

  private saveComponent(memory: ComponentMemory): void {
    const { kept } = this;
    const { name: component, late, crowded, closed } = memory;
    kept.putComponent({
      component,
      closed: Number.isFinite(closed) ? closed : null,
      told: JSON.stringify([...memory.told]),
      late,
      crowded,
    });
    for (const [source, lastMs] of memory.sources) kept.putSource({ component, source, lastMs });
    const own = { component, kind: 'component', id: 0 };
    this.saveDays(own, memory.history, memory.changedDays);
    for (const day of memory.peers.changedDays) {
      const counts = memory.peers.days.get(day);
      if (counts !== undefined) {
        kept.putDay({ component, kind: 'peers', id: 0, day, counts: packedCounts(counts) });
      }
    }
    memory.peers.changedDays.clear();
    this.saveMet(own, 'address', memory.seen);
    for (const subjects of memory.subjects.values()) {
      for (const subject of subjects.values()) this.saveSubject(component, subject);
    }
  }

  private saveSubject(component: string, subject: Subject): void {
    if (subject.changedDays.size === 0) return;
    const { kind, id, label = null, firstDay, lastDay, newAddressDay } = subject;
    const own = { component, kind, id };
    this.kept.putSubject({ ...own, label, firstDay, lastDay, newAddressDay });
    this.saveDays(own, subject.history, subject.changedDays);
    this.saveMet(own, 'mailbox', subject.mailboxes);
    this.saveMet(own, 'address', subject.addresses);
  }

  private saveDays(own: BaselineSubjectRow, { days }: History, changed: Set<number>): void {
    for (const day of changed) {
      const counts = days.get(day);
      if (counts !== undefined) this.kept.putDay({ ...own, day, counts: packedCounts(counts) });
    }
    changed.clear();
  }

  private saveMet(own: BaselineSubjectRow, what: 'mailbox' | 'address', met: Met): void {
    for (const other of met.changed) {
      const days = met.days.get(other);
      if (days !== undefined) this.kept.putMet({ ...own, what, other, days });
    }
    met.changed.clear();
  }
}
