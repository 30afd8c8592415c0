import type { Endpoint } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import { printable } from '../../text.ts';

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** 1 for what queue ids are written in (postconf(5), enable_long_queue_ids), 2 for other letters, 3 for digits. */
const characters: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  if (isDigit(code)) return 3;
  const letter = String.fromCharCode(code);
  if ('ABCDEFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz'.includes(letter)) return 1;
  return /[A-Za-z]/.test(letter) ? 2 : 0;
});

/**
 * Length of the queue id that a text begins with and that `: ` follows; 0 where there is none. Postfix's own
 * words before a colon (`warning`, `fatal`, `statistics`) have vowels and no digits.
 */
export const queueIdLength = (text: string): number => {
  let digits = false;
  let vowels = false;
  for (let at = 0; at < 26; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 58) {
      return at >= 5 && text.charCodeAt(at + 1) === 32 && (digits || !vowels) ? at : 0;
    }
    // NaN behind the end of the text is no index either.
    const kind = characters[code];
    if (kind === 3) digits = true;
    else if (kind === 2) vowels = true;
    else if (kind !== 1) return 0;
  }
  return 0;
};

export interface ClientAt {
  readonly client: Endpoint;
  /** Index behind it. */
  readonly end: number;
}

/**
 * `mx.example.jp[192.0.2.1]`, `unknown[2001:db8::1]`, `[192.0.2.1]:2413` at an index. The name is one that
 * Postfix looked up and checked (valid_hostname(3)): no brackets, no blanks, so the first bracket is its own.
 */
export const clientAt = (text: string, from: number): ClientAt | undefined => {
  const open = text.indexOf('[', from);
  if (open < 0 || open - from > 255) return undefined;
  for (let at = from; at < open; at += 1) if (text.charCodeAt(at) <= 32) return undefined;
  const close = text.indexOf(']', open);
  if (close < 0 || close - open > 60) return undefined;
  const ip = ipOf(text.slice(open + 1, close));
  if (ip === undefined) return undefined;
  const name = text.slice(from, open);
  let end = close + 1;
  let port = 0;
  if (text.charCodeAt(end) === 58 && isDigit(text.charCodeAt(end + 1))) {
    end += 1;
    for (; isDigit(text.charCodeAt(end)) && port < 100_000; end += 1) {
      port = port * 10 + text.charCodeAt(end) - 48;
    }
  }
  const ported = port > 0 && port <= 65_535;
  // `127.0.0.1[127.0.0.1]`: a relay that settings name by its address.
  if (name === '' || name === 'unknown' || ipOf(name) !== undefined) {
    return { client: ported ? { ip, port } : { ip }, end };
  }
  const host = printable(name);
  return { client: ported ? { ip, host, port } : { ip, host }, end };
};

/** Behind the last ` from ` of a text. What stands between is Postfix's own in the lines that this is for. */
export const clientFrom = (text: string, start = 0): ClientAt | undefined => {
  const at = text.indexOf(' from ', start);
  return at < 0 ? undefined : clientAt(text, at + 6);
};

/** `submission` for `postfix/submission/smtpd`; by what the service in master.cf(5) is called. */
export const serviceOf = (program: string | undefined): string => {
  if (program === undefined) return 'smtp';
  return program.includes('submission') || program.includes('smtps') ? 'submission' : 'smtp';
};

/** `smtpd` of `postfix-out/submission/smtpd`. */
export const daemonOf = (program: string | undefined): string =>
  program === undefined ? '' : program.slice(program.lastIndexOf('/') + 1);

/** `postfix-out` of `postfix-out/smtpd`: queue ids are unique within an instance. */
export const instanceOf = (program: string | undefined): string => {
  if (program === undefined || program.startsWith('postfix/')) return '';
  const slash = program.indexOf('/');
  const instance = slash < 0 ? program : program.slice(0, slash);
  return instance === 'postfix' ? '' : instance;
};
