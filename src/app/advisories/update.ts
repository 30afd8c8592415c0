import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Holding } from '../../core/advisory.ts';
import { messageOf } from '../../core/errors.ts';
import type { AdvisorySettings } from '../../core/policy.ts';
import { documentsIn } from '../../intake/archive.ts';
import { type Fetched, fetchInto } from '../../intake/fetch.ts';
import type { AdvisoryStore } from '../../store/advisory-store.ts';
import { sourceName, type WantedSource, wantedSources } from './sources.ts';
import { holdingOf, takeIn } from './take-in.ts';

/** A single document of a feed may be the whole feed: NVD's years are 200 MB, Debian's tracker 80. */
const documentBytesMax = 2 ** 30;
const pagesMax = 5_000;

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
    store.remember(feed.id, address.part, {
      from: before?.from ?? '',
      ...(before?.etag === undefined ? {} : { etag: before.etag }),
      ...(before?.lastModified === undefined ? {} : { lastModified: before.lastModified }),
      on: now().toISOString(),
      failed: why,
    });
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
  { store, now, say }: UpdateRequest,
  name: string,
  fail: Fail,
): Promise<SourceOutcome> => {
  const { feed, address } = source;
  const memory = store.memoryOf(feed.id, address.part);
  // Validators belong to a copy that is still there, and to the address that gave them.
  const known =
    memory !== undefined && store.has(feed.id, address.part) && memory.asked === markOf(address.url)
      ? memory
      : undefined;
  const fetched = await fetchInto({
    address: address.url,
    folder: store.downloads(),
    name: fileNameOf(name),
    expects: 'feed',
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
  const remember = (validators: { readonly etag?: string; readonly lastModified?: string }): void =>
    store.remember(feed.id, address.part, {
      on: now().toISOString(),
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
    remember(fetched.validators);
    return { source: name, outcome: 'unchanged' };
  }
  try {
    const holding = await fill(source, [fetched], { store, now, say }, name);
    remember(fetched.validators);
    return { source: name, outcome: 'fresh', holding };
  } catch (thrown) {
    return fail(messageOf(thrown));
  } finally {
    rmSync(fetched.path, { force: true });
  }
};

/** Reads files into a new copy of a holding, which takes the old one's place only when it is whole. */
const fill = async (
  { feed, address }: WantedSource,
  files: readonly Extract<Fetched, { outcome: 'fresh' }>[],
  { store, now, say }: Pick<UpdateRequest, 'store' | 'now' | 'say'>,
  name: string,
): Promise<Holding> => {
  const writer = store.write(feed.id, address.part);
  try {
    let result: Parameters<typeof holdingOf>[0] | undefined;
    for (const file of files) {
      const documents = documentsIn(file.path, { documentBytesMax });
      const { taken, strangers } = await takeIn(
        documents,
        () => writer,
        feed,
        records => say(`${name}: ${records} records`),
      );
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
      if (result === undefined) result = mine;
      else {
        result.entries += mine.entries;
        result.refused += mine.refused;
        result.refusals.push(...mine.refusals.slice(0, 20 - result.refusals.length));
      }
    }
    const [first] = files;
    if (result === undefined || first === undefined || result.entries === 0) {
      throw new Error(
        `none of its records could be understood${result?.refusals[0] === undefined ? '' : `: ${result.refusals[0].record}: ${result.refusals[0].why}`}`,
      );
    }
    return writer.finish(
      holdingOf(
        result,
        address.part,
        first.from,
        now(),
        'server',
        files.length === 1 ? first.sha256 : undefined,
      ),
    );
  } catch (thrown) {
    writer.abandon();
    throw thrown;
  }
};

const updatePaged = async (
  source: WantedSource,
  request: UpdateRequest,
  name: string,
  fail: Fail,
): Promise<SourceOutcome> => {
  const { address, feed } = source;
  const { store, now, say } = request;
  const size = address.paged?.size ?? 1;
  const pages: Extract<Fetched, { outcome: 'fresh' }>[] = [];
  try {
    for (let page = 0; page < pagesMax; page += 1) {
      const fetched = await fetchInto({
        address: address.url.replace('{start}', String(page * size)),
        folder: store.downloads(),
        name: fileNameOf(name, `-${page}`),
        expects: 'json',
        ...(address.key === undefined ? {} : { key: address.key }),
      });
      if (fetched.outcome === 'failed') return fail(fetched.why, fetched.how);
      if (fetched.outcome === 'unchanged') break;
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
    const { jsonPieces } = await import('../../intake/json-pieces.ts');
    const pieces = jsonPieces(document.chunks(), ['vulnerabilities']);
    for await (const piece of pieces) if (piece.index < 0) break;
    const total = pieces.report.members.get('totalResults');
    return typeof total !== 'number' || seen >= total;
  }
  return true;
};
