import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Holding } from '../../core/advisory.ts';
import { messageOf } from '../../core/errors.ts';
import type { AdvisorySettings } from '../../core/policy.ts';
import { isBefore } from '../../core/stamp.ts';
import { documentsIn } from '../../intake/archive.ts';
import type { DocumentsReport } from '../../intake/documents.ts';
import { type Fetched, type FetchLimits, fetchInto } from '../../intake/fetch.ts';
import { jsonPieces } from '../../intake/json-pieces.ts';
import type { AdvisoryStore } from '../../store/advisory-store.ts';
import type { HoldingWriter } from '../../store/holding-writer.ts';
import { sourceName, type WantedSource, wantedSources } from './sources.ts';
import {
  excerptOf,
  holdingOf,
  isLeftBehind,
  nameOfRecord,
  olderThan,
  type Taken,
  takeIn,
} from './take-in.ts';

/** A single document of a feed may be the whole feed: NVD's years are 200 MB, Debian's tracker 80. */
const documentBytesMax = 2 ** 30;
const pagesMax = 5_000;
const refusalsNamed = 20;

/** What became of one source. */
export interface SourceOutcome {
  /** `osv/Debian`. */
  readonly source: string;
  readonly outcome: 'fresh' | 'unchanged' | 'failed';
  /** Why it failed; the copy before it, where there is one, stays in force. */
  readonly why?: string;
  readonly how?: string;
  readonly holding?: Holding;
}

export interface UpdateRequest {
  readonly store: AdvisoryStore;
  readonly settings: AdvisorySettings;
  /** `osv/Debian`, `kev`; empty: every one that is wanted. */
  readonly only: readonly string[];
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** Of each download, where other ones are wanted. */
  readonly limits?: Partial<FetchLimits>;
}

/** Tells addresses apart without keeping what they may hold: keys, passwords. */
const markOf = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 16);

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Fetches every wanted source, one after another; one that fails leaves the others, and its last copy, alone. */
export const updateAdvisories = async (
  request: UpdateRequest,
): Promise<readonly SourceOutcome[]> => {
  const { store, settings, only } = request;
  const sources = wantedSources(settings, only);
  const unlock = store.lock();
  try {
    store.tidy();
    const outcomes: SourceOutcome[] = [];
    for (const source of sources) outcomes.push(await updateOne(source, request));
    return outcomes;
  } finally {
    unlock();
  }
};

const updateOne = async (source: WantedSource, request: UpdateRequest): Promise<SourceOutcome> => {
  const { feed, address } = source;
  const { store, now } = request;
  const name = sourceName(feed.id, address.part);
  const before = store.memoryOf(feed.id, address.part);
  const fail = (why: string, how?: string): SourceOutcome => {
    try {
      // What is known of the copy in force still holds.
      store.remember(feed.id, address.part, {
        from: '',
        ...before,
        on: now().toISOString(),
        failed: why,
      });
    } catch {
      // A full disk: that it failed is said here and now, and the age of the copy goes on to grow.
    }
    return { source: name, outcome: 'failed', why, ...(how === undefined ? {} : { how }) };
  };
  try {
    return address.paged === undefined
      ? await updateWhole(source, request, name, fail)
      : await updatePaged(source, request, name, fail);
  } catch (thrown) {
    return fail(messageOf(thrown));
  }
};

type Fail = (why: string, how?: string) => SourceOutcome;

const fileNameOf = (name: string, page = ''): string =>
  `${name.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')}${page}`;

