import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { deliversLocally } from './aliases.ts';
import { blockLists } from './block-lists.ts';
import { type Instance, running, type Value } from './instance.ts';
import { isTextMap, type MapUse } from './maps.ts';
import { parseRoute } from './routes.ts';

const shown = (text: string): string => text.slice(0, 300);

/** Whether that side of TLS is on for any service that uses it. */
const usesTls = (instance: Instance, side: 'smtpd' | 'smtp' | 'lmtp'): boolean =>
  [instance, ...running(instance, side)].some(({ params }) => {
    const level = params.get(`${side}_tls_security_level`).text;
    return (
      (level !== '' && level !== 'none') ||
      params.isOn(`${side}_use_tls`) ||
      params.isOn(`${side}_enforce_tls`) ||
      params.isOn(`${side}_tls_wrappermode`)
    );
  });

const keyNames = ['key_file', 'eckey_file', 'dkey_file'] as const;

/** The line that names the file, also where a key defaults to the file of its certificate. */
const keyAt = (params: Instance['params'], side: string, name: string): Value | undefined => {
  const key = params.get(`${side}_tls_${name}`);
  if (key.text === '' || key.text === 'none') return undefined;
  if (key.isSet) return key;
  const certificate = params.get(`${side}_tls_${name.replace('key', 'cert')}`);
  return { ...certificate, text: key.text };
};

const tlsKeys = (instance: Instance): readonly Reach[] => {
  const out = new Map<string, Reach>();
  const add = (path: string, because: Place): void => {
    if (out.size < 200 && !out.has(path)) {
      out.set(path, {
        resource: 'credentials',
        mode: 'read',
        extent: `TLS private key ${shown(path)}`,
        because,
      });
    }
  };
  for (const side of ['smtpd', 'smtp', 'lmtp'] as const) {
    if (!usesTls(instance, side)) continue;
    for (const { params } of [instance, ...running(instance, side)]) {
      const chain = params.get(`${side}_tls_chain_files`);
      // Chain files take the place of all others (postconf(5)).
      if (chain.text !== '') for (const { text, at } of chain.items) add(text, at);
      else {
        for (const name of keyNames) {
          const key = keyAt(params, side, name);
          if (key !== undefined) add(key.text, key.at);
        }
      }
    }
  }
  return [...out.values()];
};

/** Tables of text that hold passwords or keys. */
const secretTables = (uses: readonly MapUse[]): readonly Reach[] =>
  uses
    .filter(use => /_sasl_password_maps$|_sni_maps$/.test(use.parameter) && isTextMap(use))
    .slice(0, 100)
    .map(({ parameter, name, at }) => ({
      resource: 'credentials',
      mode: 'read',
      extent: parameter.endsWith('_sni_maps')
        ? `TLS private keys by server name, in ${shown(name)}`
        : `names and passwords at other mail servers, in ${shown(name)} (${parameter})`,
      because: at,
    }));

const addressMaps =
  /^(?:alias_maps|virtual_alias_maps|virtual_maps|virtual_mailbox_maps|relay_recipient_maps|smtpd_sender_login_maps|(?:recipient_|sender_)?canonical_maps)$/;

/** Tables of text that hold addresses of users. */
const addressTables = (uses: readonly MapUse[]): readonly Reach[] =>
  uses
    .filter(
      use =>
        addressMaps.test(use.parameter) &&
        isTextMap(use) &&
        use.name.startsWith('/') &&
        use.at.line !== undefined,
    )
    .slice(0, 100)
    .map(({ parameter, name, at }) => ({
      resource: 'directory',
      mode: 'read',
      extent: `addresses in ${shown(name)} (${parameter})`,
      because: at,
    }));

