/** Why something could not be fetched. Its words hold no users, passwords, keys or values of queries. */
export class FetchTrouble extends Error {
  override readonly name = 'FetchTrouble';
  /** Whether the same may work a moment later. */
  readonly passing: boolean;
  readonly how: string | undefined;
  readonly status: number | undefined;
  /** How long the server asks to be left alone. */
  readonly pauseMs: number | undefined;

  constructor(
    why: string,
    more: {
      readonly passing?: boolean;
      readonly how?: string;
      readonly status?: number;
      readonly pauseMs?: number;
    } = {},
  ) {
    super(why);
    this.passing = more.passing ?? false;
    this.how = more.how;
    this.status = more.status;
    this.pauseMs = more.pauseMs;
  }
}

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;

const connectionWords: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'nothing answers there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};

const lasting: ReadonlySet<string> = new Set(['ENOTFOUND', 'EPROTO']);

const isOfCertificate = (code: string): boolean =>
  /CERT|^UNABLE_TO_|^SELF_SIGNED|^DEPTH_ZERO|SIGNATURE|ISSUER/.test(code);

/** What Node.js threw while it talked to a server. Its own words may hold addresses with passwords. */
export const connectionTrouble = (thrown: unknown): FetchTrouble => {
  if (thrown instanceof FetchTrouble) return thrown;
  const code = codeOf(thrown) ?? '';
  if (isOfCertificate(code)) {
    return new FetchTrouble(`its certificate is not trusted (${code})`, {
      how: 'Name the file of the authority that signed it: NODE_EXTRA_CA_CERTS=/path/ca.pem, or certificates, where its setting has that.',
    });
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return new FetchTrouble('it does not speak TLS as we do', { passing: false });
  }
  if (code.startsWith('HPE_')) return new FetchTrouble('what answers does not speak HTTP');
  const words = connectionWords[code] ?? `the connection failed${code === '' ? '' : ` (${code})`}`;
  return new FetchTrouble(words, { passing: !lasting.has(code) });
};

const fileWords: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'it may not be read or written',
  EPERM: 'it may not be read or written',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ELOOP: 'it is a link',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it does not exist',
};

/** What Node.js threw while it read or wrote `what`. */
export const fileTrouble = (what: string, thrown: unknown): FetchTrouble => {
  if (thrown instanceof FetchTrouble) return thrown;
  const code = codeOf(thrown) ?? '';
  return new FetchTrouble(`${what}: ${fileWords[code] ?? `cannot be used (${code})`}`);
};
