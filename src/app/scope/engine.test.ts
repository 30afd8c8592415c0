import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { type World, worldNames, writeWorld } from '../../../test/support/linked-world.ts';
import { basisBit, evidencedMask, isEvidenced, type Shown } from '../../scope/extent.ts';
import { ScopePlan } from '../../scope/plan.ts';
import { type EngineAnswer, type EngineRequest, scopeBounds } from './engine.ts';
import { openLinked } from './linked.ts';

const root = mkdtempSync(join(tmpdir(), 'scope-'));
afterAll(() => rmSync(root, { recursive: true }));
let stores = 0;

const types = ['email', 'telephone', 'password'];
const tenants = ['north', 'south', 'west'];
const day = 86_400_000;
const boxes = ['taro@example.jp', 'hanako@example.jp', 'jiro@example.jp'];

const mention = fc.record({
  person: fc.nat({ max: 11 }),
  roles: fc.constantFrom(1, 2, 4, 8, 16, 18, 6),
  sure: fc.boolean(),
  own: fc.nat({ max: 7 }),
  shared: fc.nat({ max: 7 }),
  weak: fc.nat({ max: 7 }),
});

const anyWorld: fc.Arbitrary<World> = fc
  .record({
    messages: fc.array(
      fc.record({
        place: fc.nat({ max: 5 }),
        received: fc.nat({ max: 20 }).map(at => at * day),
        uid: fc.integer({ min: 1, max: 4 }),
        id: fc.option(
          fc.nat({ max: 9 }).map(n => `<${n}@example.jp>`),
          { nil: undefined },
        ),
        flags: fc.constantFrom(0, 1, 3),
        mentions: fc.array(mention, { maxLength: 4 }),
      }),
      { maxLength: 14 },
    ),
    members: fc.array(
      fc.record({
        person: fc.nat({ max: 7 }),
        tenant: fc.nat({ max: 2 }),
        status: fc.nat({ max: 2 }),
        deletable: fc.nat({ max: 2 }),
      }),
      { maxLength: 12 },
    ),
    gone: fc.array(
      fc.record({ message: fc.nat({ max: 13 }), seen: fc.nat({ max: 20 }).map(at => at * day) }),
      { maxLength: 2 },
    ),
    dropped: fc.array(fc.nat({ max: 13 }), { maxLength: 2 }),
  })
  .map(({ messages, members, gone, dropped }) => ({
    types,
    tenants,
    customers: 8,
    persons: 12,
    mailboxes: boxes,
    folders: Array.from({ length: 6 }, (_, i) => ({
      mailbox: i >> 1,
      name: i % 2 === 0 ? 'INBOX' : 'Sent',
    })),
    messages: messages.map(({ place, id, ...each }) => ({
      ...each,
      mailbox: place >> 1,
      folder: place,
      ...(id === undefined ? {} : { id }),
    })),
    members: members.toSorted((a, b) => a.person - b.person),
    gone: [...new Map(gone.map(each => [each.message, each])).values()].toSorted(
      (a, b) => a.message - b.message,
    ),
    dropped: [...new Set(dropped)].toSorted((a, b) => a - b),
    addresses: new Map([['kept@example.jp', 3]]),
  }));

const span = fc
  .tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.option(fc.nat({ max: 20 })))
  .map(([from, to, looked]) => ({
    fromMs: from * day,
    toMs: Math.max(from, to) * day,
    ...(looked === null ? {} : { lookedMs: looked * day }),
  }));
const mailbox = fc.constantFrom(...boxes);
const folder = fc.constantFrom('INBOX', 'Sent');

