import type { FileView } from '../../core/files.ts';
import { joinPath, resolveFrom } from '../../core/paths.ts';
import { withoutAccounts } from '../../core/url-text.ts';
import type { Destination } from './destination.ts';
import {
  always,
  atLeast,
  both,
  either,
  exactly,
  facilityName,
  type Message,
  never,
  not,
  type Passing,
  perhaps,
  severityOf,
} from './severities.ts';
import { type NgItem, type NgToken, ngItems, ngOption, ngTokens } from './syslog-ng-syntax.ts';

export interface SyslogNg {
  readonly config: string;
  readonly takes: 'socket' | 'journal' | 'neither';
  destinationsOf(message: Message): readonly Destination[];
}

const filesMax = 500;
const depthMax = 8;

const load = (files: FileView, config: string): readonly NgItem[] => {
  let read = 0;
  const base = config.slice(0, config.lastIndexOf('/'));
  const loadFile = (path: string, depth: number): readonly NgItem[] => {
    if (depth > depthMax || ++read > filesMax) return [];
    const text = files.text(path);
    if (text === undefined) return [];
    return ngItems(ngTokens(text), path).flatMap((item): readonly NgItem[] => {
      const named = item.name === '@include' ? item.args[0]?.text : undefined;
      if (named === undefined) return [item];
      const folders = named.startsWith('/')
        ? [named]
        : [resolveFrom(base, named), `/usr/share/syslog-ng/include/${named}`];
      return folders
        .flatMap(each => files.glob(files.stat(each)?.kind === 'folder' ? `${each}/*` : each))
        .filter(each => files.stat(each)?.kind === 'file')
        .flatMap(each => loadFile(each, depth + 1));
    });
  };
  return loadFile(config, 0);
};

type Named = ReadonlyMap<string, NgItem>;

/** Filter expression (syslog-ng's own grammar): functions, `and`, `or`, `not`, parentheses. */
class Filter {
  private at = 0;
  private readonly tokens: readonly NgToken[];
  private readonly message: Message;
  private readonly filters: Named;
  private readonly depth: number;
  constructor(tokens: readonly NgToken[], message: Message, filters: Named, depth: number) {
    this.tokens = tokens.filter(token => !(token.is === 'sign' && token.text === ';'));
    this.message = message;
    this.filters = filters;
    this.depth = depth;
  }

  read(): Passing {
    if (this.depth > 20 || this.tokens.length === 0) return perhaps;
    const out = this.or(0);
    return this.at < this.tokens.length ? perhaps : out;
  }

  private take(text: string): boolean {
    const token = this.tokens[this.at];
    if (token === undefined || token.is === 'text' || token.text !== text) return false;
    this.at += 1;
    return true;
  }

  private or(depth: number): Passing {
    let left = this.and(depth);
    while (this.take('or')) left = either(left, this.and(depth));
    return left;
  }

  private and(depth: number): Passing {
    let left = this.one(depth);
    while (this.take('and')) left = both(left, this.one(depth));
    return left;
  }

  private one(depth: number): Passing {
    if (depth > 40) {
      this.at = this.tokens.length;
      return perhaps;
    }
    if (this.take('not')) return not(this.one(depth + 1));
    if (this.take('(')) {
      const inner = this.or(depth + 1);
      if (!this.take(')')) this.at = this.tokens.length;
      return inner;
    }
    const name = this.tokens[this.at++]?.text ?? '';
    if (!this.take('(')) return perhaps;
    const args: NgToken[] = [];
    for (let open = 1; this.at < this.tokens.length; ) {
      const token = this.tokens[this.at++];
      if (token === undefined) break;
      if (token.is === 'sign' && token.text === '(') open += 1;
      if (token.is === 'sign' && token.text === ')' && --open === 0) break;
      args.push(token);
    }
    return this.call(name, args);
  }

  private call(name: string, args: readonly NgToken[]): Passing {
    const words = args.filter(token => token.is !== 'sign').map(token => token.text);
    switch (name) {
      case 'facility':
        return words.some(word => facilityName(word) === this.message.facility) ? always : never;
      case 'level':
      case 'severity':
      case 'priority':
        return exactly(levelSet(args));
      case 'filter': {
        const other = this.filters.get(words[0] ?? '');
        return other?.inner === undefined
          ? perhaps
          : new Filter(other.inner, this.message, this.filters, this.depth + 1).read();
      }
      case 'program': {
        const { program } = this.message;
        const wanted = words[0] ?? '';
        if (program === undefined || !/^\^?[\w-]+\$?$/.test(wanted)) return perhaps;
        const bare = wanted.replace(/^\^|\$$/g, '');
        const hit =
          wanted.startsWith('^') && wanted.endsWith('$')
            ? program === bare
            : wanted.startsWith('^')
              ? program.startsWith(bare)
              : wanted.endsWith('$')
                ? program.endsWith(bare)
                : program.includes(bare);
        return hit ? always : never;
      }
    }
    return perhaps;
  }
}

const levelSet = (args: readonly NgToken[]): number => {
  let set = 0;
  const words = args.filter(token => !(token.is === 'sign' && token.text === ','));
  for (let i = 0; i < words.length; i++) {
    const from = severityOf(words[i]?.text ?? '');
    if (from < 0) continue;
    if (words[i + 1]?.text === '..') {
      const to = severityOf(words[i + 2]?.text ?? '');
      i += 2;
      if (to < 0) continue;
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      set |= atLeast(high) & ~(low === 0 ? 0 : atLeast(low - 1));
    } else set |= 1 << from;
  }
  return set;
};

