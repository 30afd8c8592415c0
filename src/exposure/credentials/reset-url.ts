import type { Confidence } from '../../core/personal.ts';
import { entropy } from './entropy.ts';

export interface SecretUrl {
  readonly url: string;
  readonly confidence: Confidence;
}

const resets =
  /(?:re-?set|forgot|recover|lost|change|new|set|create)[-_/]?(?:your)?[-_/]?(?:pass(?:word|wd|code)?|pwd|pw)|pass(?:word|wd)[-_/]?(?:re-?set|recovery|forgot|change|edit|new)|password\/edit|reset[-_/](?:token|confirm)|account[-_/]?recovery|\/reset\b|rp&key=|action=rp\b|saiset/i;
const entrances =
  /magic|sign-?in|log-?in|sso|passwordless|one[-_]?time|otp|verif|confirm|activat|invit|unlock|enroll|register|authenticate|auth\/|oauth|session|callback|action=verify/i;
const passing =
  /unsubscri|opt-?out|track|click|open\.|\/ls\/|utm_|pixel|newsletter|list-manage|preferences|beacon/i;
const secretNames =
  /^(?:.{0,20}token|reset.{0,16}|code|key|t|k|h|c|ticket|otp|auth|authkey|signature|sig|nonce|hash|uid|uidb64|secret|magic.{0,12}|confirmation.{0,8}|activation.{0,8}|invitation.{0,8}|oobcode|login.{0,8}|verify.{0,8}|recovery.{0,8}|state|jwt|access|credential|link|id)$/i;
const sessionNames =
  /^(?:[js]?sess(?:ion)?(?:[-_]?id)?|jsessionid|phpsessid|aspsessionid\w{0,12}|sid|sessionkey|access_token|id_token|auth_token|refresh_token|authtoken|sso_?token|session_token|oobcode)$/i;

/** Reads an address of the web at the beginning of `text`; `spoken`: the words around say what the link is for. */
export const secretUrl = (text: string, spoken: () => boolean): SecretUrl | undefined => {
  const end = urlEnd(text);
  if (end < 30 || !hasLongPart(text, end)) return undefined;
  const url = text.slice(0, end).replace(/[.,;:!?)\]*]{1,4}$/, '');
  if (!/^https?:\/\//i.test(url)) return undefined;
  const path = url.indexOf('/', 8);
  if (path < 0) return undefined;
  const rest = url.slice(path);
  if (passing.test(url) && !resets.test(rest)) return undefined;
  const secrets = secretsOf(rest);
  const isSession = secrets.some(
    ({ name, value }) => sessionNames.test(name) && value.length >= 16,
  );
  const hasSecret = secrets.some(({ name, value }) => isDrawn(value, name));
  if (hasSecret && resets.test(rest)) return { url, confidence: 'high' };
  if (hasSecret && spoken()) return { url, confidence: 'high' };
  if (isSession) return { url, confidence: 'medium' };
  if (hasSecret && entrances.test(rest)) return { url, confidence: 'medium' };
  return undefined;
};

/** Secrets are long rows of letters and digits; most links hold none. */
const hasLongPart = (url: string, end: number): boolean => {
  let row = 0;
  for (let at = 12; at < end; at += 1) {
    const unit = url.charCodeAt(at) | 0x20;
    const isRow = (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
    row = isRow || unit === 0x2d ? row + 1 : 0;
    if (row >= 12) return true;
  }
  return false;
};

/** Blanks, quotation marks, brackets of markup and what is not ASCII end an address. */
const urlEnd = (text: string): number => {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x20 || unit >= 0x7f) return at;
    if (unit === 0x22 || unit === 0x27 || unit === 0x3c || unit === 0x3e) return at;
    if (unit === 0x5c || unit === 0x5e || unit === 0x60 || (unit >= 0x7b && unit <= 0x7d))
      return at;
  }
  return text.length;
};

interface Secret {
  /** Empty for a part of the path. */
  readonly name: string;
  readonly value: string;
}

const secretsOf = (rest: string): readonly Secret[] => {
  const [path = '', ...queries] = rest.split(/[?#]/, 4);
  const found: Secret[] = path.split(/[/;]/, 40).map(part => ({
    name: /^(\w{1,30})=/.exec(part)?.[1] ?? '',
    value: part.replace(/^\w{1,30}=/, ''),
  }));
  for (const pair of queries.join('&').split('&', 40)) {
    const sign = pair.indexOf('=');
    if (sign < 0) found.push({ name: '', value: pair });
    else found.push({ name: pair.slice(0, sign), value: pair.slice(sign + 1) });
  }
  return found;
};

/** Drawn by a machine, not a title (`how-to-reset-your-password`) or a number of an article. */
const isDrawn = (value: string, name: string): boolean => {
  const isNamed = secretNames.test(name) || sessionNames.test(name);
  if (value.length < (isNamed ? 12 : 16) || value.length > 2_000) return false;
  if (/\.(?:html?|php|aspx?|jsp|png|jpe?g|gif|pdf|css|js)$/i.test(value)) return false;
  if (/^(?:[a-z]{2,20}[-_+%]){2,}[a-z0-9]{2,20}$/i.test(value)) return false;
  return /\d/.test(value) && /[A-Za-z]/.test(value)
    ? entropy(value) >= 2.8
    : isNamed && value.length >= 20 && entropy(value) >= 3;
};
