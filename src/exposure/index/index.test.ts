import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { messageFlags, roles } from '../../core/exposure-index.ts';
import { BatchBuilder, type Scanned, type ScannedHead } from './batch.ts';
import { IdentifierTable, inOrder } from './identifier-table.ts';
import { KeyTable } from './key-table.ts';
import { either, hasBit, Masks, typesMax, without, withTypes } from './masks.ts';
import { ScannedMemory, scannedRoom } from './scanned-memory.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { typeCounts } from './type-counts.ts';

const half = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const mask = fc.integer({ min: 0, max: 2 ** typesMax - 1 });
const person = fc.record({
  high: half,
  low: half,
  kind: fc.nat(4),
  roles: fc.nat(31),
  own: mask,
  weak: mask,
});
const scanned: fc.Arbitrary<Scanned> = fc.record({
  sure: mask,
  types: mask,
  weak: mask,
  shared: mask,
  people: fc.uniqueArray(person, { maxLength: 6, selector: each => `${each.high} ${each.low}` }),
  unseen: fc.constantFrom([], ['encrypted'], ['depth']),
});
const head: fc.Arbitrary<ScannedHead> = fc.record({
  idHigh: half,
  idLow: half,
  received: fc.nat(),
  sizeBytes: fc.nat(),
  flags: fc.nat(31),
});

describe('masks', () => {
  test('of 52 bits are joined and taken away as sets of bits', () => {
    fc.assert(
      fc.property(mask, mask, (a, b) => {
        for (let bit = 0; bit < typesMax; bit += 1) {
          expect(hasBit(either(a, b), bit)).toBe(hasBit(a, bit) || hasBit(b, bit));
          expect(hasBit(without(a, b), bit)).toBe(hasBit(a, bit) && !hasBit(b, bit));
        }
      }),
    );
  });

  test('keep the bit of a type whatever types come later', () => {
    expect(withTypes(['email', 'iban'], ['card', 'email'])).toEqual(['email', 'iban', 'card']);
    const many = Array.from({ length: typesMax + 1 }, (_, i) => `t${i}`);
    expect(() => withTypes([], many)).toThrow(RangeError);
    expect(new Masks(['a', 'b', 'c']).of(['c', 'a', 'nobody knows it'])).toBe(5);
  });
});

describe('pseudonyms', () => {
  test('are numbered once each, and put in order', () => {
    const few = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(1)), { maxLength: 60 });
    const many = fc.array(fc.tuple(half, half, fc.nat(4)), { maxLength: 3_000 });
    fc.assert(
      fc.property(fc.oneof(few, many), triples => {
        const table = new IdentifierTable();
        const numbers = triples.map(([high, low, kind]) => table.numberOf(high, low, kind));
        const names = triples.map(each => each.join(' '));
        expect(new Set(numbers).size).toBe(new Set(names).size);
        expect(table.length).toBe(new Set(names).size);
        for (const [i, name] of names.entries()) {
          expect(numbers[names.indexOf(name)]).toBe(numbers[i]);
        }
        const [high, low, kind] = [table.high.done(), table.low.done(), table.kind.done()];
        const wanted = [...high.keys()].sort(
          (a, b) =>
            (high[a] ?? 0) - (high[b] ?? 0) ||
            (low[a] ?? 0) - (low[b] ?? 0) ||
            (kind[a] ?? 0) - (kind[b] ?? 0),
        );
        expect([...inOrder(high, low, kind)]).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a segment', () => {
  test('holds of each message what its text and its attachments hold together', () => {
    const someone = { high: 5, low: 6, kind: 0, roles: roles.text, own: 1, weak: 0 };
    const other = { high: 1, low: 2, kind: 1, roles: roles.sender, own: 0, weak: 2 };
    const builder = new BatchBuilder();
    const nothing = { sure: 0, types: 0, weak: 0, shared: 0, people: [], unseen: [] };
    const about = { idHigh: 9, idLow: 8, received: 7, sizeBytes: 100, flags: 0 };
    builder.add(0, about, { ...nothing, types: 1, weak: 6, people: [someone, other] });
    builder.add(2, about, nothing, { ...someone, roles: roles.owner, own: 0 });
    const segment = new SegmentBuilder(['a', 'b', 'c']);
    const attached = {
      ...nothing,
      sure: 4,
      types: 4,
      people: [{ ...someone, roles: roles.attachment, own: 4 }],
      unseen: ['encrypted'],
    };
    const places = { first: 40, mailbox: [3, 3, 4], folder: [1, 1, 2], uid: [0, 0, 77] };
    segment.add(builder.done(), places, new Map([[0, [attached]]]));
    const { messages, mentions, identifiers, types, bytes } = segment.done();
    expect(Array.from(messages.message)).toEqual([40, 42]);
    expect(Array.from(messages.types)).toEqual([5, 0]);
    // What an attachment shows for certain is not weak any more.
    expect(Array.from(messages.weak)).toEqual([2, 0]);
    expect(Array.from(messages.flags)).toEqual([messageFlags.unseen | messageFlags.encrypted, 0]);
    expect(Array.from(messages.uid)).toEqual([0, 77]);
    expect([...identifiers.high]).toEqual([1, 5]);
    expect(Array.from(mentions.message)).toEqual([40, 40, 42]);
    expect(Array.from(mentions.identifier)).toEqual([1, 0, 1]);
    expect(Array.from(mentions.roles)).toEqual([
      roles.text | roles.attachment,
      roles.sender,
      roles.owner,
    ]);
    expect(Array.from(mentions.own)).toEqual([5, 0, 0]);
    expect(types).toEqual({ a: [0, 1, 0], b: [0, 0, 1], c: [1, 0, 0] });
    expect(bytes).toBe(200);
  });

  test('made of rows of others is what was kept of them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(head, scanned), { maxLength: 12 }), messages => {
        const builder = new BatchBuilder();
        for (const [item, [about, found]] of messages.entries()) builder.add(item, about, found);
        const count = messages.length;
        const numbers = Array.from({ length: count }, (_, i) => i);
        const places = { first: 10, mailbox: numbers, folder: numbers, uid: numbers };
        const segment = new SegmentBuilder(['a', 'b']);
        segment.add(builder.done(), places, new Map());
        const built = segment.done();
        const again = new SegmentBuilder(['a', 'b']);
        again.addRows(built, () => true);
        expect(again.done()).toEqual(built);
        const some = new SegmentBuilder(['a', 'b']);
        some.addRows(built, message => message % 2 === 0);
        const kept = some.done();
        expect(Array.from(kept.messages.message)).toEqual(
          Array.from(built.messages.message).filter(message => message % 2 === 0),
        );
        const used = new Set(Array.from(kept.mentions.identifier));
        expect(used.size).toBe(kept.identifiers.high.length);
      }),
      { numRuns: 60 },
    );
  });
});

