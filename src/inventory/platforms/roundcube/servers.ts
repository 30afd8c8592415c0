import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { showEndpoint } from '../../joining/endpoint.ts';
import { type PhpValue, phpItems, phpText, phpTruth } from '../../syntax/php-values.ts';
import type { MailServer } from '../../webmail/mail-servers.ts';
import { type Copy, isAtLeast } from './copies.ts';
import { hostNames, placeOfSetting, type Settings, setting, settingText } from './settings.ts';

const serverMax = 100;

/** `[scheme://]host[:port]` (`rcube_utils::parse_host_uri`). */
const parseServer = (
  text: string,
  because: Place,
  ports: { readonly plain: number; readonly tls: number },
): MailServer => {
  const shown = withoutAccounts(text).slice(0, 200);
  if (/^unix:\/\//i.test(text)) {
    return { shown, endpoint: { net: 'unix', path: text.slice('unix://'.length) }, because };
  }
  const match =
    /^(?:([a-z]+):\/\/)?(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::(\d{1,5}))?\/?$/i.exec(text);
  if (match === null) return { shown, because };
  const scheme = (match[1] ?? '').toLowerCase();
  const isTls = scheme === 'ssl' || (scheme !== 'tls' && scheme.endsWith('s'));
  const port = match[3] === undefined ? (isTls ? ports.tls : ports.plain) : Number(match[3]);
  const host = (match[2] ?? '').replace(/^\[(.*)\]$/, '$1');
  return {
    shown: showEndpoint({ net: 'tcp', host, port }),
    endpoint: { net: 'tcp', host, port },
    because,
  };
};

/** A setting that is one server, or a list of them: `['ssl://host' => 'label', 'host']`. */
export const serversOf = (
  value: PhpValue | undefined,
  ports: { readonly plain: number; readonly tls: number },
): readonly MailServer[] => {
  if (value === undefined) return [];
  const text = phpText(value);
  if (text !== undefined) return text === '' ? [] : [parseServer(text, value.at, ports)];
  const unknown = value.is === 'unknown' ? value : undefined;
  const { items } = phpItems(value);
  const listed = items.slice(0, serverMax).flatMap(({ key, value: item, maybe }): MailServer[] => {
    const host = typeof key === 'string' ? key : phpText(item);
    if (host === undefined || host === '') return [];
    return [{ ...parseServer(host, item.at, ports), ...(maybe === undefined ? {} : { maybe }) }];
  });
  if (unknown === undefined) return listed;
  const plain = unknown.candidates.flatMap(each => {
    const candidate = phpText(each);
    return candidate === undefined || candidate === ''
      ? []
      : [{ ...parseServer(candidate, each.at, ports), maybe: unknown.why }];
  });
  const all = [...listed, ...plain];
  return all.length > 0
    ? all
    : [
        {
          shown: unknown.shape ?? `a server that is not named: ${unknown.why}`,
          because: unknown.at,
          maybe: unknown.why,
        },
      ];
};

const where = ({ shown, maybe }: MailServer): string =>
  maybe === undefined ? shown : `${shown} (or another: ${maybe})`;

/** The IMAP servers, with the default of the code where no file names one. */
export const imapServers = (copy: Copy, settings: Settings): readonly MailServer[] => {
  const names = hostNames(copy).imap;
  const stated = settingText(settings, 'default_port');
  const port =
    /^\d{1,5}$/.test(stated ?? '') && isAtLeast(copy, 1, 6) !== true ? Number(stated) : 143;
  const ports = { plain: port, tls: port === 143 ? 993 : port };
  const value = setting(settings, ...names);
  // The code's own default; an empty name, in contrast, lets everybody name a server.
  if (value === undefined) return [parseServer('localhost', { path: settings.file }, ports)];
  return serversOf(value, ports);
};

/** Reading and changing of mail, and the passwords that it takes. */
export const mailReach = (copy: Copy, settings: Settings): readonly Reach[] => {
  const names = hostNames(copy).imap;
  const servers = imapServers(copy, settings);
  const because = placeOfSetting(settings, ...names);
  const typed: Reach = {
    resource: 'credentials',
    mode: 'read',
    extent: 'the name and mail password of everybody who logs in',
    because,
  };
  const mail =
    servers.length > 0
      ? servers.map(
          (server): Reach => ({
            resource: 'stored-mail',
            mode: 'write',
            extent: `the mailbox of everybody who logs in, by IMAP at ${where(server)}`,
            because: server.because,
          }),
        )
      : [
          {
            resource: 'stored-mail',
            mode: 'write',
            extent: 'the mailbox of everybody who logs in, by IMAP at whichever server they name',
            because,
          } as const,
        ];
  return [...mail, typed, ...proxyReach(settings, 'imap', 'every mailbox')];
};

/** `imap_auth_cid`: it logs in with an account of its own, in whoever's name it likes. */
export const proxyReach = (settings: Settings, prefix: string, what: string): readonly Reach[] => {
  const account = setting(settings, `${prefix}_auth_cid`);
  if (account === undefined || phpTruth(account) === false) return [];
  const secret = setting(settings, `${prefix}_auth_pw`);
  return [
    {
      resource: 'stored-mail',
      mode: 'admin',
      extent: `${what}: it logs in with an account of its own in the name of whoever asks`,
      because: account.at,
    },
    ...(secret === undefined || phpTruth(secret) === false
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of that account, in ${secret.at.path}`,
            because: secret.at,
          } as const,
        ]),
  ];
};

/** The SMTP servers that a file names; none: the default of the code. */
export const smtpServers = (copy: Copy, settings: Settings): readonly MailServer[] => {
  const port = settingText(settings, 'smtp_port');
  const plain = /^\d{1,5}$/.test(port ?? '')
    ? Number(port)
    : isAtLeast(copy, 1, 6) === false
      ? 25
      : 587;
  const ports = { plain, tls: port === undefined ? 465 : plain };
  return serversOf(setting(settings, ...hostNames(copy).smtp), ports);
};

/** Sending of mail. */
export const sendReach = (copy: Copy, settings: Settings): readonly Reach[] => {
  const names = hostNames(copy).smtp;
  const stated = setting(settings, ...names);
  const servers = smtpServers(copy, settings);
  const user = setting(settings, 'smtp_user');
  const name = user === undefined && isAtLeast(copy, 1, 4) !== false ? '%u' : phpText(user);
  const as =
    name === undefined
      ? user?.is === 'unknown'
        ? `under a name that is not decided in the file (${user.why})`
        : 'without logging in there'
      : name === ''
        ? 'without logging in there'
        : name.includes('%u')
          ? 'in the name of whoever is logged in'
          : 'with one account of its own';
  const usesMail =
    stated !== undefined && phpText(stated) === '' && isAtLeast(copy, 1, 4) === false;
  const because = placeOfSetting(settings, ...names);
  const targets = servers.length > 0 ? servers : [undefined];
  const secret = setting(settings, 'smtp_pass');
  const fixed = phpText(secret);
  return [
    ...targets.map(
      (server): Reach => ({
        resource: 'mail-in-transit',
        mode: 'send',
        extent:
          server === undefined
            ? usesMail
              ? 'mail of everybody who logs in, by the sendmail of this host'
              : `mail of everybody who logs in, by SMTP at localhost, ${as}`
            : `mail of everybody who logs in, by SMTP at ${where(server)}, ${as}`,
        because: server?.because ?? because,
      }),
    ),
    ...(secret === undefined || (fixed !== undefined && (fixed === '' || fixed.includes('%p')))
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of its own SMTP account, in ${secret.at.path}`,
            because: secret.at,
          } as const,
        ]),
  ];
};
