import { hash, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, UsageError } from '../../core/errors.ts';
import { FilePutter } from '../../evidence/put-files.ts';
import { stampedPath, stampPath } from '../../evidence/verify/stamped.ts';
import { readTimestamp, timestampRequest } from '../../evidence/verify/timestamp.ts';
import { durableFiles } from '../../store/durable-files.ts';
import { post, type ShownLog, type SignedBy } from './witness.ts';

/** A time-stamping authority (RFC 3161) as `postern.yaml` names it. */
export interface AuthorityAt {
  readonly url: string;
  /** File with certificates, PEM. */
  readonly certificates?: string;
}

/** @param folder that the path is relative to. */
export const certificatesOf = (
  { certificates }: Pick<AuthorityAt, 'certificates'>,
  folder = '.',
): readonly X509Certificate[] => {
  if (certificates === undefined) return [];
  const path = resolve(folder, certificates);
  try {
    const text = readFileSync(path, 'utf8');
    const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (found.length === 0) throw new Error('there is no certificate in it');
    return found.map(pem => new X509Certificate(pem));
  } catch (thrown) {
    throw new UsageError(`evidence.timestamps.certificates: ${path}: ${messageOf(thrown)}`);
  }
};

const stamped = async (
  { store, note, checkpoint }: ShownLog,
  authority: AuthorityAt,
  certificates: readonly X509Certificate[],
): Promise<void> => {
  const bytes = Buffer.from(note);
  const imprint = hash('sha256', bytes, 'buffer');
  const nonce = randomBytes(16);
  const request = timestampRequest(imprint, nonce);
  const answer = await post(authority.url, 'application/timestamp-query', request);
  if (answer.status !== 200) throw new Error(`it answered with status ${answer.status}`);
  const read = readTimestamp(answer.body, certificates);
  if (!read.ok) throw new Error(read.why);
  const { timestamp } = read;
  const isOurs =
    Buffer.compare(timestamp.imprint, imprint) === 0 &&
    timestamp.nonce !== undefined &&
    Buffer.compare(timestamp.nonce.subarray(-nonce.length), nonce) === 0;
  if (!isOurs) throw new Error('it stamped something else than it was sent');
  if (certificates.length > 0 && timestamp.state !== 'trusted') {
    throw new Error(`the certificate of ${timestamp.by} is none of those that are trusted`);
  }
  const { size } = checkpoint;
  await new FilePutter(durableFiles(store)).put(
    [
      { path: stampedPath(size), bytes },
      { path: stampPath(size), bytes: answer.body },
    ],
    0o644,
  );
};

/** Has the log stamped as it stands. */
export const askAuthority = async (
  shown: ShownLog,
  authority: AuthorityAt,
  folder?: string,
): Promise<SignedBy> => {
  const name = new URL(authority.url).host;
  if (shown.reader.read(stampPath(shown.checkpoint.size)) !== undefined) {
    return { name, state: 'already' };
  }
  const certificates = certificatesOf(authority, folder);
  try {
    await stamped(shown, authority, certificates);
    return { name, state: 'signed' };
  } catch (thrown) {
    return { name, state: 'failed', why: messageOf(thrown) };
  }
};
