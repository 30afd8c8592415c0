import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { shownAddress } from './address.ts';
import { askFollowing, type Followed, isPassing, statusTrouble } from './asking.ts';
import { contentFault } from './expected.ts';
import type { FetchLimits } from './limits.ts';
import { clearPartials, PartialFile, rangeValidator, type Validators } from './partial.ts';
import type { Arrived, Download, Outcome } from './request.ts';
import { FetchTrouble, fileTrouble } from './trouble.ts';

const headBytes = 512;

/** Fills a partial file from its beginning or on from where it stopped, and looks at its first bytes. */
const fill = async (
  partial: PartialFile,
  body: AsyncIterable<Buffer>,
  totalBytes: number | undefined,
  { request, limits }: Download,
): Promise<void> => {
  let head: Buffer = Buffer.alloc(0);
  let isChecked = partial.bytes > 0;
  const check = (): void => {
    const fault = contentFault(head, request.expects);
    if (fault !== undefined) throw new FetchTrouble(fault);
    isChecked = true;
    partial.write(head);
  };
  const put = (chunk: Buffer): void => {
    if (partial.bytes + chunk.length > limits.bytesMax) throw tooLong(limits);
    if (isChecked) partial.write(chunk);
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length >= headBytes) check();
    }
    request.onProgress?.({
      bytes: isChecked ? partial.bytes : head.length,
      ...(totalBytes === undefined ? {} : { totalBytes }),
    });
  };
  for await (const chunk of body) put(chunk);
  if (!isChecked) check();
  if (totalBytes !== undefined && partial.bytes !== totalBytes) {
    throw new FetchTrouble(`${partial.bytes} of ${totalBytes} bytes came`, { passing: true });
  }
};

const tooLong = (limits: FetchLimits): FetchTrouble =>
  new FetchTrouble(`it is longer than the ${limits.bytesMax} bytes that are taken`);

const lengthOf = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;

/** `bytes FROM-TO/TOTAL` (RFC 9110, 14.4). */
const rangeOf = (
  header: string | undefined,
): { readonly from: number; readonly totalBytes: number | undefined } | undefined => {
  const parts = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(header ?? '');
  return parts === null ? undefined : { from: Number(parts[1]), totalBytes: lengthOf(parts[2]) };
};

const validatorsOf = ({ headers }: Followed): Validators => {
  const { etag } = headers;
  const lastModified = headers['last-modified'];
  return {
    ...(etag === undefined || etag.length > 1_024 ? {} : { etag }),
    ...(lastModified === undefined || lastModified.length > 64 ? {} : { lastModified }),
  };
};

/** Header values come from a server, and go back to one. */
const conditions = (known: Validators | undefined): Record<string, string> => ({
  ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
  ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
});

/** Whether the answer goes on where the partial file ends, in the same version. */
const goesOn = (answered: Followed, left: PartialFile): boolean => {
  if (rangeOf(answered.headers['content-range'])?.from !== left.bytes) return false;
  const now = rangeValidator(validatorsOf(answered));
  return now === undefined || now === rangeValidator(left.validators);
};

/** Keeps what came where it can be gone on from; what is wrong in itself goes. */
const orLeave = async (partial: PartialFile, work: () => Promise<void>): Promise<PartialFile> => {
  try {
    await work();
    return partial;
  } catch (thrown) {
    if (thrown instanceof FetchTrouble && thrown.passing) partial.leave();
    else partial.discard();
    throw thrown instanceof FetchTrouble ? thrown : fileTrouble('the download folder', thrown);
  }
};

const whole = async (answered: Followed, download: Download): Promise<Arrived> => {
  const { request, limits, url } = download;
  const totalBytes = lengthOf(answered.headers['content-length']);
  if (totalBytes !== undefined && totalBytes > limits.bytesMax) {
    answered.close();
    throw tooLong(limits);
  }
  download.resumedAt = 0;
  const partial = PartialFile.begin(request.folder, request.name, url, validatorsOf(answered));
  await orLeave(partial, () => fill(partial, answered.body(), totalBytes, download));
  return { partial, from: shownAddress(answered.url) };
};

const rest = async (
  answered: Followed,
  left: PartialFile,
  download: Download,
): Promise<Arrived> => {
  const range = rangeOf(answered.headers['content-range']);
  download.resumedAt = left.bytes;
  await orLeave(left, () => fill(left, answered.body(), range?.totalBytes, download));
  return { partial: left, from: shownAddress(answered.url) };
};

/** Asks once, on from what an earlier attempt left where there is something. @throws FetchTrouble */
export const attempt = async (download: Download, mayResume = true): Promise<Outcome> => {
  const { request, url } = download;
  const left = mayResume ? PartialFile.left(request.folder, request.name, url) : undefined;
  const validator = left === undefined ? undefined : rangeValidator(left.validators);
  const range: Record<string, string> =
    left === undefined || validator === undefined
      ? {}
      : { range: `bytes=${left.bytes}-`, 'if-range': validator };
  let answered: Followed;
  try {
    answered = await askFollowing(url, { ...conditions(request.known), ...range }, download);
  } catch (thrown) {
    left?.leave();
    throw thrown;
  }
  const { status } = answered;
  if (status === 206 && left !== undefined && goesOn(answered, left)) {
    return rest(answered, left, download);
  }
  if (left !== undefined && isPassing(status)) left.leave();
  else left?.discard();
  if (status === 200) return whole(answered, download);
  answered.close();
  if (status === 304 && request.known !== undefined) {
    clearPartials(request.folder, request.name);
    const unchanged = { ...request.known, ...validatorsOf(answered) };
    return { unchanged, from: shownAddress(answered.url) };
  }
  // Another part than was asked for, or none of it: there is another version now.
  if ((status === 206 || status === 416) && left !== undefined) return attempt(download, false);
  throw statusTrouble(answered);
};

async function* fileChunks(descriptor: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const buffer = Buffer.allocUnsafe(1 << 18);
    const read = readSync(descriptor, buffer, 0, buffer.length, at);
    if (read === 0) return;
    at += read;
    yield buffer.subarray(0, read);
  }
}

/** A file of a closed network's own: its time and size stand for its version. */
export const copied = async (download: Download): Promise<Outcome> => {
  const { request, url, limits, signal } = download;
  const from = shownAddress(url);
  const path = fileURLToPath(url);
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    throw fileTrouble('the file', thrown);
  }
  try {
    const stat = fstatSync(descriptor, { bigint: true });
    if (!stat.isFile()) throw new FetchTrouble('it is not a file');
    if (stat.size > BigInt(limits.bytesMax)) throw tooLong(limits);
    const etag = `W/"${stat.mtimeNs.toString(36)}-${stat.size.toString(36)}"`;
    if (request.known?.etag === etag) return { unchanged: { etag }, from };
    const partial = PartialFile.begin(request.folder, request.name, url, { etag });
    const chunks = fileChunks(descriptor, signal);
    await orLeave(partial, () => fill(partial, chunks, Number(stat.size), download));
    return { partial, from };
  } finally {
    closeSync(descriptor);
  }
};
