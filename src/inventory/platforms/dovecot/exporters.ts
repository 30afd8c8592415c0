import type { Place } from '../../../core/place.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import { dovecotBlocks, dovecotListIn, dovecotSetting } from '../../syntax/dovecot-lookup.ts';
import type { Instance } from './instance.ts';

/** A metric that hands its events to an exporter. */
export interface Metric {
  readonly name: string;
  /** Its filter as written; of 2.3 before 2.3.13 the event name alone. */
  readonly filter: string;
  readonly place: Place;
  /** Parts of an event that leave: `fields` and its like. */
  readonly includes: readonly string[];
}

export interface Exporter {
  readonly name: string;
  /** `log`, `http-post`, `drop`; of 2.4 also `file`, `unix` and `opentelemetry`. */
  readonly transport: string;
  /** URL, file or socket. */
  readonly target?: DovecotSetting;
  readonly format: string;
  readonly place: Place;
  readonly users: readonly Metric[];
}

const preset = ['name', 'hostname', 'timestamps', 'categories', 'fields'];

/** No Dovecot has as many; whoever writes more means harm. */
const exportersMax = 100;
const metricsMax = 1_000;

const metricsOf = (instance: Instance): readonly DovecotBlock[] => {
  const all = dovecotBlocks(instance.config.root, 'metric');
  if (all.length > metricsMax) noteTooMany(instance, 'metric', all.length, metricsMax);
  return all.slice(0, metricsMax);
};

const noteTooMany = ({ files, config }: Instance, what: string, have: number, max: number): void =>
  files.note({
    what: config.path,
    why: `has ${have} blocks ${what}; only the first ${max} were looked at`,
    how: 'Look at the others yourself, and at who wrote them.',
  });

const metricsFor = (instance: Instance, exporter: string): readonly Metric[] =>
  metricsOf(instance).flatMap((block): readonly Metric[] => {
    if (dovecotSetting(block, 'metric_exporter')?.value !== exporter) return [];
    const filter = dovecotSetting(block, 'metric_filter');
    const event = dovecotSetting(block, 'event_name');
    const includes = dovecotListIn(instance.config, [block], 'metric_exporter_include', preset);
    return [
      {
        name: block.name,
        filter: filter?.value ?? (event === undefined ? '' : `event=${event.value}`),
        place: filter?.place ?? event?.place ?? block.place,
        includes: includes.map(({ name }) => name),
      },
    ];
  });

const exporterOf = (instance: Instance, block: DovecotBlock): Exporter => {
  const find = (...names: readonly string[]): DovecotSetting | undefined =>
    names
      .map(name => dovecotSetting(block, `event_exporter_${name}`))
      .find(found => found !== undefined);
  const is24 = instance.config.syntax === '2.4';
  const transport = find(is24 ? 'driver' : 'transport')?.value ?? (is24 ? 'log' : '');
  const target =
    transport === 'http-post'
      ? find(is24 ? 'http_post_url' : 'transport_args')
      : transport === 'file'
        ? find('file_path')
        : transport === 'unix'
          ? find('unix_path')
          : transport === 'opentelemetry'
            ? find('opentelemetry_endpoint_url')
            : undefined;
  return {
    name: block.name,
    transport,
    ...(target === undefined ? {} : { target }),
    format: find('format')?.value ?? '',
    place: target?.place ?? block.place,
    users: metricsFor(instance, block.name),
  };
};

const known = new WeakMap<Instance, readonly Exporter[]>();

/** Event exporters (2.3.7 and newer), with the metrics that use them. */
export const exportersOf = (instance: Instance): readonly Exporter[] => {
  const found = known.get(instance) ?? findExporters(instance);
  known.set(instance, found);
  return found;
};

const findExporters = (instance: Instance): readonly Exporter[] => {
  const all = dovecotBlocks(instance.config.root, 'event_exporter');
  if (all.length > exportersMax) {
    noteTooMany(instance, 'event_exporter', all.length, exportersMax);
  }
  return all.slice(0, exportersMax).map(block => exporterOf(instance, block));
};

export const exportsWhat = ({ users }: Exporter): string =>
  users
    .map(({ filter, name }) => (filter === '' ? name : filter))
    .join('; ')
    .slice(0, 300);

/** Whether a metric's filter lets every event of that name through; undefined: cannot be told. */
export const passes = ({ filter }: Metric, event: string): boolean | undefined => {
  const text = filter.trim().replace(/^\((.*)\)$/s, '$1');
  const names = [...text.matchAll(/\bevent\s*=\s*"?([\w*?]+)"?/g)].map(match => match[1] ?? '');
  const matching = names.some(name => isLike(event, name));
  if (!matching) return names.length > 0 || !/\S/.test(text) ? false : undefined;
  const bare = text.replace(/\bevent\s*=\s*"?[\w*?]+"?/g, '').replace(/[()]/g, ' ');
  const rest = bare.split(/\s+/).filter(Boolean);
  if (rest.some(word => /^not$/i.test(word))) return undefined;
  return rest.every(word => /^or$/i.test(word)) ? true : undefined;
};

const isLike = (event: string, pattern: string): boolean =>
  pattern === event || (pattern.endsWith('*') && event.startsWith(pattern.slice(0, -1)));
