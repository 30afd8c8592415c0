import { endpointOf } from '../endpoint.ts';
import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { personOf } from '../reading.ts';
import { detailOf } from '../text.ts';

/** The name is the client's, and is quoted twice where he quotes it: what follows the last of the marks is the proxy's. */
const login =
  /^LOGIN: '(.{0,320})' \(([0-9A-Fa-f.:]{2,45}):(\d{1,5})\) (on (?:existing|new) sd \[\d{1,9}\]|failed: .{0,500})$/;
const logout = /^LOGOUT: '(.{0,320})' from server sd \[\d{1,9}\]$/;

const named = (text: string): Pick<Told, 'user'> => {
  const user = personOf(/^"(.*)"$/s.exec(text)?.[1] ?? text);
  return user === undefined ? {} : { user };
};

const told = (text: string): Told | undefined => {
  const entered = login.exec(text);
  if (entered !== null) {
    const [, name = '', ip = '', port = '', what = ''] = entered;
    const from = endpointOf(ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);
    return {
      kind: 'login',
      outcome: what.startsWith('on ') ? 'success' : 'failure',
      service: 'imap',
      ...named(name),
      ...(from === undefined ? {} : { from }),
      detail: detailOf(what),
    };
  }
  const left = logout.exec(text);
  return left === null
    ? undefined
    : { kind: 'logout', outcome: 'success', service: 'imap', ...named(left[1] ?? '') };
};

/** up-imapproxy, which webmail speaks to in the place of an IMAP server. */
export const imapproxy: LogFormat = plainFormat({
  id: 'imapproxy',
  title: 'up-imapproxy',
  program: /^(?:in\.)?imapproxyd?$/,
  shape: /^LOG(?:IN|OUT): '.{0,320}' (?:\([0-9A-Fa-f.:]{2,52}\)|from server sd)/,
  open: () => told,
});
