import { parseAddress, shownAddress } from './address.ts';
import { retrying } from './asking.ts';
import type { Digest } from './digest.ts';
import { attempt, copied } from './download.ts';
import { fetchLimits } from './limits.ts';
import { promised, verify } from './promised.ts';
import type { Download, Fetched, FetchRequest, Outcome } from './request.ts';
import { fileTrouble } from './trouble.ts';

export type { Digest } from './digest.ts';
export type { Expected } from './expected.ts';
export type { FetchLimits } from './limits.ts';
export type { Validators } from './partial.ts';
export type { Fetched, FetchRequest, Progress } from './request.ts';

const arrive = (download: Download): Promise<Outcome> =>
  download.url.protocol === 'file:'
    ? copied(download)
    : retrying(download, () => attempt(download));

/** Verified, or not there any more: what is not what was promised is not gone on from. */
const arrivedWhole = async (
  download: Download,
  digest: Digest | undefined,
  mayRepeat = true,
): Promise<Outcome> => {
  const arrived = await arrive(download);
  if ('unchanged' in arrived) return arrived;
  try {
    await verify(arrived.partial, digest, download);
    return arrived;
  } catch (thrown) {
    arrived.partial.discard();
    // Two parts may not have belonged together: once more, from the beginning.
    if (download.resumedAt > 0 && mayRepeat) return arrivedWhole(download, digest, false);
    throw thrown;
  }
};

const run = async (download: Download): Promise<Fetched> => {
  const { request, url } = download;
  const digest = await promised(download);
  if (digest !== undefined && digest.sha256 === request.knownSha256?.toLowerCase()) {
    return { outcome: 'unchanged', validators: request.known ?? {}, from: shownAddress(url) };
  }
  const arrived = await arrivedWhole(download, digest);
  if ('unchanged' in arrived) {
    return { outcome: 'unchanged', validators: arrived.unchanged, from: arrived.from };
  }
  const { partial, from } = arrived;
  const { bytes, validators } = partial;
  const sha256 = partial.sha256();
  const path = partial.finish();
  return {
    outcome: 'fresh',
    path,
    bytes,
    sha256,
    validators,
    ...(digest === undefined ? {} : { verified: digest }),
    from,
    resumedAt: download.resumedAt,
  };
};

const failed = (url: URL, thrown: unknown, download: Download): Fetched => {
  const trouble = fileTrouble('the download folder', thrown);
  const words = (why: string): string => `${shownAddress(url)}: ${why}`;
  const { limits, request, signal } = download;
  if (request.signal?.aborted === true) {
    return { outcome: 'failed', why: words('it was stopped'), passing: true };
  }
  if (signal.aborted) {
    const why = `it took longer than ${Math.round(limits.wholeMs / 1_000)} s in all`;
    return { outcome: 'failed', why: words(why), passing: true };
  }
  return {
    outcome: 'failed',
    why: words(trouble.message),
    ...(trouble.how === undefined ? {} : { how: trouble.how }),
    ...(trouble.status === undefined ? {} : { status: trouble.status }),
    passing: trouble.passing,
  };
};

/**
 * Downloads one address into `folder/name`. The file appears there whole and verified or not at all; what
 * came before a break stays as a partial file and is asked on from, if the server still has the same.
 * Proxies are those of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; further authorities those of
 * `NODE_EXTRA_CA_CERTS`. Never throws for what a server or a file does.
 */
export const fetchInto = async (request: FetchRequest): Promise<Fetched> => {
  const url = parseAddress(request.address);
  if (typeof url === 'string') return { outcome: 'failed', why: url, passing: false };
  if (!/^\w[\w.-]{0,99}$/.test(request.name)) throw new Error('the name is not one of ours');
  const limits = { ...fetchLimits, ...request.limits };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limits.wholeMs);
  const download: Download = {
    request,
    url,
    limits,
    environment: request.environment ?? process.env,
    signal:
      request.signal === undefined ? stop.signal : AbortSignal.any([request.signal, stop.signal]),
    key: request.key,
    allow: request.allow ?? {},
    resumedAt: 0,
  };
  try {
    return await run(download);
  } catch (thrown) {
    return failed(url, thrown, download);
  } finally {
    clearTimeout(timer);
  }
};
