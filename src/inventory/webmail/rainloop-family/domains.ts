import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { baseOf } from '../../../core/paths.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import type { MailServer } from '../mail-servers.ts';
import { type IniValue, isYes, readValues } from './ini.ts';

const domainsMax = 2_000;
const serversMax = 100;

export interface Domain {
  /** `example.jp`; `*` for the one that all others fall under. */
  readonly name: string;
  readonly imap?: IniValue;
  readonly smtp?: IniValue;
  readonly sieve?: IniValue;
}

/** `domains/disabled`: names, comma between. */
const disabledIn = (files: FileView, folder: string): ReadonlySet<string> => {
  const path = `${folder}/disabled`;
  const text = files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '';
  return new Set(
    text
      .split(/[\s,;"[\]]+/)
      .filter(name => name !== '')
      .map(name => name.toLowerCase()),
  );
};

const nameOf = (path: string): string => {
  const name = baseOf(path)
    .replace(/\.(?:ini|json)$/, '')
    .replace('_wildcard_', '*');
  return name === 'default' ? '*' : name;
};

const hostAt = (
  values: ReadonlyMap<string, IniValue>,
  protocol: 'imap' | 'smtp' | 'sieve',
): IniValue | undefined => {
  const host = values.get(`${protocol}_host`) ?? values.get(`${protocol}.host`);
  if (host === undefined || host.text === '') return undefined;
  const port = values.get(`${protocol}_port`) ?? values.get(`${protocol}.port`);
  const shown = host.text.includes(':') ? `[${host.text}]` : host.text;
  return {
    text: `${shown}${port === undefined || port.text === '' ? '' : `:${port.text}`}`.slice(0, 300),
    because: host.because,
  };
};

const readDomain = (files: FileView, path: string): Domain => {
  const values = readValues(files, path);
  const usesSieve = isYes(values.get('sieve_use') ?? values.get('sieve.enabled'), false);
  const mailFunction = isYes(values.get('smtp_php_mail') ?? values.get('smtp.usephpmail'), false);
  const imap = hostAt(values, 'imap');
  const smtp = hostAt(values, 'smtp');
  const sieve = usesSieve ? hostAt(values, 'sieve') : undefined;
  return {
    name: nameOf(path),
    ...(imap === undefined ? {} : { imap }),
    ...(smtp === undefined
      ? {}
      : { smtp: mailFunction ? { ...smtp, text: 'the mail() function of PHP' } : smtp }),
    ...(sieve === undefined ? {} : { sieve }),
  };
};

/** `example.jp, example.test and 3 more`; everybody where the domain is `*`. */
const whose = (names: readonly string[]): string => {
  if (names.includes('*')) return 'everybody who logs in';
  const shown = names.slice(0, 3).join(', ');
  return `everybody of ${shown}${names.length > 3 ? ` and ${names.length - 3} more domains` : ''} who logs in`;
};

const grouped = (
  domains: readonly Domain[],
  pick: (domain: Domain) => IniValue | undefined,
  reach: (people: string, host: string) => Omit<Reach, 'because'>,
): readonly Reach[] => {
  const byHost = new Map<string, { names: string[]; value: IniValue }>();
  for (const domain of domains) {
    const value = pick(domain);
    if (value === undefined) continue;
    const known = byHost.get(value.text) ?? { names: [], value };
    known.names.push(domain.name.slice(0, 253));
    byHost.set(value.text, known);
  }
  return [...byHost].slice(0, 100).map(([host, { names, value }]) => ({
    ...reach(whose(names), host),
    because: value.because,
  }));
};

/** The mail domains of one data folder that are not switched off. */
export const domainsOf = (files: FileView, folder: string): readonly Domain[] => {
  const disabled = disabledIn(files, `${folder}/domains`);
  return files
    .glob(`${folder}/domains/*.{ini,json}`)
    .slice(0, domainsMax)
    .filter(path => !disabled.has(nameOf(path).toLowerCase()))
    .map(path => readDomain(files, path));
};

/** The IMAP servers of the domains, each once. */
export const imapServers = (domains: readonly Domain[]): readonly MailServer[] => {
  const byHost = new Map<string, MailServer>();
  for (const { imap } of domains) {
    if (imap === undefined || byHost.size >= serversMax || byHost.has(imap.text)) continue;
    const endpoint = parseHostPort(/:\d+$/.test(imap.text) ? imap.text : `${imap.text}:143`);
    if (endpoint === undefined || /[{}\s]/.test(imap.text)) continue;
    byHost.set(imap.text, { shown: imap.text, endpoint, because: imap.because });
  }
  return [...byHost.values()];
};

/** What the mail domains give access to. */
export const domainReach = (domains: readonly Domain[]): readonly Reach[] => {
  return [
    ...grouped(
      domains,
      each => each.imap,
      (people, host) => ({
        resource: 'stored-mail',
        mode: 'write',
        extent: `the mailbox of ${people}, by IMAP at ${host}`,
      }),
    ),
    ...grouped(
      domains,
      each => each.imap,
      people => ({
        resource: 'credentials',
        mode: 'read',
        extent: `the mail password of ${people}`,
      }),
    ),
    ...grouped(
      domains,
      each => each.smtp,
      (people, host) => ({
        resource: 'mail-in-transit',
        mode: 'send',
        extent: `mail of ${people}, through ${host}`,
      }),
    ),
    ...grouped(
      domains,
      each => each.sieve,
      (people, host) => ({
        resource: 'stored-mail',
        mode: 'write',
        extent: `the mail filters of ${people}, by ManageSieve at ${host}`,
      }),
    ),
  ];
};
