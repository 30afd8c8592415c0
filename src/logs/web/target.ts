import { redactedMark, withoutSecrets } from '../redact.ts';
import { printable } from '../text.ts';

/** What a request asks for: path and query, as the log has them. */
export interface Target {
  /** Decoded once, without query. */
  readonly path: string;
  /** The first value of a parameter, decoded; undefined where it is not given. */
  readonly parameter: (name: string) => string | undefined;
  readonly query: string;
}

const decoded = (text: string): string => {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

const targetCharsMax = 8_000;

/** Takes a request's target apart: `/?_task=mail&_uid=7`, or a whole address as proxies are asked for. */
export const targetOf = (given: string): Target => {
  let text = given.length > targetCharsMax ? given.slice(0, targetCharsMax) : given;
  if (text.startsWith('http')) text = text.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  const query = mark < 0 ? '' : text.slice(mark + 1);
  return {
    path: path.includes('%') ? decoded(path.replaceAll('+', '%2B')) : path,
    query,
    parameter: name => {
      for (let from = 0; from <= query.length; ) {
        const ampersand = query.indexOf('&', from);
        const end = ampersand < 0 ? query.length : ampersand;
        const equals = query.indexOf('=', from);
        const stop = equals >= 0 && equals < end ? equals : end;
        if (query.slice(from, stop) === name || decoded(query.slice(from, stop)) === name) {
          return decoded(query.slice(stop + 1, end));
        }
        from = end + 1;
      }
      return undefined;
    },
  };
};

/** Parameters whose values open something: tokens, tickets, passwords, keys of sessions. */
const secretParameter =
  /([?&;](?:_?(?:token|pass|passwd|password|pwd|auth|sid|sess|sessid|session|session_id|phpsessid|jsessionid|secret|key|apikey|api_key|ticket|code|jwt|saml\w*|signature|sig|hmac|otp|authtoken|access_token|refresh_token|id_token|zauthtoken|horde_logout_token|logintoken|preauth|hash|credential|passphrase|newpass|curpass|confpass|_remember_me|requesttoken|(?:x-owa-)?canary|x-rps-cat|csrf\w*|x-amz-\w+))=)([^&;\s"]+)/gi;

const pathCharsMax = 2_000;

/** The target as it may be kept. */
export const keptTarget = (target: string): { readonly path: string; readonly secret: boolean } => {
  const head = target.length > targetCharsMax ? target.slice(0, targetCharsMax) : target;
  const plain = !head.includes('=') ? head : head.replace(secretParameter, `$1${redactedMark}`);
  const { text } =
    head.includes('@') || head.includes('=') ? withoutSecrets(plain) : { text: plain };
  return { path: printable(text, pathCharsMax), secret: text !== head };
};
