import { isLocalHost, redirectFault } from './address.ts';
import { type Answered, ask } from './exchange.ts';
import type { FetchLimits } from './limits.ts';
import { FetchTrouble } from './trouble.ts';

/** What every request of one download shares. */
export interface Asking {
  readonly limits: FetchLimits;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly key: { readonly header: string; readonly variable: string } | undefined;
  readonly allow: { readonly plain?: boolean; readonly local?: boolean };
}

export interface Followed extends Answered {
  /** The address that answered in the end. */
  readonly url: URL;
}

/** Names the user's environment variable, never what is in it. */
const keyHeader = (url: URL, asking: Asking): Record<string, string> => {
  if (asking.key === undefined) return {};
  const { header, variable } = asking.key;
  const value = asking.environment[variable]?.trim() ?? '';
  if (value === '') return {};
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)?$/.test(value) || !/^[\w-]{1,64}$/.test(header)) {
    throw new FetchTrouble(`the key in ${variable} cannot be sent: it holds more than a key does`);
  }
  if (url.protocol !== 'https:' && !isLocalHost(url) && asking.allow.plain !== true) {
    throw new FetchTrouble(
      `the key in ${variable} is not sent over http, where anybody can read it`,
    );
  }
  const isBare = header.toLowerCase() === 'authorization' && !value.includes(' ');
  return { [header]: isBare ? `Bearer ${value}` : value };
};

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

const nextOf = (from: URL, location: string | undefined, asking: Asking): URL => {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new FetchTrouble('it redirects to nowhere');
  }
  const to = new URL(location, from.href);
  const fault = redirectFault(from, to, asking.allow);
  if (fault !== undefined) throw new FetchTrouble(fault);
  // A server does not choose whom we show ourselves to.
  to.username = '';
  to.password = '';
  return to;
};

/** Asks, and follows redirects as far as they may be followed. @throws FetchTrouble */
export const askFollowing = async (
  start: URL,
  headers: Readonly<Record<string, string>>,
  asking: Asking,
): Promise<Followed> => {
  const { limits, environment, signal } = asking;
  const startsLocal = isLocalHost(start) || asking.allow.local === true;
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const answered = await ask({
      url,
      headers: {
        'user-agent': 'postern',
        accept: '*/*',
        // What is packed should come as it lies there, so that its size and digest can be compared.
        'accept-encoding': 'identity',
        ...headers,
        // A key is for whom the user named, not for whom that one names.
        ...(url.origin === start.origin ? keyHeader(url, asking) : {}),
      },
      environment,
      limits,
      signal,
      refuseLocal: redirects > 0 && !startsLocal,
    });
    if (!isRedirect(answered.status)) return { ...answered, url };
    answered.close();
    if (redirects >= limits.redirectsMax) {
      throw new FetchTrouble(`it redirects more than ${limits.redirectsMax} times`);
    }
    url = nextOf(url, answered.headers.location, asking);
  }
};

const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether the same may be answered otherwise a moment later. */
export const isPassing = (status: number): boolean => passingStatuses.has(status);

/** `Retry-After` (RFC 9110, 10.2.3): seconds or a date. */
const pauseOf = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
};

/** What an answer with another status than those of success means. */
export const statusTrouble = ({ status, headers }: Answered): FetchTrouble => {
  const pauseMs = pauseOf(headers['retry-after'], Date.now());
  const passing = isPassing(status);
  const words: Readonly<Record<number, string>> = {
    401: 'it wants to know who asks (401)',
    403: 'it refuses to answer (403)',
    404: 'it has nothing there (404)',
    407: 'the proxy wants to know who asks (407)',
    410: 'it has nothing there any more (410)',
    429: 'it was asked too often (429)',
  };
  return new FetchTrouble(words[status] ?? `it answered with status ${status}`, {
    passing,
    status,
    ...(pauseMs === undefined ? {} : { pauseMs }),
  });
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new FetchTrouble('it was stopped'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** Tries again what may pass, as often and as late as the limits say. @throws FetchTrouble */
export const retrying = async <T>(asking: Asking, attempt: () => Promise<T>): Promise<T> => {
  const { limits, signal } = asking;
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof FetchTrouble) || !thrown.passing || signal.aborted) throw thrown;
      const wanted = thrown.pauseMs ?? 0;
      if (wanted > limits.retryAfterMsMax) {
        const { status } = thrown;
        throw new FetchTrouble(
          `${thrown.message} and asks to be left alone for ${Math.ceil(wanted / 1_000)} s`,
          { passing: true, ...(status === undefined ? {} : { status }) },
        );
      }
      if (attempts >= limits.attemptsMax) throw thrown;
      // Not all at the same moment, where many hosts ask the same server.
      const backoff = limits.backoffMs * 2 ** (attempts - 1) * (0.75 + Math.random() / 2);
      await pause(Math.max(wanted, backoff), signal);
    }
  }
};

/** The whole of a short text, such as a published digest. @throws FetchTrouble */
export const shortText = async (address: URL, asking: Asking, bytesMax: number): Promise<string> =>
  retrying(asking, async () => {
    const answered = await askFollowing(address, {}, asking);
    if (answered.status !== 200) {
      answered.close();
      throw statusTrouble(answered);
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of answered.body()) {
      bytes += piece.length;
      if (bytes > bytesMax) throw new FetchTrouble('it is longer than any digest is');
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  });
