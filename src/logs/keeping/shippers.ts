import type { FileView } from '../../core/files.ts';
import {
  at,
  lineOf,
  list,
  sectionsOf,
  textOf,
  texts,
  values,
  withoutSecrets,
  yamlDocuments,
} from './settings.ts';
import { type Found, fluentd, nxlog, type Shipper, splunk, wazuh } from './shipper-agents.ts';
import { isStarted } from './started.ts';

interface Kind {
  readonly name: string;
  readonly units: readonly string[];
  readonly configs: readonly string[];
  readonly read: (files: FileView, path: string) => readonly Found[];
}

const beats = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path) ?? '';
  return yamlDocuments(files, path).flatMap((document): readonly Found[] => {
    const output = at(document, 'output');
    const part = (kind: string): unknown => at(document, `output.${kind}`) ?? at(output, kind);
    const outputs = ['elasticsearch', 'logstash', 'kafka', 'redis'].flatMap(kind => {
      const settings = part(kind);
      if (settings === undefined || at(settings, 'enabled') === false) return [];
      return texts(at(settings, 'hosts')).map(host =>
        host.includes('://') ? host : `${kind}://${host}`,
      );
    });
    const cloud = texts(at(document, 'cloud.id') ?? at(document, 'cloud', 'id')).map(
      () => 'Elastic Cloud',
    );
    const to = withoutSecrets([...cloud, ...outputs].join(', '));
    const inputs = list(at(document, 'filebeat.inputs') ?? at(document, 'filebeat', 'inputs'));
    return inputs
      .filter(input => at(input, 'enabled') !== false)
      .map((input): Found => {
        const patterns = texts(at(input, 'paths'));
        return {
          name: 'filebeat',
          patterns,
          readsJournal: at(input, 'type') === 'journald',
          ...(to === '' ? {} : { to, toBecause: { path, line: lineOf(text, 'output') } }),
          line: lineOf(text, patterns[0] ?? 'filebeat.inputs'),
        };
      });
  });
};

const promtail = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path) ?? '';
  return yamlDocuments(files, path).flatMap((document): readonly Found[] => {
    const urls = [...list(at(document, 'clients')), at(document, 'client')].flatMap(client =>
      texts(at(client, 'url')),
    );
    const to = withoutSecrets(urls.join(', '));
    return list(at(document, 'scrape_configs')).map((job): Found => {
      const patterns = list(at(job, 'static_configs')).flatMap(each =>
        texts(at(each, 'labels', '__path__')),
      );
      return {
        name: 'promtail',
        patterns,
        readsJournal: at(job, 'journal') !== undefined,
        ...(to === '' ? {} : { to, toBecause: { path, line: lineOf(text, 'url:') } }),
        line: lineOf(text, patterns[0] ?? 'scrape_configs'),
      };
    });
  });
};

const vectorYaml = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path) ?? '';
  return yamlDocuments(files, path).flatMap((document): readonly Found[] => {
    const to = values(at(document, 'sinks')).flatMap(sink => [
      ...texts(at(sink, 'endpoint')),
      ...texts(at(sink, 'endpoints')),
      ...texts(at(sink, 'address')),
      ...texts(at(sink, 'uri')),
      ...texts(at(sink, 'bootstrap_servers')),
    ]);
    return vectorSources(
      values(at(document, 'sources')).map(source => ({
        type: texts(at(source, 'type'))[0] ?? '',
        include: texts(at(source, 'include')),
      })),
      to,
      text,
      path,
    );
  });
};

const vectorSources = (
  sources: readonly { readonly type: string; readonly include: readonly string[] }[],
  to: readonly string[],
  text: string,
  path: string,
): readonly Found[] =>
  sources
    .filter(({ type }) => type === 'file' || type === 'journald')
    .map(({ type, include }) => ({
      name: 'vector',
      patterns: include,
      readsJournal: type === 'journald',
      ...(to.length === 0
        ? {}
        : {
            to: withoutSecrets(to.join(', ')),
            toBecause: { path, line: lineOf(text, to[0] ?? '') },
          }),
      line: lineOf(text, include[0] ?? type),
    }));

/** Only the tables and the one-line values that matter here. */
const vectorToml = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path) ?? '';
  const sections = sectionsOf(text);
  const quoted = (value: string | undefined): readonly string[] =>
    [...(value ?? '').matchAll(/"([^"]{1,500})"|'([^']{1,500})'/g)].map(m => m[1] ?? m[2] ?? '');
  const get = (name: string, key: string): readonly string[] =>
    quoted(sections.find(each => each.name === name)?.settings.get(key)?.value);
  const names = (kind: string): readonly string[] =>
    sections.map(({ name }) => name).filter(name => name.startsWith(`${kind}.`));
  const to = names('sinks').flatMap(name =>
    ['endpoint', 'endpoints', 'address', 'uri', 'bootstrap_servers'].flatMap(key => get(name, key)),
  );
  const sources = names('sources').map(name => ({
    type: get(name, 'type')[0] ?? '',
    include: get(name, 'include'),
  }));
  return vectorSources(sources, to, text, path);
};