test('types are counted by the surest finding in a message', () => {
  const counts = typeCounts({ sure: [1, 0, 0], types: [3, 2, 0], weak: [0, 1, 1] }, [
    'a',
    'b',
    'nowhere',
  ]);
  expect(counts).toEqual({ a: [1, 0, 2], b: [0, 2, 0] });
});

test('known messages are met by their keys, and the others are missed', () => {
  const of = (...values: readonly number[]): Uint32Array => Uint32Array.from(values);
  const table = new KeyTable({
    high: of(1, 1, 2 ** 32 - 1),
    low: of(16, 32, 16),
    message: of(7, 8, 9),
    segment: of(1, 1, 2),
  });
  expect(table.meet(1, 32)).toBe(1);
  expect(table.meet(2 ** 32 - 1, 16)).toBe(2);
  expect(table.meet(3, 16)).toBe(-1);
  expect([...table.missing()]).toEqual([7]);
});

test('what is remembered of messages comes back as it was, or not at all', () => {
  const messages = fc.uniqueArray(fc.tuple(half, half, head, scanned), {
    maxLength: 80,
    selector: ([high]) => high,
  });
  fc.assert(
    fc.property(messages, fc.integer({ min: 800, max: 4_000 }), (all, numbers) => {
      const room = scannedRoom(numbers);
      const memory = new ScannedMemory(room);
      const ofAnotherThread = new ScannedMemory(room);
      const kept = new Map<number, unknown>();
      let lastKept = false;
      for (const [high, low, about, found] of all) {
        const before = { head: about, scanned: found, hasAttachments: low % 2 === 1 };
        memory.put(high, low, before);
        kept.set(high, before);
        for (const [first, second] of all) {
          const known = ofAnotherThread.get(first, second);
          if (known !== undefined) expect(known).toEqual(kept.get(first));
        }
        lastKept = memory.get(high, low) !== undefined;
        expect(lastKept).toBe(true);
        expect(memory.get(high, (low + 1) % 2 ** 48)).toBeUndefined();
        const twice = { ...found, unseen: ['encrypted', 'encrypted'] };
        memory.put(low, high, { ...before, scanned: twice });
        expect(low === high ? undefined : memory.get(low, high)).toBeUndefined();
        // A thread that died at it.
        new Int32Array(room)[0] = 1;
        memory.put(high, high, before);
        expect(ofAnotherThread.get(high, low)).toBeUndefined();
        new Int32Array(room)[0] = 0;
      }
    }),
    { numRuns: 60 },
  );
});
