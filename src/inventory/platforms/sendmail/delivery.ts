import type { ComponentId, ComponentKind, Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { pathAtEnd } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { isLoopback } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import { type CfMailer, cfMacro, type SendmailCf } from '../../syntax/sendmail-cf.ts';
import { type Sendmail, submitPath } from './found.ts';

const services: Readonly<Record<string, number>> = {
  smtp: 25,
  lmtp: 24,
  submission: 587,
  smtps: 465,
};

const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = services[text] ?? (/^\d{1,5}$/.test(text) ? Number(text) : 0);
  return port > 0 && port < 65_536 ? port : undefined;
};

/** The port that a mailer talks to: the word behind `TCP $h`. */
const mailerPort = (mailer: CfMailer | undefined): number => {
  const port = /^(?:TCP|IPC)\s+\S+\s+(\S+)/.exec(mailer?.args ?? '')?.[1];
  return portOf(port) ?? 25;
};

/** `[host]`, `mailer:host`, `mailer:[host]`, hosts apart by colons. */
interface Target {
  readonly mailer?: CfMailer;
  readonly hosts: readonly string[];
}

const targetOf = (cf: SendmailCf, text: string): Target => {
  const match = /^([\w-]{1,100}):(.*)$/s.exec(text.trim());
  const mailer = match === null ? undefined : cf.mailers.find(({ name }) => name === match[1]);
  const rest = mailer === undefined ? text.trim() : (match?.[2] ?? '');
  const hosts = rest.slice(0, 20_000).match(/\[[^\]]{1,255}\]|[^:\s[\]]{1,255}/g) ?? [];
  return { ...(mailer === undefined ? {} : { mailer }), hosts: hosts.slice(0, 50) };
};

const endpointOf = (host: string, port: number): Endpoint | undefined => {
  const bare = host.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1');
  return /^[\w.:-]{1,255}$/.test(bare) ? { net: 'tcp', host: bare, port } : undefined;
};

const kindOf = (to: Endpoint): ComponentKind =>
  to.net === 'unix' || isLoopback(to.host) ? 'content-filter' : 'gateway';

const handed = (extent: string, because: Place): Reach => ({
  resource: 'mail-in-transit',
  mode: 'write',
  extent,
  because,
});

/** Macros of the configuration that name a server (cf/README). */
const relays: readonly (readonly [macro: string, mailer: string, extent: string])[] = [
  ['S', 'relay', 'all mail for other hosts (SMART_HOST)'],
  ['H', 'relay', 'all mail for users of this host (MAIL_HUB)'],
  ['R', 'relay', 'mail for names without a host (LOCAL_RELAY)'],
  ['L', 'relay', 'mail for users that are not known here (LUSER_RELAY)'],
];

const relayLinks = (id: ComponentId, cf: SendmailCf): readonly Link[] =>
  relays.flatMap(([name, fallback, extent]): readonly Link[] => {
    const macro = cfMacro(cf, name);
    if (macro === undefined || macro.value.startsWith('$')) return [];
    const target = targetOf(cf, macro.value);
    const mailer = target.mailer ?? cf.mailers.find(each => each.name === fallback);
    if (mailer?.program !== undefined && !/^\[(?:IPC|TCP)\]$/i.test(mailer.program)) return [];
    const port = mailerPort(mailer);
    return target.hosts.flatMap((host): readonly Link[] => {
      const to = endpointOf(host, port);
      return to === undefined
        ? []
        : [{ from: id, to, as: kindOf(to), reach: [handed(extent, macro.at)], because: macro.at }];
    });
  });

/** `submit.cf` hands what is sent on this host to a server; mostly the one beside it. */
const submitLinks = (id: ComponentId, submit: SendmailCf | undefined): readonly Link[] => {
  const macro = submit === undefined ? undefined : cfMacro(submit, 'MTAHost');
  if (submit === undefined || macro === undefined) return [];
  const esmtp = submit.mailers.find(({ name }) => name === 'relay' || name === 'esmtp');
  return targetOf(submit, macro.value).hosts.flatMap((host): readonly Link[] => {
    const to = endpointOf(host, mailerPort(esmtp));
    if (to?.net !== 'tcp' || isLoopback(to.host)) return [];
    const reach = handed(`all mail that programs on this host send (${submitPath})`, macro.at);
    return [{ from: id, to, as: 'gateway', reach: [reach], because: macro.at }];
  });
};