const fluentBit = (files: FileView, path: string): readonly Found[] => {
  if (/\.ya?ml$/.test(path)) return fluentBitYaml(files, path);
  const sections = sectionsOf(textOf(files, path) ?? '', true);
  const of = (kind: string) => sections.filter(({ name }) => name.toLowerCase() === kind);
  const outputs = of('output').flatMap(({ settings, line }) => {
    const host = settings.get('host')?.value;
    const plugin = settings.get('name')?.value ?? '';
    if (host === undefined) return [];
    const port = settings.get('port')?.value;
    return [{ address: `${plugin}://${host}${port === undefined ? '' : `:${port}`}`, line }];
  });
  return of('input').flatMap(({ settings, line }): readonly Found[] => {
    const plugin = (settings.get('name')?.value ?? '').toLowerCase();
    if (plugin !== 'tail' && plugin !== 'systemd') return [];
    const [first] = outputs;
    return [
      {
        name: 'fluent-bit',
        patterns: (settings.get('path')?.value ?? '')
          .split(',')
          .map(part => part.trim())
          .filter(each => each !== ''),
        readsJournal: plugin === 'systemd',
        ...(first === undefined
          ? {}
          : {
              to: outputs
                .map(({ address }) => address)
                .join(', ')
                .slice(0, 300),
              toBecause: { path, line: first.line },
            }),
        line: settings.get('path')?.line ?? line,
      },
    ];
  });
};

const fluentBitYaml = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path) ?? '';
  return yamlDocuments(files, path).flatMap((document): readonly Found[] => {
    const to = list(at(document, 'pipeline', 'outputs'))
      .flatMap(output => {
        const host = texts(at(output, 'host'))[0];
        const port = at(output, 'port');
        const plugin = texts(at(output, 'name'))[0] ?? '';
        if (host === undefined) return [];
        const shown = typeof port === 'number' || typeof port === 'string' ? `:${port}` : '';
        return [`${plugin}://${host}${shown}`];
      })
      .join(', ');
    return list(at(document, 'pipeline', 'inputs')).flatMap((input): readonly Found[] => {
      const plugin = texts(at(input, 'name'))[0];
      if (plugin !== 'tail' && plugin !== 'systemd') return [];
      const patterns = texts(at(input, 'path')).flatMap(each =>
        each.split(',').map(part => part.trim()),
      );
      return [
        {
          name: 'fluent-bit',
          patterns,
          readsJournal: plugin === 'systemd',
          ...(to === '' ? {} : { to, toBecause: { path, line: lineOf(text, 'outputs') } }),
          line: lineOf(text, patterns[0] ?? plugin),
        },
      ];
    });
  });
};

const kinds: readonly Kind[] = [
  {
    name: 'filebeat',
    units: ['filebeat'],
    configs: ['/etc/filebeat/filebeat.yml'],
    read: beats,
  },
  {
    name: 'promtail',
    units: ['promtail'],
    configs: ['/etc/promtail/config.{yml,yaml}', '/etc/promtail/promtail.{yml,yaml}'],
    read: promtail,
  },
  {
    name: 'vector',
    units: ['vector'],
    configs: ['/etc/vector/*.{yaml,yml}'],
    read: vectorYaml,
  },
  { name: 'vector', units: ['vector'], configs: ['/etc/vector/*.toml'], read: vectorToml },
  {
    name: 'fluent-bit',
    units: ['fluent-bit', 'td-agent-bit'],
    configs: ['/etc/{fluent-bit,td-agent-bit}/*.conf', '/etc/fluent-bit/*.{yaml,yml}'],
    read: fluentBit,
  },
  {
    name: 'fluentd',
    units: ['fluentd', 'td-agent'],
    configs: ['/etc/{fluent,td-agent}/{fluentd,td-agent}.conf'],
    read: fluentd,
  },
  {
    name: 'nxlog',
    units: ['nxlog'],
    configs: ['/etc/nxlog.conf', '/etc/nxlog/nxlog.conf', '/opt/nxlog/etc/nxlog.conf'],
    read: nxlog,
  },
  {
    name: 'wazuh',
    units: ['wazuh-agent', 'ossec', 'ossec-hids', 'wazuh-manager'],
    configs: ['/var/ossec/etc/ossec.conf', '/var/ossec/etc/shared/agent.conf'],
    read: wazuh,
  },
  {
    name: 'splunk',
    units: ['SplunkForwarder', 'splunk', 'Splunkd'],
    configs: [
      '/opt/splunkforwarder/etc/system/local/inputs.conf',
      '/opt/splunkforwarder/etc/apps/*/{local,default}/inputs.conf',
    ],
    read: splunk,
  },
];

const perFileMax = 500;

/** Log shippers that are set up and started on this host. */
export const shippersOf = (files: FileView): readonly Shipper[] =>
  kinds.flatMap(({ name, units, configs, read }) =>
    configs
      .flatMap(pattern => files.glob(pattern))
      .flatMap((path): readonly Shipper[] => {
        const found = read(files, path).slice(0, perFileMax);
        if (found.length === 0) return [];
        if (!isStarted(files, units)) {
          files.note({
            what: path,
            why: `names logs that ${name} is to send, but nothing that was seen starts ${name}`,
            how: `Run: systemctl is-enabled ${units[0] ?? name}`,
          });
          return [];
        }
        return found.map(({ line, ...rest }) => ({ ...rest, because: { path, line } }));
      }),
  );
