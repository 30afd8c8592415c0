import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ExposureSegment, ExposureState } from '../../core/exposure-state.ts';
import { wordsOf } from '../../scope/plan.ts';
import { ColumnFile } from '../../store/parquet/column-file.ts';
import type { Customers } from '../people/customer-files.ts';
import { SegmentLinker } from './link-segments.ts';
import { type LinkedAbout, type LinkedFile, linkedFolder, openLinked } from './linked.ts';
import { LinkedTableWriter } from './linked-tables.ts';

export interface LinkRequest {
  readonly store: string;
  readonly state: ExposureState;
  /** Where the segments lie. */
  readonly segmentsFolder: string;
  readonly customers: Customers | undefined;
  /** Path of the customers' identifiers. */
  readonly identifiersPath: string | undefined;
  /** Hears how far it is, in segments. */
  readonly progress?: (done: number, of: number) => void;
}

export interface LinkDone {
  readonly about: LinkedAbout;
  readonly folder: string;
  /** Segments that were joined by this run. */
  readonly segments: number;
  /** Nothing was new. */
  readonly isSame: boolean;
}

/** Rows of a file: a segment that is superseded costs the others in its file a second join. */
const fileMentions = 4_000_000;
const fileMessages = 2_000_000;

const isOfSameList = (
  about: LinkedAbout | undefined,
  customers: Customers | undefined,
  fingerprint: string,
): boolean =>
  about !== undefined &&
  about.fingerprint === fingerprint &&
  (about.customers?.folder ?? '') === (customers?.list.folder ?? '') &&
  (about.customers?.digest ?? '') === (customers?.list.digest ?? '');

/** Files all of whose segments still count. */
const keptFiles = (
  about: LinkedAbout | undefined,
  segments: readonly ExposureSegment[],
): readonly LinkedFile[] => {
  const digests = new Map(segments.map(({ number, digest }) => [number, digest]));
  return (about?.files ?? []).filter(file =>
    file.segments.every(({ number, digest }) => digests.get(number) === digest),
  );
};

/** Segments that become one file together, in the order of their messages. */
const parcels = (segments: readonly ExposureSegment[]): readonly (readonly ExposureSegment[])[] => {
  const out: ExposureSegment[][] = [];
  let mentions = 0;
  let messages = 0;
  for (const segment of segments.toSorted((a, b) => a.first - b.first)) {
    const last = out.at(-1);
    mentions += segment.mentions;
    messages += segment.messages;
    if (last !== undefined && mentions <= fileMentions && messages <= fileMessages) {
      last.push(segment);
      continue;
    }
    out.push([segment]);
    ({ mentions, messages } = segment);
  }
  return out;
};

const writeNames = (folder: string, state: ExposureState, owners: ReadonlyMap<number, number>) => {
  const mailboxes = state.mailboxes();
  const boxes = new LinkedTableWriter(join(folder, 'mailboxes.parquet'), 'mailboxes');
  for (const { number, name } of mailboxes) {
    const owner = owners.get(number);
    boxes.add(number, ...wordsOf(name.high, name.low), owner === undefined ? 0 : owner + 1);
  }
  boxes.close();
  const folders = new LinkedTableWriter(join(folder, 'folders.parquet'), 'folders');
  for (const { number, mailbox, name } of state.folders()) {
    folders.add(number, mailbox, ...wordsOf(name.high, name.low));
  }
  folders.close();
  return mailboxes.length;
};

const writeOverlays = (folder: string, state: ExposureState): void => {
  const gone = new LinkedTableWriter(join(folder, 'gone.parquet'), 'gone');
  const { message, seenMs } = state.gone();
  for (let i = 0; i < message.length; i += 1) gone.add(message[i] ?? 0, seenMs[i] ?? 0);
  gone.close();
  const dropped = new LinkedTableWriter(join(folder, 'dropped.parquet'), 'dropped');
  for (const each of state.dropped()) dropped.add(each);
  dropped.close();
};

const writeMemberships = (path: string, customers: Customers | undefined): void => {
  const table = new LinkedTableWriter(path, 'memberships');
  if (customers !== undefined) {
    const { person, row, tenant, status, deletable } = customers.memberships();
    for (const [i, each] of person.entries()) {
      table.add(each, row[i] ?? 0, tenant[i] ?? 0, status[i] ?? 0, deletable[i] ?? 0);
    }
  }
  table.close();
};

const scanned = (state: ExposureState): LinkedAbout['scannedMs'] => {
  const times = state.sources().flatMap(({ scannedMs }) => scannedMs ?? []);
  if (times.length === 0) return null;
  return {
    first: times.reduce((a, b) => Math.min(a, b)),
    last: times.reduce((a, b) => Math.max(a, b)),
  };
};