const tablePath = (cf: SendmailCf, map: string): string | undefined => {
  const found = cf.maps.find(({ name }) => name === map);
  return found === undefined ? undefined : pathAtEnd(found.args)?.replace(/\.db$/, '');
};

/** Rows of the text that `mailertable` is made of: `domain mailer:host`. */
export const mailerTable = (
  files: FileView,
  cf: SendmailCf,
): readonly { readonly domain: string; readonly text: string; readonly at: Place }[] => {
  const path = tablePath(cf, 'mailertable');
  if (path === undefined) return [];
  if (files.stat(path)?.kind !== 'file') {
    if (files.stat(`${path}.db`) !== undefined) {
      files.note({
        what: `${path}.db`,
        why: 'is a table of mail routes whose text is not beside it: to which hosts mail is handed cannot be told',
        how: `Run: makemap -u hash ${path}.db`,
      });
    }
    return [];
  }
  return (files.text(path) ?? '')
    .split('\n')
    .slice(0, 50_000)
    .flatMap((raw, i) => {
      const match = /^([^#\s]\S*)\s+(\S.*)$/.exec(raw);
      return match === null
        ? []
        : [{ domain: match[1] ?? '', text: (match[2] ?? '').trim(), at: { path, line: i + 1 } }];
    });
};

const tableLinks = (id: ComponentId, files: FileView, cf: SendmailCf): readonly Link[] =>
  mailerTable(files, cf)
    .slice(0, 5_000)
    .flatMap(({ domain, text, at }): readonly Link[] => {
      const { mailer, hosts } = targetOf(cf, text);
      if (mailer === undefined || !/^\[(?:IPC|TCP)\]$/i.test(mailer.program)) return [];
      return hosts.flatMap((host): readonly Link[] => {
        const to = endpointOf(host, mailerPort(mailer));
        if (to === undefined) return [];
        const reach = handed(`mail for ${domain.slice(0, 200)} (mailertable)`, at);
        return [{ from: id, to, as: kindOf(to), reach: [reach], because: at }];
      });
    });

/** Mailers that talk to a fixed server or socket: `A=FILE /run/lmtp`, `A=TCP localhost lmtp`. */
const mailerLinks = (
  id: ComponentId,
  cf: SendmailCf,
  isUsed: (name: string) => boolean,
): readonly Link[] =>
  cf.mailers.flatMap(({ name, program, args, flags, argsAt }): readonly Link[] => {
    if (!/^\[(?:IPC|TCP|LPC)\]$/i.test(program) || !isUsed(name)) return [];
    const socket = /^FILE\s+(\/\S+)/.exec(args)?.[1];
    const host = /^(?:TCP|IPC)\s+(\S+)/.exec(args)?.[1];
    const to: Endpoint | undefined =
      socket !== undefined
        ? { net: 'unix', path: socket }
        : host === undefined || host.startsWith('$')
          ? undefined
          : endpointOf(host, portOf(/^\S+\s+\S+\s+(\S+)/.exec(args)?.[1]) ?? 25);
    if (to === undefined) return [];
    // F=z: the mailer speaks LMTP, as mail stores do.
    const as = socket !== undefined || flags.includes('z') ? 'imap' : kindOf(to);
    const reach = handed(`every message of mailer ${name}`, argsAt);
    return [{ from: id, to, as, reach: [reach], because: argsAt }];
  });

/** Servers that mail is handed to by name. */
export const deliveryLinks = (
  id: ComponentId,
  files: FileView,
  { cf, submit }: Sendmail,
  isUsed: (name: string) => boolean,
): readonly Link[] => [
  ...relayLinks(id, cf),
  ...submitLinks(id, submit),
  ...tableLinks(id, files, cf),
  ...mailerLinks(id, cf, isUsed),
];
