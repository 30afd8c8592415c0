import { joinPath } from '../../core/paths.ts';
import { withoutAccounts } from '../../core/url-text.ts';
import type { Destination } from './destination.ts';
import type { Parameters } from './rsyslog-syntax.ts';

/** Names that actions refer to: templates and output channels. */
interface TargetNames {
  readonly templates: ReadonlyMap<string, string>;
  readonly channels: ReadonlyMap<string, string>;
}

export type Target = Omit<Destination, 'sure' | 'may' | 'because'>;

const addressOf = (protocol: string, host: string, port: string): string =>
  `${protocol}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port === '' ? '514' : port}`;

/** Modules that hand lines to something over the network, and what holds the address. */
const shipping: Readonly<Record<string, { readonly scheme: string; readonly port: string }>> = {
  omrelp: { scheme: 'relp', port: '2514' },
  omgssapi: { scheme: 'gssapi', port: '514' },
  omelasticsearch: { scheme: 'elasticsearch', port: '9200' },
  omkafka: { scheme: 'kafka', port: '9092' },
  omhttp: { scheme: 'https', port: '443' },
  omclickhouse: { scheme: 'clickhouse', port: '8123' },
  omamqp1: { scheme: 'amqp', port: '5672' },
  omrabbitmq: { scheme: 'amqp', port: '5672' },
  omazureeventhubs: { scheme: 'azure-event-hubs', port: '5671' },
};

/** No password that stands in an address is repeated. */
const clean = (text: string): string => withoutAccounts(text).slice(0, 300);

/** Where an `action()` writes; undefined for what keeps nothing: discarding, users' terminals. */
export const actionTarget = (parameters: Parameters, rules: TargetNames): Target | undefined => {
  const type = (parameters.get('type') ?? '').toLowerCase();
  const get = (name: string): string => parameters.get(name) ?? '';
  if (type === 'omfile') {
    const dynamic = parameters.get('dynafile');
    if (dynamic !== undefined) return dynamicFile(dynamic, rules);
    return { to: 'file', name: joinPath(get('file')) };
  }
  if (type === 'omfwd') {
    const tls =
      /^(?:gtls|ossl|mbedtls)$/i.test(get('streamdriver')) && get('streamdrivermode') === '1';
    // Without `protocol` omfwd speaks UDP.
    const protocol = tls ? 'tls' : get('protocol').toLowerCase() || 'udp';
    return { to: 'network', name: addressOf(protocol, get('target'), get('port')) };
  }
  const known = Object.hasOwn(shipping, type) ? shipping[type] : undefined;
  if (known !== undefined) {
    const host = get('target') || get('server') || get('broker') || get('serverurl') || get('host');
    if (host === '') return { to: 'network', name: `${known.scheme}://localhost` };
    if (/^\w+:\/\//.test(host)) return { to: 'network', name: clean(host) };
    const port = get('port') || get('serverport') || known.port;
    return {
      to: 'network',
      name: /[\s:]/.test(host)
        ? `${known.scheme}://${clean(host)}`
        : addressOf(known.scheme, host, port),
    };
  }
  if (/^om(?:discard|usrmsg|stdout|null|testing)$/.test(type)) return undefined;
  return { to: 'unknown', name: `an action of type ${type.slice(0, 40) || 'unknown'}` };
};

/** A template without properties names one file; with them, no one name can be told. */
const dynamicFile = (name: string, rules: TargetNames): Target => {
  const text = rules.templates.get(name);
  if (text?.startsWith('/') === true && !text.includes('%'))
    return { to: 'file', name: joinPath(text) };
  return {
    to: 'unknown',
    name: `files named by the template ${name}${text === undefined ? '' : ` (${text.slice(0, 120)})`}`,
  };
};

/** An action in the old words (rsyslog.conf(5), ACTIONS). */
export const legacyTarget = (whole: string, rules: TargetNames): Target | undefined => {
  const text = whole.replace(/(?<!\s)\s+#.*$/s, '').trim();
  const [body = ''] = text.split(/;(?=[\w-]*$)/);
  const dynamic = /^-?\?([\w.-]+)/.exec(body);
  if (dynamic !== null) return dynamicFile(dynamic[1] ?? '', rules);
  if (/^-?\//.test(body)) return { to: 'file', name: joinPath(body.replace(/^-/, '').trim()) };
  const forward =
    /^(@@?)(?:\(([^)]{0,60})\))?(\[[^\]]{1,60}\]|[^:;\s]{1,255})(?::([\w-]{1,20}))?/.exec(body);
  if (forward !== null) {
    const [, marks = '@', , host = '', port = ''] = forward;
    return { to: 'network', name: addressOf(marks === '@@' ? 'tcp' : 'udp', host, port) };
  }
  const channel = /^:omfile:\$([\w.-]+)/.exec(body);
  if (channel !== null) {
    const [path = '', size = ''] = (rules.channels.get(channel[1] ?? '') ?? '').split(',');
    return path.startsWith('/')
      ? { to: 'file', name: joinPath(path), ...(size === '' ? {} : { cutBySize: size }) }
      : { to: 'unknown', name: `the output channel ${channel[1] ?? ''}` };
  }
  const module = /^:(om\w{1,40}):(?:\(?)([^:;\s]{0,255})(?::(\d{1,5}))?/.exec(body);
  if (module !== null) {
    const [, type = '', host = '', port = ''] = module;
    const known = Object.hasOwn(shipping, type) ? shipping[type] : undefined;
    if (known !== undefined) {
      return { to: 'network', name: addressOf(known.scheme, host, port || known.port) };
    }
    if (/^om(?:usrmsg|discard)$/.test(type)) return undefined;
    return { to: 'unknown', name: `an action of type ${type}` };
  }
  if (body.startsWith('|')) return { to: 'unknown', name: `the pipe ${body.slice(1).trim()}` };
  if (body.startsWith('^')) return { to: 'unknown', name: `the program ${body.slice(1, 200)}` };
  if (body.startsWith('>')) return { to: 'unknown', name: 'a database' };
  // Names of users, or * for all who are logged in.
  return undefined;
};
