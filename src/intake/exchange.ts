import { lookup as dnsLookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isLocalIp } from './address.ts';
import type { FetchLimits } from './limits.ts';
import { connectionTrouble, FetchTrouble } from './trouble.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One answer. Its body is read once, or closed. */
export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Ends only when the server sent all that it had announced. @throws FetchTrouble */
  body(): AsyncGenerator<Buffer>;
  close(): void;
}

export interface Question {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly environment: Environment;
  readonly limits: FetchLimits;
  readonly signal: AbortSignal;
  /** Certificates (PEM) that the server's must be, or be signed by; else the system's and `NODE_EXTRA_CA_CERTS`. */
  readonly authorities?: string;
  /** Is sent (POST); without it nothing is (GET). */
  readonly body?: Uint8Array;
  /** Refuse a host whose name leads to this machine: a server sent us there. */
  readonly refuseLocal: boolean;
}

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;

/** The proxies that the environment names, in either case, as curl and others read them. */
const proxiesOf = (environment: Environment): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const name of proxyNames) {
    const value = environment[name.toLowerCase()] ?? environment[name];
    if (value !== undefined && value !== '') found[name] = value;
  }
  return found;
};

/** Node.js 24.5 and 22.21 brought proxies. */
const knowsProxies = (): boolean => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
};

const agentFor = ({ url, environment, authorities }: Question): http.Agent => {
  const proxies = proxiesOf(environment);
  const isSecure = url.protocol === 'https:';
  const wanted = proxies[isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY'];
  if (wanted !== undefined && !knowsProxies()) {
    throw new FetchTrouble(`Node.js ${process.versions.node} cannot ask through a proxy`, {
      how: 'Run Postern on Node.js 24.5 or newer.',
    });
  }
  const options = {
    ...(wanted === undefined ? {} : { proxyEnv: proxies }),
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
  try {
    return isSecure ? new https.Agent(options) : new http.Agent(options);
  } catch {
    throw new FetchTrouble(
      'the proxy that the environment names is not an http: or https: address',
      {
        how: 'Mend HTTPS_PROXY or HTTP_PROXY.',
      },
    );
  }
};

/** Looks a name up, and refuses what leads to this machine (a name is anybody's to point). */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isLocalIp(address))) {
      callback(new FetchTrouble('it redirects to a name of this machine itself'), '', 0);
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** Stops the request when a step takes too long. */
class Watch {
  private timer: NodeJS.Timeout | undefined;
  private watched: http.ClientRequest | http.IncomingMessage;

  constructor(request: http.ClientRequest) {
    this.watched = request;
  }

  /** A request that is destroyed swallows its answer: from now on it is the answer that breaks. */
  watch(response: http.IncomingMessage): void {
    this.stop();
    this.watched = response;
  }

  expect(ms: number, what: string): void {
    this.stop();
    const why = `${what} within ${seconds(ms)}`;
    this.timer = setTimeout(() => {
      this.watched.destroy(new FetchTrouble(why, { passing: true }));
    }, ms);
  }

  again(): void {
    this.timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

async function* bodyOf(
  response: http.IncomingMessage,
  watch: Watch,
  { limits, signal }: Question,
): AsyncGenerator<Buffer> {
  const chunks: AsyncIterable<Buffer> = response;
  const stop = (): unknown =>
    response.destroy(new FetchTrouble('it was stopped', { passing: true }));
  signal.addEventListener('abort', stop, { once: true });
  watch.expect(limits.idleMs, 'it sent nothing more');
  try {
    for await (const chunk of chunks) {
      yield chunk;
      watch.again();
    }
    if (!response.complete) throw new FetchTrouble('the connection broke', { passing: true });
  } catch (thrown) {
    throw connectionTrouble(thrown);
  } finally {
    watch.stop();
    signal.removeEventListener('abort', stop);
    response.destroy();
  }
}

/** Asks once. @throws FetchTrouble */
export const ask = (question: Question): Promise<Answered> => {
  const { url, headers, limits, signal, environment } = question;
  const agent = agentFor(question);
  const isProxied = Object.keys(proxiesOf(environment)).length > 0;
  // Behind a proxy it is the proxy's name that is looked up here.
  const guard = question.refuseLocal && !isProxied ? { lookup: guardedLookup } : {};
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? https.request : http.request;
    const method = question.body === undefined ? 'GET' : 'POST';
    const request = send(url, { agent, headers, signal, method, ...guard });
    const watch = new Watch(request);
    watch.expect(limits.connectMs, 'it did not take the connection');
    let answered = false;
    const connected = (): void => {
      if (!answered) watch.expect(limits.firstByteMs, 'it did not answer');
    };
    request.once('socket', socket => {
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
    });
    request.once('finish', connected);
    request.once('error', error => {
      watch.stop();
      reject(connectionTrouble(error));
    });
    request.once('response', response => {
      answered = true;
      watch.watch(response);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: () => bodyOf(response, watch, question),
        close: () => response.destroy(),
      });
    });
    request.end(question.body);
  });
};
