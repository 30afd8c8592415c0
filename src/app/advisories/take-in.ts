import type { Cut, Feed, FeedRecord } from '../../advisories/feed.ts';
import { feeds } from '../../advisories/feeds.generated.ts';
import type { FeedEntry, FeedId, Holding } from '../../core/advisory.ts';
import { messageOf } from '../../core/errors.ts';
import { hoursSince, isBefore } from '../../core/stamp.ts';
import type { Document, Documents } from '../../intake/archive.ts';
import { DocumentError } from '../../intake/documents.ts';
import { jsonPieces } from '../../intake/json-pieces.ts';
import { wholeJson } from '../../intake/json-whole.ts';
import { lines } from '../../intake/lines.ts';

/** How much of a document a feed sees before it says whether it is its own. */
const headBytes = 4_096;
/** A record that is a document of its own: CSAF documents of 20 MB exist. */
const wholeBytesMax = 64 << 20;
const refusalsNamed = 20;
const refusedNamesMax = 10_000;

/** `CVE-2026-10001` of `all.zip/2026/CVE-2026-10001.json`: archives call their records so. */
export const nameOfRecord = (record: string): string =>
  (record.split('/').at(-1) ?? record).replace(/\.json$/i, '');

/** What one reading found, by feed. */
export interface Taken {
  readonly feed: Feed;
  entries: number;
  refused: number;
  readonly refusals: { readonly record: string; readonly why: string }[];
  /** What the refused records are called, as far as their files or keys say: `CVE-2026-10001`. At most 10,000. */
  readonly refusedNames: Set<string>;
  /** The source's own date, the newest of several documents. */
  asOf?: string;
  /** The newest date of a record. */
  newest?: string;
  /** Why the whole must not be used: it is not whole. */
  problem?: string;
  /** One document at least does not claim to name every flaw. */
  partial?: boolean;
  /** One document at least is a record, or a list of some: nothing in it says that it is all there is. */
  piecemeal?: boolean;
}

/** Where understood records go; one for each feed that is met. */
type Sink = (feed: FeedId) => { add(entry: FeedEntry): void };

export interface TakenIn {
  readonly taken: ReadonlyMap<FeedId, Taken>;
  /** Documents that no feed calls its own: counted, the first named. */
  readonly strangers: { readonly count: number; readonly names: readonly string[] };
}

const newestOf = (entry: FeedEntry): string | undefined => {
  switch (entry.kind) {
    case 'advisory':
      return entry.advisory.modified ?? entry.advisory.published;
    case 'vex':
      return entry.statement.on;
    case 'exploited':
      return entry.exploited.on;
    case 'likelihood':
      return entry.likelihood.on;
  }
};

const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && isBefore(a, b)) ? b : a;

/** What the store could not take: a full disk, say. No record's fault, and no record may be missing for it. */
class SinkError extends Error {
  override readonly name = 'SinkError';
}

const put = (sink: ReturnType<Sink>, entry: FeedEntry): void => {
  try {
    sink.add(entry);
  } catch (thrown) {
    throw new SinkError(`it cannot be written down: ${messageOf(thrown)}`);
  }
};

