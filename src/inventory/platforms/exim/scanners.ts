import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import type { ProgramUse } from '../../programs/piped-programs.ts';
import { commandProgram } from '../../syntax/command-program.ts';
import { settingNamed } from '../../syntax/exim.ts';
import { splitEximList } from '../../syntax/exim-lists.ts';
import { type Exim, isDynamic } from './context.ts';

/** Ports of scanners that are named by an address alone (spec chapter 45). */
const defaultPorts: Readonly<Record<string, number>> = { fprotd: 10_200, clamd: 3310 };

/** `host port`, `/socket`, `host:port` inside one list item, options behind it left out. */
const endpointOf = (text: string, port?: number): Endpoint | undefined => {
  const [first = '', second = ''] = text.trim().split(/\s+/);
  if (first.startsWith('/')) return { net: 'unix', path: first };
  if (first === '') return undefined;
  if (/^\d{1,5}(?:-\d+)?$/.test(second)) {
    return parseHostPort(`${first.includes(':') ? `[${first}]` : first}:${second.split('-')[0]}`);
  }
  return port === undefined ? parseHostPort(first) : parseHostPort(`${first}:${port}`);
};

const everyMessage = (what: string, because: Place): Reach => ({
  resource: 'mail-in-transit',
  mode: 'read',
  extent: `every message that ${what}`,
  because,
});

/** What the ACL condition `malware` calls: `av_scanner` (spec 45.1). */
export const antivirusOf = (
  exim: Exim,
): { readonly links: readonly Link[]; readonly uses: readonly ProgramUse[] } => {
  const used = exim.aclItems.find(({ name }) => name === 'malware' || name === 'demime');
  if (used === undefined || used.name === 'demime') return { links: [], uses: [] };
  const setting = settingNamed(exim.setup.config.main, 'av_scanner');
  const because = setting?.at ?? used.at;
  const value = setting?.value ?? 'sophie:/var/run/sophie';
  const reach = [everyMessage(`ACL ${used.acl} checks with malware`, used.at)];
  if (isDynamic(value)) {
    exim.files.note({
      what: `${because.path}:${because.line ?? 1}`,
      why: 'av_scanner is computed for each message: which scanner is called cannot be told',
      how: 'Write the scanner in full, or name it in postern.yaml.',
    });
    return { links: [], uses: [] };
  }
  const [type = '', ...options] = splitEximList(value);
  if (type === 'cmdline') {
    const program = commandProgram(options[0] ?? '');
    return program === undefined
      ? { links: [], uses: [] }
      : { links: [], uses: [{ path: program.path, kind: 'antivirus', because, reach }] };
  }
  const places = options.filter(
    (option, i) =>
      option.startsWith('/') || /^\S+\s+\d+/.test(option) || (i === 0 && /^[\w.-]+$/.test(option)),
  );
  const fallback = defaultPorts[type];
  const endpoints = (type === 'clamd' ? places : places.slice(0, 1)).flatMap(
    place => endpointOf(place, fallback) ?? [],
  );
  const named: readonly Endpoint[] =
    endpoints.length === 0 && type === 'clamd' ? [{ net: 'unix', path: '/tmp/clamd' }] : endpoints;
  if (named.length === 0) {
    exim.files.note({
      what: `${because.path}:${because.line ?? 1}`,
      why: `av_scanner of type ${type.slice(0, 40)} names no address that was understood`,
      how: 'Check what the scanner is.',
    });
  }
  return {
    uses: [],
    links: named.map(to => ({ from: exim.id, to, as: 'antivirus', name: type, reach, because })),
  };
};

/** What the ACL condition `spam` calls: `spamd_address` (spec 45.2). */
export const spamLinks = (exim: Exim): readonly Link[] => {
  const used = exim.aclItems.find(({ name }) => name === 'spam');
  if (used === undefined) return [];
  const setting = settingNamed(exim.setup.config.main, 'spamd_address');
  const because = setting?.at ?? used.at;
  const value = setting?.value ?? '127.0.0.1 783';
  const reach = [everyMessage(`ACL ${used.acl} checks with spam`, used.at)];
  const links = splitEximList(value).flatMap((item): readonly Link[] => {
    const to = isDynamic(item) ? undefined : endpointOf(item, 783);
    const name = /\bvariant\s*=\s*rspamd\b/.test(item) ? 'rspamd' : 'spamd';
    return to === undefined ? [] : [{ from: exim.id, to, as: 'spam-filter', name, reach, because }];
  });
  if (links.length === 0) {
    exim.files.note({
      what: `${because.path}:${because.line ?? 1}`,
      why: 'spamd_address names no address that was understood: which spam filter is called cannot be told',
      how: 'Write it as host and port, or name the filter in postern.yaml.',
    });
  }
  return links;
};

