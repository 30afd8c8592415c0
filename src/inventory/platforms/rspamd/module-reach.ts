import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { isUclTrue, type UclValue, uclAll, uclGet, uclTexts } from '../../syntax/ucl.ts';
import { type Settings, withoutMethod } from './settings.ts';

interface Read {
  readonly name: string;
  readonly section?: UclValue;
  readonly place?: Place;
}

const listed = (words: readonly string[], max = 12): string =>
  words.length <= max
    ? words.join(', ')
    : `${words.slice(0, max).join(', ')} and ${words.length - max} more`;

const at = (place: Place | undefined): { because?: Place } =>
  place === undefined ? {} : { because: place };

const send = (extent: string, place: Place | undefined): Reach => ({
  resource: 'mail-in-transit',
  mode: 'send',
  extent,
  ...at(place),
});

/** DNS lists that are asked about what stands in a message. */
const dnsLists = (section: UclValue | undefined): readonly string[] =>
  ['rbls', 'rules']
    .flatMap(key => uclAll(section, key))
    .flatMap(block => [...block.keys.values()].flat())
    .filter(
      rule =>
        isUclTrue(uclGet(rule, 'enabled')) !== false &&
        isUclTrue(uclGet(rule, 'disabled')) !== true,
    )
    .map(rule => uclGet(rule, 'rbl')?.text ?? '')
    .filter((name, i, all) => name !== '' && all.indexOf(name) === i);

const rbl = ({ section, place }: Read): readonly Reach[] => {
  const lists = dnsLists(section);
  return lists.length === 0
    ? []
    : [
        send(
          `addresses, hosts and links of each message, asked over DNS of ${listed(lists)}`,
          place,
        ),
      ];
};

const asn = ({ section, place }: Read): readonly Reach[] => {
  const zones = ['ip4', 'ip6']
    .map(key => uclGet(section, 'provider_info', key)?.text)
    .filter(zone => zone !== undefined);
  return zones.length === 0
    ? []
    : [send(`the sender's IP address of each message, asked over DNS of ${listed(zones)}`, place)];
};

const fuzzy = ({ section, place }: Read): readonly Reach[] => {
  const servers = uclAll(section, 'rule')
    .flatMap(block => (block.keys.has('servers') ? [block] : [...block.keys.values()].flat()))
    .filter(rule => isUclTrue(uclGet(rule, 'enabled')) !== false)
    .flatMap(rule => uclTexts(rule, 'servers').map(({ text }) => withoutMethod(text)));
  return servers.length === 0
    ? []
    : [send(`fuzzy hashes of each message, sent to ${listed([...new Set(servers)])}`, place)];
};

const signing = ({ name, section, place }: Read, settings: Settings): readonly Reach[] => {
  if (isUclTrue(uclGet(section, 'use_redis')) === true) {
    const servers = settings.redisFor(name).map(({ text }) => text);
    return [
      {
        resource: 'credentials',
        mode: 'read',
        extent: `DKIM signing keys, kept in Redis at ${listed(servers)}`,
        ...at(uclGet(section, 'use_redis')?.place),
      },
    ];
  }
  const keys = ['path', 'path_map', 'key_table', 'vault_url']
    .flatMap(key => uclTexts(section, key))
    .concat(
      [...(uclGet(section, 'domain')?.keys.values() ?? [])]
        .flat()
        .flatMap(domain => uclTexts(domain, 'path')),
    );
  const [first] = keys;
  if (first === undefined && name === 'arc') return [];
  return [
    {
      resource: 'credentials',
      mode: 'read',
      extent: `DKIM signing keys: ${first === undefined ? '/var/lib/rspamd/dkim/$domain.$selector.key' : listed(keys.map(({ text }) => text))}`,
      ...at(first?.place ?? place),
    },
  ];
};

const history = ({ section, place }: Read, settings: Settings): readonly Reach[] => {
  const rows = uclGet(section, 'nrows')?.text ?? '200';
  const hidden = isUclTrue(uclGet(section, 'subject_privacy')) === true;
  return [
    send(
      `addresses and ${hidden ? 'hashed ' : ''}subjects of the last ${rows} messages, kept in Redis at ${listed(settings.redisFor('history_redis').map(({ text }) => text))}`,
      place,
    ),
  ];
};

const redirects = ({ place }: Read): readonly Reach[] => [
  send('links of messages that point to redirectors, fetched to see where they lead', place),
];

const byName: Readonly<Record<string, (module: Read, settings: Settings) => readonly Reach[]>> = {
  rbl,
  asn,
  fuzzy_check: fuzzy,
  dkim_signing: signing,
  arc: signing,
  history_redis: history,
  url_redirector: redirects,
};

/** What a module reaches beyond what the Rspamd around it reaches. */
export const moduleReach = (module: Read, settings: Settings): readonly Reach[] =>
  Object.hasOwn(byName, module.name) ? (byName[module.name]?.(module, settings) ?? []) : [];