/** The first bytes of a document, and the document from its start on. */
const withHead = async (
  document: Document,
): Promise<{ readonly head: string; readonly chunks: () => AsyncIterable<Uint8Array> }> => {
  const iterator = document.chunks()[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  while (bytes < headBytes) {
    const next = await iterator.next();
    if (next.done === true) {
      ended = true;
      break;
    }
    // A chunk is good only until the next is asked for.
    first.push(Buffer.from(next.value));
    bytes += next.value.length;
  }
  const start = Buffer.concat(first);
  return {
    head: start.subarray(0, headBytes).toString('utf8'),
    async *chunks() {
      yield start;
      if (ended) return;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    },
  };
};

const feedFor = (name: string, head: string, only: Feed | undefined): Feed | undefined => {
  const candidates = only === undefined ? feeds : [only];
  const ranked = candidates
    .map(feed => ({ feed, sure: feed.sniff(name, head) }))
    .sort((a, b) => b.sure - a.sure);
  const [best] = ranked;
  return best !== undefined && best.sure > 0 ? best.feed : undefined;
};

/** What is wanted of a reading, beside the documents. */
export interface TakeInRequest {
  readonly sink: Sink;
  /** What is dated later is dated wrongly, and says nothing of the age. */
  readonly now: Date;
  /** The feed that they must be of, when an address was asked for it. */
  readonly only?: Feed;
  readonly say?: (records: number) => void;
}

/**
 * Reads documents into sinks. One record that is not understood is counted and named, and the rest goes
 * on; a document that is not whole condemns what came of its feed. Throws only for what the sink cannot
 * take.
 */
export const takeIn = async (
  documents: Documents,
  { sink, now, only, say = () => {} }: TakeInRequest,
): Promise<TakenIn> => {
  const taken = new Map<FeedId, Taken>();
  const strangers: string[] = [];
  let strangerCount = 0;
  let records = 0;
  const present = now.toISOString();
  const of = (feed: Feed): Taken => {
    const known = taken.get(feed.id);
    if (known !== undefined) return known;
    const fresh: Taken = { feed, entries: 0, refused: 0, refusals: [], refusedNames: new Set() };
    taken.set(feed.id, fresh);
    return fresh;
  };
  const refuse = (into: Taken, record: string, why: string): void => {
    into.refused += 1;
    if (into.refusedNames.size < refusedNamesMax) into.refusedNames.add(nameOfRecord(record));
    if (into.refusals.length < refusalsNamed) into.refusals.push({ record, why });
  };
  const read = (into: Taken, record: FeedRecord): void => {
    records += 1;
    if (records % 1000 === 0) say(records);
    const reading = into.feed.read(record);
    if ('refused' in reading) {
      refuse(
        into,
        record.key ??
          (record.number === 1 ? record.document : `${record.document}#${record.number}`),
        reading.refused,
      );
      return;
    }
    const mine = sink(into.feed.id);
    for (const entry of reading.entries) {
      put(mine, entry);
      into.entries += 1;
      const date = newestOf(entry);
      if (date === undefined || isBefore(present, date)) continue;
      const newest = later(into.newest, date);
      if (newest !== undefined) into.newest = newest;
    }
  };
  const stranger = (name: string): void => {
    strangerCount += 1;
    if (strangers.length < refusalsNamed) strangers.push(name);
  };
  for await (const document of documents) {
    let feed: Feed | undefined;
    try {
      const { head, chunks } = await withHead(document);
      feed = feedFor(document.base, head, only);
      if (feed === undefined) {
        stranger(document.name);
        continue;
      }
      await takeDocument(document.name, feed.cut(document.base, head), head, chunks(), of(feed), {
        read,
        refuse,
      });
    } catch (thrown) {
      if (thrown instanceof SinkError) throw thrown;
      // What is bad about a document itself is in the report of the documents.
      if (thrown instanceof DocumentError) continue;
      if (feed === undefined) stranger(`${document.name}: ${messageOf(thrown)}`);
      else refuse(of(feed), document.name, messageOf(thrown));
    }
  }
  if (!documents.report.whole) {
    const why = documents.report.faults[0]?.why ?? 'it is not whole';
    for (const each of taken.values()) each.problem ??= why;
  }
  return { taken, strangers: { count: strangerCount, names: strangers } };
};

interface Hands {
  readonly read: (into: Taken, record: FeedRecord) => void;
  readonly refuse: (into: Taken, record: string, why: string) => void;
}

const takeDocument = async (
  name: string,
  cut: Cut,
  head: string,
  chunks: AsyncIterable<Uint8Array>,
  into: Taken,
  { read, refuse }: Hands,
): Promise<void> => {
  switch (cut.by) {
    case 'whole': {
      const text = await wholeText(chunks);
      const json = wholeJson(text);
      if ('fault' in json && /^\s*[{[]/.test(text)) {
        refuse(into, name, json.fault);
        return;
      }
      const value = 'value' in json ? json.value : undefined;
      frame(into, isObject(value) ? value : { text });
      into.piecemeal = true;
      read(into, { document: name, number: 1, value: value ?? text });
      return;
    }
    case 'lines': {
      const cutLines = lines(chunks);
      let header: string | undefined;
      for await (const { number, text } of cutLines) {
        if (text.trim() === '' || text.startsWith('#')) continue;
        if (header === undefined) {
          header = text;
          continue;
        }
        read(into, { document: name, number, header, value: text });
      }
      for (const { line, why } of cutLines.report.faults) refuse(into, `${name}#${line}`, why);
      frame(into, { head });
      return;
    }
    case 'elements':
    case 'members': {
      const pieces = jsonPieces(chunks, cut.by === 'elements' ? cut.of : []);
      for await (const { key, index, text } of pieces) {
        const json = wholeJson(text);
        if ('fault' in json) {
          refuse(into, key ?? `${name}#${index + 1}`, json.fault);
          continue;
        }
        read(into, {
          document: name,
          number: index + 1,
          ...(key === undefined ? {} : { key }),
          value: json.value,
        });
      }
      const { report } = pieces;
      const [fault] = report.faults;
      // Nothing came of it, so that nothing half can be in: another kind of document, most likely.
      if (report.pieces === 0 && !report.whole) {
        refuse(into, name, fault?.why ?? 'it holds no records');
        return;
      }
      if (!report.whole) into.problem ??= report.faults[0]?.why ?? 'the document is not whole';
      else for (const { offset, why } of report.faults) refuse(into, `${name}@${offset}`, why);
      const said = frame(into, Object.fromEntries(report.members), report.pieces);
      if (cut.by === 'elements' && said?.asOf === undefined && said?.count === undefined) {
        into.piecemeal = true;
      }
      return;
    }
  }
};

const frame = (
  into: Taken,
  members: Readonly<Record<string, unknown>>,
  pieces?: number,
): ReturnType<NonNullable<Feed['frame']>> | undefined => {
  const said = into.feed.frame?.(members);
  if (said === undefined) return undefined;
  if (said.problem !== undefined) into.problem ??= said.problem;
  if (said.partial === true) into.partial = true;
  if (said.count !== undefined && pieces !== undefined && said.count !== pieces) {
    into.problem ??= `it says that it holds ${said.count} records, and ${pieces} were found`;
  }
  const asOf = later(into.asOf, said.asOf);
  if (asOf !== undefined) into.asOf = asOf;
  return said;
};

const wholeText = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > wholeBytesMax) throw new Error(`longer than ${wholeBytesMax} bytes`);
    parts.push(Buffer.from(chunk));
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\ufeff/, '');
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How the documents came: over the network, from a server that vouches for them; or as files. */
export interface Provenance {
  readonly part: string;
  /** Address without secrets, or the file's name. */
  readonly from: string;
  readonly now: Date;
  readonly way: 'server' | 'file';
  readonly sha256?: string;
  /** Hours within which a record of this source always changes: without one, its server keeps an old copy. */
  readonly paceHours?: number;
  /** Of which day the file is, in the words of whoever carried it. */
  readonly saidAsOf?: string;
}

/** Whether the newest record of a lively source is so old that its server must be keeping an old copy. */
export const isLeftBehind = (
  newest: string | undefined,
  paceHours: number | undefined,
  now: Date,
): boolean =>
  paceHours !== undefined && newest !== undefined && !(hoursSince(newest, now) <= paceHours);

/** What a holding says of itself, of what was taken in for it. */
export const holdingOf = (
  taken: Taken,
  { part, from, now, way, sha256, paceHours, saidAsOf }: Provenance,
): Omit<Holding, 'entries' | 'scopes'> => {
  const stamp = now.toISOString();
  const dated = (text: string | undefined): string | undefined => {
    const time = text === undefined ? Number.NaN : Date.parse(text);
    return time <= now.getTime() ? new Date(time).toISOString() : undefined;
  };
  const own = dated(taken.asOf) ?? dated(saidAsOf);
  const asOf =
    own !== undefined
      ? { asOf: own, asOfBasis: 'source' as const }
      : way === 'server' && !isLeftBehind(taken.newest, paceHours, now)
        ? { asOf: stamp, asOfBasis: 'server' as const }
        : { asOf: dated(taken.newest) ?? new Date(0).toISOString(), asOfBasis: 'records' as const };
  return {
    feed: taken.feed.id,
    part,
    ...asOf,
    taken: stamp,
    from,
    refused: taken.refused,
    refusals: taken.refusals,
    ...(taken.newest === undefined ? {} : { newest: taken.newest }),
    ...(taken.partial === true ? { partial: true } : {}),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
};

const shrinkingFrom = 1_000;

/** Why a copy must not take the place of another: it lacks more than half of it, as an excerpt would. */
export const excerptOf = (
  { entries }: Pick<Taken, 'entries'>,
  there: Holding | undefined,
): string | undefined =>
  there === undefined || there.entries < shrinkingFrom || entries * 2 >= there.entries
    ? undefined
    : `it holds ${entries} records, and the copy that is there ${there.entries}: an excerpt takes the place of no whole`;

/** Why a copy must not take the place of another: it is the older one. */
export const olderThan = (
  mine: Omit<Holding, 'entries' | 'scopes'>,
  there: Holding | undefined,
  path: string,
): string | undefined => {
  if (there === undefined) return undefined;
  const own = mine.asOfBasis === 'source' && there.asOfBasis === 'source';
  const [before, now] = own ? [there.asOf, mine.asOf] : [there.newest, mine.newest];
  if (before === undefined || now === undefined || !isBefore(now, before)) return undefined;
  return `it is older than the copy that is there: ${own ? 'of' : 'its newest record is of'} ${now.slice(0, 10)}, and there of ${before.slice(0, 10)}; to go back to it all the same, remove ${path} first`;
};