const networkDrivers: Readonly<Record<string, string>> = {
  tcp: 'tcp',
  tcp6: 'tcp',
  udp: 'udp',
  udp6: 'udp',
  'elasticsearch-http': 'elasticsearch',
  kafka: 'kafka',
  'kafka-c': 'kafka',
  http: 'http',
  loggly: 'loggly',
  graylog2: 'graylog',
  opentelemetry: 'otlp',
  loki: 'loki',
  'splunk-hec-event': 'splunk',
  'splunk-hec-raw': 'splunk',
};

/** What one driver of a destination writes to. Users' terminals are left out. */
const driverTarget = (driver: NgItem): Pick<Destination, 'to' | 'name'> | undefined => {
  const [first] = driver.args;
  const named = first?.is === 'sign' ? '' : (first?.text ?? '');
  switch (driver.name) {
    case 'file':
      return named.startsWith('/') && !named.includes('$')
        ? { to: 'file', name: joinPath(named) }
        : { to: 'unknown', name: `files named ${named.slice(0, 200)}` };
    case 'network':
    case 'syslog':
    case 'syslog-ng': {
      const transport = (ngOption(driver.args, 'transport') ?? 'tcp').replaceAll('"', '');
      return {
        to: 'network',
        name: `${transport}://${named}:${ngOption(driver.args, 'port') ?? (driver.name === 'network' ? '514' : '601')}`,
      };
    }
    case 'usertty':
    case 'pipe':
    case 'getvirtconsole':
    case 'null':
      return undefined;
  }
  const scheme = Object.hasOwn(networkDrivers, driver.name)
    ? networkDrivers[driver.name]
    : undefined;
  if (scheme !== undefined) {
    const address =
      ngOption(driver.args, 'url') ?? ngOption(driver.args, 'bootstrap-servers') ?? named;
    const clean = withoutAccounts(address).slice(0, 300);
    if (clean.includes('://')) return { to: 'network', name: clean };
    const port =
      ngOption(driver.args, 'port') ?? (/^(?:tcp|udp)$/.test(scheme) ? '514' : undefined);
    return { to: 'network', name: `${scheme}://${clean}${port === undefined ? '' : `:${port}`}` };
  }
  return { to: 'unknown', name: `a destination of type ${driver.name.slice(0, 40)}` };
};

const localDrivers = new Set([
  'system',
  'unix-dgram',
  'unix-stream',
  'systemd-syslog',
  'systemd-journal',
  'default-network-drivers',
]);

const isLocal = (source: NgItem | undefined): boolean =>
  source?.block?.some(({ name }) => localDrivers.has(name)) === true;

const hasFlag = (parts: readonly NgItem[], flag: string): boolean =>
  parts.some(({ name, args }) => name === 'flags' && args.some(({ text }) => text === flag));

/** Reads syslog-ng's configuration; undefined when there is none. */
export const openSyslogNg = (
  files: FileView,
  config: string = '/etc/syslog-ng/syslog-ng.conf',
): SyslogNg | undefined => {
  if (files.stat(config)?.kind !== 'file') return undefined;
  const items = load(files, config);
  const named = (kind: string): Named =>
    new Map(
      items
        .filter(({ name, id }) => name === kind && id !== undefined)
        .map(each => [each.id ?? '', each]),
    );
  const sources = named('source');
  const filters = named('filter');
  const destinations = named('destination');
  const drivers = [...sources.values()].flatMap(({ block = [] }) => block.map(({ name }) => name));
  const takes = drivers.some(name => /^(?:system|systemd-journal)$/.test(name))
    ? 'journal'
    : drivers.some(name => localDrivers.has(name))
      ? 'socket'
      : 'neither';
  return {
    config,
    takes,
    destinationsOf: message => {
      const out: Destination[] = [];
      /** Follows one path; answers which lines come to its end. */
      const follow = (parts: readonly NgItem[], from: Passing, depth: number): Passing => {
        let alive = from;
        let rest = from;
        for (const part of parts) {
          if (depth > 20 || out.length > 1_000) break;
          const [first] = part.args;
          switch (part.name) {
            case 'filter': {
              const tokens = part.inner ?? filters.get(first?.text ?? '')?.inner;
              const filter =
                tokens === undefined ? perhaps : new Filter(tokens, message, filters, 0).read();
              alive = both(alive, filter);
              break;
            }
            case 'if':
            case 'elif': {
              const filter = new Filter(part.args, message, filters, 0).read();
              const before = part.name === 'if' ? alive : rest;
              follow(part.block ?? [], both(before, filter), depth + 1);
              rest = both(before, not(filter));
              break;
            }
            case 'else':
              follow(part.block ?? [], rest, depth + 1);
              break;
            case 'junction':
            case 'channel':
            case 'log':
            case '':
              follow(part.block ?? [], alive, depth + 1);
              break;
            case 'destination': {
              const block = part.block ?? destinations.get(first?.text ?? '')?.block ?? [];
              for (const driver of alive.may === 0 ? [] : block) {
                const target = driverTarget(driver);
                if (target !== undefined)
                  out.push({ ...target, because: driver.because, ...alive });
              }
              break;
            }
          }
        }
        return alive;
      };
      const paths = items
        .filter(({ name }) => name === 'log')
        .map(({ block = [] }) => block)
        .filter(parts =>
          parts.some(
            part =>
              part.name === 'source' &&
              isLocal(part.block === undefined ? sources.get(part.args[0]?.text ?? '') : part),
          ),
        );
      let alive: Passing = always;
      let taken: Passing = never;
      for (const parts of paths.filter(each => !hasFlag(each, 'fallback'))) {
        const end = follow(parts, alive, 0);
        taken = either(taken, end);
        if (hasFlag(parts, 'final')) alive = both(alive, not(end));
      }
      for (const parts of paths.filter(each => hasFlag(each, 'fallback'))) {
        follow(parts, not(taken), 0);
      }
      return out;
    },
  };
};