/** Copies that somebody gets without being a recipient. */
const copies = (instance: Instance, uses: readonly MapUse[]): readonly Reach[] => {
  const always = instance.params.get('always_bcc');
  return [
    ...(always.text === ''
      ? []
      : [
          {
            resource: 'mail-in-transit' as const,
            mode: 'send' as const,
            extent: `a copy of every message, to ${shown(always.text)} (always_bcc)`,
            because: always.at,
          },
        ]),
    ...uses
      .filter(({ parameter }) => /^(?:sender|recipient)_bcc_maps$/.test(parameter))
      .slice(0, 50)
      .map(({ parameter, type, name, at }) => ({
        resource: 'mail-in-transit' as const,
        mode: 'send' as const,
        extent: `copies of messages ${parameter.startsWith('sender') ? 'from' : 'to'} the addresses in ${type}:${shown(name)} (${parameter})`,
        because: at,
      })),
  ];
};

/** Mailboxes that Postfix's own agents write to. */
const mailboxes = (instance: Instance): readonly Reach[] => {
  const { params } = instance;
  const out: Reach[] = [];
  const takenOver = ['mailbox_command', 'mailbox_transport'].some(
    name => params.get(name).text !== '',
  );
  if (deliversLocally(instance) && !takenOver) {
    const home = params.get('home_mailbox');
    const spool = params.get('mail_spool_directory');
    const value = home.text === '' ? spool : home;
    out.push({
      resource: 'stored-mail',
      mode: 'write',
      extent: `the mailbox of every local user: ${home.text === '' ? `${shown(spool.text)}/*` : `~/${shown(home.text)}`}`,
      because: value.isSet ? value.at : params.get('mydestination').at,
    });
  }
  const maps = params.get('virtual_mailbox_maps');
  const { transport } = parseRoute(params.get('virtual_transport').text);
  const isOwn = running(instance, 'virtual').some(({ name }) => name === transport);
  if (isOwn && maps.text !== '') {
    const base = params.get('virtual_mailbox_base');
    out.push({
      resource: 'stored-mail',
      mode: 'write',
      extent: `every virtual mailbox${base.text === '' ? '' : `, below ${shown(base.text)}`}`,
      because: base.isSet ? base.at : maps.at,
    });
  }
  return out;
};

/** Everything that Postfix itself can reach. */
export const reachOf = (instance: Instance, uses: readonly MapUse[]): readonly Reach[] => {
  const { params } = instance;
  const queue = params.get('queue_directory');
  const outgoing = params.get('default_transport');
  const route = parseRoute(outgoing.text);
  const goesOut = !/^(?:error|discard|retry)$/.test(route.transport);
  const relay = params.get('relayhost');
  // A next hop of the transport comes before relayhost (trivial-rewrite(8)).
  const through = route.nexthop === '' ? relay.text : route.nexthop;
  const asRoot = running(instance, 'local', 'virtual', 'pipe', 'spawn').find(
    ({ unprivileged }) => !unprivileged,
  );
  const accounts = params.get('local_recipient_maps');
  return [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: `every message that passes, in the queue ${shown(instance.queue)}`,
      because: queue.at,
    },
    ...(goesOut
      ? [
          {
            resource: 'mail-in-transit' as const,
            mode: 'send' as const,
            extent:
              through === ''
                ? 'mail to any host'
                : `mail to any address, through ${shown(through)}`,
            because: relay.text === '' || route.nexthop !== '' ? outgoing.at : relay.at,
          },
        ]
      : []),
    ...copies(instance, uses),
    ...blockLists(instance),
    ...mailboxes(instance),
    ...secretTables(uses),
    ...tlsKeys(instance),
    ...addressTables(uses),
    ...(deliversLocally(instance) && /\bunix:passwd\.byname\b/.test(accounts.text)
      ? [
          {
            resource: 'directory' as const,
            mode: 'read' as const,
            extent: 'the accounts of this host (local_recipient_maps)',
            because: accounts.at,
          },
        ]
      : []),
    {
      resource: 'host',
      mode: 'admin',
      extent:
        asRoot === undefined
          ? 'everything on this host: master(8) runs as root'
          : `everything on this host: master(8) and ${asRoot.label} run as root`,
      because: asRoot?.at ?? { path: instance.masterPath },
    },
  ];
};