const anyShown: fc.Arbitrary<Shown> = fc.oneof(
  fc.record({
    basis: fc.constantFrom('mailbox-synced' as const, 'login' as const),
    extent: fc.record({ is: fc.constant('mailbox' as const), mailbox, span }),
  }),
  fc.record({
    basis: fc.constantFrom('folder-synced' as const, 'touched' as const),
    extent: fc.record({ is: fc.constant('folder' as const), mailbox, folder, span }),
  }),
  fc.record({
    basis: fc.constant('message-read' as const),
    extent: fc.record({
      is: fc.constant('messages' as const),
      mailbox,
      ids: fc.array(
        fc.nat({ max: 9 }).map(n => `<${n}@example.jp>`),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  }),
  fc.record({
    basis: fc.constant('message-shown' as const),
    extent: fc.record({
      is: fc.constant('uids' as const),
      mailbox,
      folder,
      uids: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
    }),
  }),
  fc.record({
    basis: fc.constantFrom('gap' as const, 'in-transit' as const),
    extent: fc.record({ is: fc.constant('stored-mail' as const), span }),
  }),
  fc.record({
    basis: fc.constantFrom('table-read' as const, 'record' as const),
    extent: fc.record({
      is: fc.constant('records' as const),
      of: fc.oneof(
        fc.record({ types: fc.constant(['password']) }),
        fc.record({ types: fc.constant(['email']), tenants: fc.constant(['south', 'nowhere']) }),
        fc.record({ types: fc.constant(['email']), addresses: fc.constant(['kept@example.jp']) }),
      ),
    }),
  }),
);

const ask = async (
  world: World,
  shown: readonly Shown[],
  more: Partial<EngineRequest> = {},
): Promise<EngineAnswer> => {
  stores += 1;
  const store = join(root, String(stores));
  const customersFolder = writeWorld(store, world);
  const linked = openLinked(store);
  if (linked === undefined) throw new Error('nothing linked');
  const plan = new ScopePlan(id => worldNames.messageId(id));
  for (const each of shown) plan.add(each);
  return await scopeBounds({ plan, linked, customersFolder, names: worldNames, ...more });
};

/** What each message is in, and each person, worked out the plainest way. */
const plainly = (
  world: World,
  shown: readonly Shown[],
): { readonly messages: readonly number[]; readonly people: ReadonlyMap<number, number> } => {
  const gone = new Map(world.gone?.map(({ message, seen }) => [message, seen]));
  const within = (
    at: number,
    number: number,
    { fromMs, toMs, lookedMs }: { fromMs: number; toMs: number; lookedMs?: number },
  ): boolean => {
    const until = gone.get(number);
    if (until !== undefined && lookedMs !== undefined && until < lookedMs) return false;
    return at === 0 || (fromMs <= at && at <= toMs);
  };
  // Spans of one rule and place that overlap are one, looked into since the first look.
  const merged = new ScopePlan(id => worldNames.messageId(id));
  for (const each of shown) merged.add(each);
  const boxesOf = merged.namedMailboxes();
  const placesOf = merged.namedFolders();
  const everything = merged.everything();
  const messages = world.messages.map((message, number) => {
    if (world.dropped?.includes(number) === true) return 0;
    const name = boxes[message.mailbox] ?? '';
    const box = boxesOf.find(each => each.name === name);
    const place = placesOf.find(
      each => each.mailbox === name && each.folder === world.folders[message.folder]?.name,
    );
    let bits = 0;
    for (const each of [...everything, ...(box?.stretches ?? []), ...(place?.stretches ?? [])])
      if (within(message.received, number, each)) bits |= each.bits;
    for (const { basis, extent } of shown) {
      if (extent.is === 'uids') {
        const isThere =
          extent.mailbox === name &&
          extent.folder === world.folders[message.folder]?.name &&
          extent.uids.includes(message.uid ?? 0);
        if (isThere) bits |= basisBit(basis);
      } else if (extent.is === 'messages') {
        const { id } = message;
        if (id === undefined || !extent.ids.includes(id)) continue;
        const own = world.messages.some(
          (other, i) => other.id === id && boxes[other.mailbox] === extent.mailbox && i >= 0,
        );
        if (name === extent.mailbox || !own) bits |= basisBit(basis);
      }
    }
    return bits;
  });
  const people = new Map<number, number>();
  const put = (person: number, bits: number): void => {
    if (bits !== 0) people.set(person, (people.get(person) ?? 0) | bits);
  };
  for (const [i, message] of world.messages.entries())
    for (const { person } of message.mentions) put(person, messages[i] ?? 0);
  for (const { basis, extent } of shown) {
    if (extent.is !== 'records') continue;
    const { tenants: asked, addresses } = extent.of;
    for (let person = 0; person < world.customers; person += 1) {
      const isIn =
        (asked === undefined ||
          world.members.some(
            each => each.person === person && asked.includes(tenants[each.tenant] ?? ''),
          )) &&
        (addresses === undefined || person === 3);
      if (isIn) put(person, basisBit(basis));
    }
  }
  return { messages, people };
};

const numbersOf = (bits: Uint32Array): readonly number[] =>
  [...bits].flatMap((word, i) =>
    Array.from({ length: 32 }, (_, bit) => bit)
      .filter(bit => ((word >>> bit) & 1) === 1)
      .map(bit => i * 32 + bit),
  );

describe('both bounds', () => {
  test('are those that the plainest counting gives, in one pass or in several', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyWorld,
        fc.array(anyShown, { maxLength: 6 }),
        fc.boolean(),
        async (world, shown, isShort) => {
          // Of buckets of two persons, and hardly any room: all that may happen once there are millions.
          const tuning = { bucketShift: 1, combos: 2, records: 1 };
          const answer = await ask(world, shown, isShort ? { tuning, memoryBytesMax: 1 } : {});
          const { messages, people } = plainly(world, shown);
          const all = [...people].toSorted(([a], [b]) => a - b);
          const evidenced = all.filter(([, bits]) => (bits & evidencedMask) !== 0);
          expect(numbersOf(answer.people.withinReach)).toEqual(all.map(([person]) => person));
          expect(numbersOf(answer.people.evidenced)).toEqual(evidenced.map(([person]) => person));
          expect(answer.withinReach.messages).toBe(messages.filter(bits => bits !== 0).length);
          expect(answer.evidenced.messages).toBe(
            messages.filter(bits => (bits & evidencedMask) !== 0).length,
          );
          for (const [which, persons] of [
            ['withinReach', all],
            ['evidenced', evidenced],
          ] as const) {
            const bound = answer[which];
            const numbers = new Set(persons.map(([person]) => person));
            expect([bound.people, bound.customers]).toEqual([
              numbers.size,
              [...numbers].filter(person => person < 8).length,
            ]);
            const rows = world.members.filter(({ person }) => numbers.has(person));
            expect(bound.contracts).toBe(rows.length);
            expect(
              Object.fromEntries(bound.byTenant.map(each => [each.tenant, each.people])),
            ).toEqual(
              Object.fromEntries(
                tenants
                  .map((tenant, i) => [
                    tenant,
                    new Set(rows.filter(row => row.tenant === i).map(({ person }) => person)).size,
                  ])
                  .filter(([, count]) => count !== 0),
              ),
            );
            const best = (person: number): number =>
              Math.min(...rows.filter(row => row.person === person).map(({ status }) => status));
            const listed = [...new Set(rows.map(({ person }) => person))];
            expect(Object.values(bound.byStatus)).toEqual(
              [0, 1, 2].map(status => listed.filter(person => best(person) === status).length),
            );
          }
          for (const { basis, people: count, messages: many } of answer.bases) {
            const bit = basisBit(basis);
            expect([basis, count, many]).toEqual([
              basis,
              all.filter(([, bits]) => (bits & bit) !== 0).length,
              messages.filter(bits => (bits & bit) !== 0).length,
            ]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('count data types by whom they belong to, each set within the next', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, fc.array(anyShown, { maxLength: 4 }), async (world, shown) => {
        const { withinReach, evidenced } = await ask(world, shown);
        const { messages } = plainly(world, shown);
        const records = shown.some(({ extent }) => extent.is === 'records');
        for (const [bound, mask] of [
          [withinReach, -1],
          [evidenced, evidencedMask],
        ] as const) {
          for (const { type, own, shared, weak } of bound.byType) {
            expect(own <= shared && shared <= weak && weak <= bound.people).toBe(true);
            if (records) continue;
            const bit = 1 << types.indexOf(type);
            const owners = world.messages.flatMap(({ mentions }, i) =>
              ((messages[i] ?? 0) & mask) === 0
                ? []
                : mentions
                    .filter(each => ((each.own ?? 0) & bit) !== 0)
                    .map(({ person }) => person),
            );
            expect(own).toBe(new Set(owners).size);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('never fall when there is more evidence, whatever its order, and a gap widens the upper one only', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyWorld,
        fc.array(anyShown, { maxLength: 5 }),
        anyShown,
        async (world, shown, more) => {
          const before = await ask(world, shown);
          const after = await ask(world, [more, ...shown.toReversed()]);
          const isIn = (a: Uint32Array, b: Uint32Array): boolean =>
            a.every((word, i) => (word & ~(b[i] ?? 0)) === 0);
          expect(isIn(before.people.evidenced, before.people.withinReach)).toBe(true);
          expect(isIn(before.people.withinReach, after.people.withinReach)).toBe(true);
          expect(isIn(before.people.evidenced, after.people.evidenced)).toBe(true);
          if (!isEvidenced(more.basis)) {
            expect(after.evidenced).toEqual(before.evidenced);
            expect(after.people.evidenced).toEqual(before.people.evidenced);
          }
          const other = await ask(world, [more]);
          expect(after.withinReach.people).toBeLessThanOrEqual(
            before.withinReach.people + other.withinReach.people,
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  test('are doubted where something could not be seen, in the bound where it matters', async () => {
    const world: World = {
      types,
      tenants,
      customers: 1,
      persons: 1,
      mailboxes: boxes,
      folders: [{ mailbox: 0, name: 'INBOX' }],
      messages: [
        { mailbox: 0, folder: 0, received: day, flags: 1, id: '<a@x.test>', mentions: [] },
        { mailbox: 1, folder: 0, received: day, flags: 3, mentions: [] },
      ],
      members: [],
      scannedMs: 5 * day,
    };
    const all = { fromMs: 0, toMs: 9 * day };
    const read = (id: string): Shown => ({
      basis: 'message-read',
      extent: { is: 'messages', mailbox: boxes[0] ?? '', ids: [id] },
    });
    const login: Shown = {
      basis: 'login',
      extent: { is: 'mailbox', mailbox: 'nobody@example.jp', span: all },
    };
    const reach: Shown = { basis: 'reach', extent: { is: 'stored-mail', span: all } };
    const { doubts, evidenced } = await ask(
      world,
      [reach, read('<a@x.test>'), read('<gone@x.test>'), login],
      { untilMs: 9 * day },
    );
    expect(evidenced.messages).toBe(1);
    expect(doubts.map(({ is, count, evidenced: each }) => [is, count, each])).toEqual([
      ['account-unknown', 1, false],
      ['unseen-parts', 2, true],
      ['encrypted-parts', 1, false],
      ['message-not-found', 1, true],
      ['scan-too-old', 1, false],
    ]);
    const without = await ask(world, [reach], { names: undefined });
    expect(without.withinReach.messages).toBe(2);
  });
});