/** `${readsocket{/path}{request}}`, `${readsocket{inet:host:port}…}` (spec 11.5). */
export const socketLinks = (exim: Exim): readonly Link[] =>
  exim.texts.flatMap(({ items, setting, section, owner }) =>
    items
      .filter(({ name }) => name === 'readsocket')
      .flatMap(({ args }): readonly Link[] => {
        const where = (args[0] ?? '').trim();
        const to = where.startsWith('inet:')
          ? parseHostPort(where.slice(5))
          : where.startsWith('/')
            ? ({ net: 'unix', path: where } as const)
            : undefined;
        if (to === undefined || isDynamic(where)) {
          exim.files.note({
            what: `${setting.at.path}:${setting.at.line ?? 1}`,
            why: 'a readsocket talks to an address that is computed for each message',
            how: 'Name what listens there in postern.yaml.',
          });
          return [];
        }
        const reach: Reach = {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: `what ${section}${owner === '' ? '' : ` ${owner}`} asks it about messages: addresses and hosts`,
          because: setting.at,
        };
        return [{ from: exim.id, to, as: 'policy-service', reach: [reach], because: setting.at }];
      }),
  );

const saEximPaths = ['/etc/exim4/sa-exim.conf', '/etc/exim/sa-exim.conf', '/etc/sa-exim.conf'];

/** SA-Exim (sa-exim.conf): calls spamc, which calls SpamAssassin's daemon. */
const saEximLinks = (exim: Exim, reach: Reach): readonly Link[] => {
  const path = saEximPaths.find(each => exim.files.stat(each)?.kind === 'file');
  const text = path === undefined ? undefined : exim.files.text(path);
  if (path === undefined || text === undefined) return [];
  const lines = text.split('\n').map((line, i) => ({ line: i + 1, text: line.trim() }));
  const find = (name: string): { readonly line: number; readonly text: string } | undefined =>
    lines
      .filter(each => each.text.startsWith(`${name}:`))
      .map(each => ({ line: each.line, text: each.text.slice(name.length + 1).trim() }))
      .at(-1);
  const condition = find('SAEximRunCond');
  if (condition?.text === '0') return [];
  const socket = find('SAspamcSockPath');
  const host = find('SAspamcHost');
  const port = find('SAspamcPort');
  const to: Endpoint =
    socket !== undefined && socket.text !== ''
      ? { net: 'unix', path: socket.text }
      : {
          net: 'tcp',
          host: host?.text ?? '127.0.0.1',
          port: Number(port?.text ?? '783') || 783,
        };
  const line = socket?.line ?? host?.line ?? port?.line ?? condition?.line;
  return [
    {
      from: exim.id,
      to,
      as: 'spam-filter',
      reach: [reach],
      because: { path, ...(line === undefined ? {} : { line }) },
    },
  ];
};

export interface LocalScan {
  readonly path: string;
  readonly because: Place;
  readonly links: readonly Link[];
  readonly reach: Reach;
  /** SA-Exim's own switch is off: it is loaded and passes everything. */
  readonly off: boolean;
}

/** `local_scan_path`: a library that sees every message (Debian's patch, `dlopen`). */
export const localScanOf = (exim: Exim): LocalScan | undefined => {
  const setting = settingNamed(exim.setup.config.main, 'local_scan_path');
  if (setting === undefined || setting.value === '') return undefined;
  const reach: Reach = {
    resource: 'mail-in-transit',
    mode: 'write',
    extent: 'every message that Exim receives',
    because: setting.at,
  };
  const isSaExim = setting.value.includes('sa-exim');
  const links = isSaExim ? saEximLinks(exim, reach) : [];
  const hasSettings = saEximPaths.some(path => exim.files.stat(path)?.kind === 'file');
  return {
    path: setting.value,
    because: setting.at,
    links,
    reach,
    off: isSaExim && hasSettings && links.length === 0,
  };
};