const updateWhole = async (
  source: WantedSource,
  request: UpdateRequest,
  name: string,
  fail: Fail,
): Promise<SourceOutcome> => {
  const { feed, address } = source;
  const { store, now, say, limits } = request;
  const memory = store.memoryOf(feed.id, address.part);
  const inForce = store.holdingOf(feed.id, address.part);
  // Validators belong to a copy that is still there and can be read, and to the address that gave them.
  const known =
    memory !== undefined && inForce !== undefined && memory.asked === markOf(address.url)
      ? memory
      : undefined;
  const fetched = await fetchInto({
    address: address.url,
    folder: store.downloads(),
    name: fileNameOf(name),
    expects: 'feed',
    ...(limits === undefined ? {} : { limits }),
    ...(known === undefined
      ? {}
      : {
          known: {
            ...(known.etag === undefined ? {} : { etag: known.etag }),
            ...(known.lastModified === undefined ? {} : { lastModified: known.lastModified }),
          },
        }),
    ...(address.digest === undefined ? {} : { digestAddress: address.digest.url }),
    ...(known?.sha256 === undefined ? {} : { knownSha256: known.sha256 }),
    ...(address.key === undefined ? {} : { key: address.key }),
    onProgress: ({ bytes, totalBytes }) =>
      say(
        `${name}: ${megabytes(bytes)}${totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`}`,
      ),
  });
  if (fetched.outcome === 'failed') return fail(fetched.why, fetched.how);
  const remember = (
    validators: { readonly etag?: string; readonly lastModified?: string },
    more: { readonly confirmed?: string } = {},
  ): void =>
    store.remember(feed.id, address.part, {
      on: now().toISOString(),
      ...more,
      from: fetched.from,
      asked: markOf(address.url),
      ...validators,
      ...(fetched.outcome === 'fresh' && fetched.verified !== undefined
        ? { sha256: fetched.verified.sha256 }
        : known?.sha256 === undefined
          ? {}
          : { sha256: known.sha256 }),
    });
  if (fetched.outcome === 'unchanged') {
    // Of a file nobody vouches that it is still what its source has; nor does a server that was left behind.
    const vouched =
      !isFile(address.url) && !isLeftBehind(inForce?.newest, address.paceHours, now());
    const confirmed = vouched ? now().toISOString() : known?.confirmed;
    remember(fetched.validators, confirmed === undefined ? {} : { confirmed });
    return { source: name, outcome: 'unchanged' };
  }
  try {
    const holding = await fill(source, [fetched], request, name);
    remember(fetched.validators);
    return { source: name, outcome: 'fresh', holding };
  } catch (thrown) {
    return fail(messageOf(thrown));
  } finally {
    rmSync(fetched.path, { force: true });
  }
};

const isFile = (url: string): boolean => /^file:/i.test(url);

/** Reads files into a new copy of a holding, which takes the old one's place only when it is whole. */
const fill = async (
  { feed, address }: WantedSource,
  files: readonly Extract<Fetched, { outcome: 'fresh' }>[],
  { store, now, say }: UpdateRequest,
  name: string,
): Promise<Holding> => {
  const writer = store.write(feed.id, address.part);
  try {
    let result: Taken | undefined;
    for (const file of files) {
      const documents = documentsIn(file.path, { documentBytesMax });
      const { taken, strangers } = await takeIn(documents, {
        sink: () => writer,
        now: now(),
        only: feed,
        say: records => say(`${name}: ${records} records`),
      });
      const mine = taken.get(feed.id);
      if (mine?.problem !== undefined) throw new Error(`not whole: ${mine.problem}`);
      if (!documents.report.whole) {
        throw new Error(`not whole: ${documents.report.faults[0]?.why ?? 'damaged'}`);
      }
      if (mine === undefined) {
        throw new Error(
          `nothing in it is ${feed.title}${strangers.names[0] === undefined ? '' : ` (${strangers.names[0]})`}`,
        );
      }
      countLeftOut(mine, strangers, documents.report);
      result = result === undefined ? mine : together(result, mine);
    }
    const [first] = files;
    if (result === undefined || first === undefined || result.entries === 0) {
      throw new Error(
        `none of its records could be understood${result?.refusals[0] === undefined ? '' : `: ${result.refusals[0].record}: ${result.refusals[0].why}`}`,
      );
    }
    const about = holdingOf(result, {
      part: address.part,
      from: first.from,
      now: now(),
      way: isFile(address.url) ? 'file' : 'server',
      ...(address.paceHours === undefined ? {} : { paceHours: address.paceHours }),
      ...(files.length === 1 ? { sha256: first.sha256 } : {}),
    });
    const there = store.holdingOf(feed.id, address.part);
    const path = store.pathOf(feed.id, address.part);
    const excerpt = excerptOf(result, there);
    if (excerpt !== undefined) {
      throw new Error(`${excerpt}; if it is all there is, remove ${path} first`);
    }
    const older = olderThan(about, there, path);
    if (older !== undefined) throw new Error(older);
    keepRefused(store, writer, result, address.part);
    const holding = writer.seal(about);
    writer.publish();
    return holding;
  } catch (thrown) {
    writer.abandon();
    throw thrown;
  }
};

/** What no feed knows and what was left out of the archive counts as not understood: it may be a flaw. */
const countLeftOut = (
  mine: Taken,
  strangers: { readonly count: number; readonly names: readonly string[] },
  { faults, faultCounts }: DocumentsReport,
): void => {
  mine.refused += strangers.count + Object.values(faultCounts).reduce((sum, each) => sum + each, 0);
  const named = [
    ...faults.map(fault => ({ record: fault.name, why: fault.why })),
    ...strangers.names.map(record => ({ record, why: 'it is no record of this feed' })),
  ];
  for (const { record } of named) mine.refusedNames.add(nameOfRecord(record));
  mine.refusals.push(...named.slice(0, Math.max(0, refusalsNamed - mine.refusals.length)));
};

/** A record that cannot be read today is, as long as it is so, what it was in the copy before: no flaw goes with it. */
const keepRefused = (
  store: AdvisoryStore,
  writer: HoldingWriter,
  { feed, refusedNames }: Taken,
  part: string,
): void => {
  if (refusedNames.size === 0 || store.holdingOf(feed.id, part) === undefined) return;
  const before = store.read(feed.id, part);
  try {
    // Debian's tracker is cut by package: `roundcube/CVE-2026-10001`.
    writer.keepAdvisories(
      before,
      id => refusedNames.has(id) || refusedNames.has(id.split('/', 1)[0] ?? ''),
    );
  } finally {
    before.close();
  }
};

/** Several pages as one. */
const together = (first: Taken, next: Taken): Taken => {
  const refusals = [...first.refusals, ...next.refusals].slice(0, refusalsNamed);
  for (const name of next.refusedNames) first.refusedNames.add(name);
  const newest =
    first.newest === undefined || (next.newest !== undefined && isBefore(first.newest, next.newest))
      ? next.newest
      : first.newest;
  return {
    ...first,
    entries: first.entries + next.entries,
    refused: first.refused + next.refused,
    refusals,
    ...(newest === undefined ? {} : { newest }),
    ...(next.partial === true ? { partial: true } : {}),
  };
};

const updatePaged = async (
  source: WantedSource,
  request: UpdateRequest,
  name: string,
  fail: Fail,
): Promise<SourceOutcome> => {
  const { address, feed } = source;
  const { store, now, say, limits } = request;
  const size = address.paged?.size ?? 1;
  const pages: Extract<Fetched, { outcome: 'fresh' }>[] = [];
  try {
    for (let page = 0; ; page += 1) {
      if (page === pagesMax) return fail(`it has more than ${pagesMax} pages`);
      const fetched = await fetchInto({
        address: address.url.replace('{start}', String(page * size)),
        folder: store.downloads(),
        name: fileNameOf(name, `-${page}`),
        expects: 'json',
        ...(limits === undefined ? {} : { limits }),
        ...(address.key === undefined ? {} : { key: address.key }),
      });
      if (fetched.outcome === 'failed') return fail(fetched.why, fetched.how);
      if (fetched.outcome === 'unchanged') return fail('a page was not sent');
      pages.push(fetched);
      say(`${name}: page ${page + 1}`);
      if (await isLastPage(fetched.path, (page + 1) * size)) break;
    }
    const holding = await fill(source, pages, request, name);
    store.remember(feed.id, address.part, {
      on: now().toISOString(),
      from: pages[0]?.from ?? '',
      asked: markOf(address.url),
    });
    return { source: name, outcome: 'fresh', holding };
  } finally {
    for (const { path } of pages) rmSync(path, { force: true });
  }
};

/** NVD's pages say how many results there are in all. */
const isLastPage = async (path: string, seen: number): Promise<boolean> => {
  for await (const document of documentsIn(path, { documentBytesMax })) {
    const pieces = jsonPieces(document.chunks(), ['vulnerabilities']);
    for await (const piece of pieces) if (piece.index < 0) break;
    const total = pieces.report.members.get('totalResults');
    if (typeof total === 'number') return seen >= total;
  }
  throw new Error('a page does not say how many results there are, so that some may be missing');
};