const unseenOf = (state: ExposureState): Readonly<Record<string, number>> => {
  const out = new Map<string, number>();
  for (const { why, count } of state.unseen()) out.set(why, (out.get(why) ?? 0) + count);
  return Object.fromEntries([...out].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** Owners of mailboxes as an earlier generation has them. */
const knownOwners = (folder: string | undefined): Map<number, number> => {
  const owners = new Map<number, number>();
  if (folder === undefined) return owners;
  const file = new ColumnFile(join(folder, 'mailboxes.parquet'));
  try {
    for (const group of file.groups) {
      const mailbox = file.words(group, 'mailbox', new Uint32Array(group.rows));
      const owner = file.words(group, 'owner', new Uint32Array(group.rows));
      for (let i = 0; i < group.rows; i += 1) {
        if (owner[i] !== 0) owners.set(mailbox[i] ?? 0, (owner[i] ?? 0) - 1);
      }
    }
  } finally {
    file.close();
  }
  return owners;
};

/** Puts a finished generation in the old one's place, and removes those that nobody names any more. */
const publish = (root: string, generation: number): void => {
  const link = join(root, `current.${generation}`);
  rmSync(link, { force: true });
  symlinkSync(String(generation), link);
  renameSync(link, join(root, 'current'));
  for (const name of readdirSync(root)) {
    // The one before stays: somebody may be reading it.
    if (/^\d+$/.test(name) && Number(name) < generation - 1) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
};

/** All of a folder is on the disk, and its names are. */
const syncAll = (folder: string): void => {
  for (const path of [...readdirSync(folder).map(name => join(folder, name)), folder]) {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
};

const nextGeneration = (root: string): number =>
  1 +
  readdirSync(root)
    .map(name => (/^\d+$/.test(name) ? Number(name) : 0))
    .reduce((a, b) => Math.max(a, b), 0);

/**
 * Joins what was scanned with the customer list. Only segments that are new are joined, unless the list is another
 * one. What was there before counts until all of the new is on the disk.
 */
export const link = ({
  store,
  state,
  segmentsFolder,
  customers,
  identifiersPath,
  progress = () => {},
}: LinkRequest): LinkDone => {
  const root = linkedFolder(store);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const before = openLinkedOrNone(store);
  const fingerprint = state.fingerprint() ?? '';
  const isSameList = isOfSameList(before?.about, customers, fingerprint);
  const version = state.version();
  if (before !== undefined && isSameList && before.about.version === version) {
    return { about: before.about, folder: before.folder, segments: 0, isSame: true };
  }
  const segments = state.segments();
  const kept = isSameList ? keptFiles(before?.about, segments) : [];
  const has = new Set(kept.flatMap(file => file.segments.map(({ number }) => number)));
  const wanted = parcels(segments.filter(({ number }) => !has.has(number)));
  const generation = nextGeneration(root);
  const folder = join(root, String(generation));
  mkdirSync(folder, { mode: 0o700 });
  try {
    const from = before?.folder;
    const owners = knownOwners(kept.length === 0 ? undefined : from);
    for (const { name } of kept) {
      for (const table of ['messages', 'mentions']) {
        const file = `${table}-${name}.parquet`;
        linkSync(join(from ?? '', file), join(folder, file));
      }
    }
    const othersBefore = isSameList && from !== undefined ? join(from, 'others.bin') : undefined;
    const persons = customers?.list.persons ?? 0;
    const linker = new SegmentLinker({
      folder,
      segmentsFolder,
      customers: identifiersPath,
      others: othersBefore !== undefined && existsSync(othersBefore) ? othersBefore : undefined,
      nextPerson: isSameList && before !== undefined ? before.about.persons : persons,
      dropped: new Set(state.dropped()),
      owners,
    });
    let number = kept.reduce((most, { name }) => Math.max(most, Number(name)), 0);
    let done = 0;
    const made: LinkedFile[] = [];
    for (const parcel of wanted) {
      number += 1;
      made.push(linker.file(String(number).padStart(4, '0'), parcel));
      done += parcel.length;
      progress(done, segments.length - has.size);
    }
    linker.finish();
    const mailboxes = writeNames(folder, state, owners);
    writeOverlays(folder, state);
    const memberships = join(folder, 'memberships.parquet');
    if (isSameList && from !== undefined) linkSync(join(from, 'memberships.parquet'), memberships);
    else writeMemberships(memberships, customers);
    const files = [...kept, ...made];
    const about: LinkedAbout = {
      format: 1,
      generation,
      fingerprint,
      types: state.types(),
      customers:
        customers === undefined
          ? null
          : {
              folder: customers.list.folder,
              digest: customers.list.digest,
              persons,
              memberships: customers.list.memberships,
              tenants: customers.list.tenants,
            },
      persons: linker.nextPerson,
      messagesTo: state.nextMessage(),
      messages: files.reduce((sum, { messages }) => sum + messages, 0),
      mentions: files.reduce((sum, { mentions }) => sum + mentions, 0),
      mailboxes,
      scannedMs: scanned(state),
      version,
      files,
      unseen: unseenOf(state),
    };
    writeFileSync(join(folder, 'link.json'), `${JSON.stringify(about)}\n`, {
      mode: 0o600,
    });
    syncAll(folder);
    publish(root, generation);
    return { about, folder, segments: done, isSame: false };
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
};

/** What cannot be read is made anew. */
const openLinkedOrNone = (store: string): ReturnType<typeof openLinked> => {
  try {
    return openLinked(store);
  } catch {
    return undefined;
  }
};
