import { closeSync, constants, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAddress, shownAddress } from './address.ts';
import { shortText } from './asking.ts';
import { type Digest, publishedDigest, unpackedSha256 } from './digest.ts';
import type { PartialFile } from './partial.ts';
import type { Download } from './request.ts';
import { FetchTrouble, fileTrouble } from './trouble.ts';

const digestBytesMax = 1 << 16;

/** The digest that the file must have, if anybody says. */
export const promised = async (download: Download): Promise<Digest | undefined> => {
  const { request, url } = download;
  if (request.digestAddress === undefined) return request.digest;
  const address = parseAddress(request.digestAddress);
  if (typeof address === 'string') throw new FetchTrouble(`its digest: ${address}`);
  try {
    const text = await digestText(address, download);
    const digest = publishedDigest(text, url.pathname.split('/').at(-1) ?? '');
    if (digest !== undefined) return digest;
  } catch (thrown) {
    if (!(thrown instanceof FetchTrouble)) throw thrown;
    const { passing, status, how } = thrown;
    throw new FetchTrouble(`its digest (${shownAddress(address)}): ${thrown.message}`, {
      passing,
      ...(status === undefined ? {} : { status }),
      ...(how === undefined ? {} : { how }),
    });
  }
  throw new FetchTrouble(`no SHA-256 of it stands in ${shownAddress(address)}`);
};

const digestText = (address: URL, download: Download): Promise<string> | string => {
  if (address.protocol !== 'file:') return shortText(address, download, digestBytesMax);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(fileURLToPath(address), constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(digestBytesMax);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, digestBytesMax, 0));
  } catch (thrown) {
    throw fileTrouble('the file', thrown);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};

/** @throws FetchTrouble when the file is not what was promised. */
export const verify = async (
  partial: PartialFile,
  digest: Digest | undefined,
  { limits }: Download,
): Promise<void> => {
  if (digest === undefined) return;
  const found =
    digest.of === 'file'
      ? partial.sha256()
      : await unpackedSha256(partial.path, limits.unpackedBytesMax);
  if (found === digest.sha256.toLowerCase()) return;
  throw new FetchTrouble('its SHA-256 is not the one that was promised', {
    passing: true,
    how: 'Try again later: it may just be replaced. If it stays so, somebody changed it on the way.',
  });
};
