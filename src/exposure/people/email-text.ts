import { domainToASCII } from 'node:url';

/** RFC 5321 allows 254; a little more for what is written around it. */
const lengthMax = 320;

const asciiOnly = /^[\u0021-\u007e]+$/;
const dotAtom = /^[^\s\p{Cc}"(),:;<>@[\\\]]+$/u;

/**
 * An address as two writings of it are compared: NFKC, lower case, the domain in A-labels (RFC 5890) without a last
 * dot, quotes around the local part gone where none are needed. `+` and dots stay: they are other mailboxes to
 * most servers. `undefined` where it is no address.
 */
export const emailText = (written: string): string | undefined => {
  if (written.length > lengthMax) return undefined;
  let text = written.trim();
  if (!asciiOnly.test(text)) text = text.normalize('NFKC').trim();
  text = text.toLowerCase();
  if (text.startsWith('mailto:')) text = text.slice(7);
  if (text.startsWith('<') && text.endsWith('>')) text = text.slice(1, -1);
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1) return undefined;
  const local = localText(text.slice(0, at));
  const domain = domainText(text.slice(at + 1));
  return local === undefined || domain === undefined ? undefined : `${local}@${domain}`;
};

const localText = (local: string): string | undefined => {
  if (local.length >= 2 && local.startsWith('"') && local.endsWith('"')) {
    const inner = local.slice(1, -1);
    if (dotAtom.test(inner)) return inner;
    return /\p{Cc}/u.test(inner) ? undefined : local;
  }
  return dotAtom.test(local) ? local : undefined;
};

const domainText = (domain: string): string | undefined => {
  const bare = domain.endsWith('.') ? domain.slice(0, -1) : domain;
  if (/^\[[0-9a-f.:v]{2,80}\]$/.test(bare)) return bare;
  // What the resolver's library would do to a name is not asked for where there is nothing to do.
  const ascii = asciiOnly.test(bare) ? bare : domainToASCII(bare);
  return /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/.test(ascii) && !ascii.includes('..')
    ? ascii
    : undefined;
};
