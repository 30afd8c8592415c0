import type { FileView } from '../../core/files.ts';
import { readXml, xmlAll } from '../../core/formats/xml.ts';
import type { Place } from '../../core/place.ts';
import { sectionsOf, textOf, withoutSecrets } from './settings.ts';

/** A program that reads logs of this host and sends them to another. */
export interface Shipper {
  readonly name: string;
  /** Files that it reads, as globs. */
  readonly patterns: readonly string[];
  readonly readsJournal: boolean;
  /** Where it sends them; absent when its settings do not tell. */
  readonly to?: string;
  readonly toBecause?: Place;
  readonly because: Place;
}

/** One input of a shipper's settings, with its line in them. */
export type Found = Omit<Shipper, 'because'> & { readonly line: number };

/** Blocks of Fluentd's and nxlog's files: `<source>` … `</source>`. */
const blocksOf = (
  text: string,
  kind: string,
): readonly { readonly body: string; readonly line: number }[] =>
  [...text.matchAll(new RegExp(`^[ \\t]*<${kind}\\b[^>\\n]{0,200}>`, 'gim'))]
    .slice(0, 1_000)
    .map(open => {
      const from = open.index + open[0].length;
      const end = text.toLowerCase().indexOf(`</${kind.toLowerCase()}>`, from);
      return {
        body: text.slice(from, end < 0 ? from + 20_000 : Math.min(end, from + 20_000)),
        line: text.slice(0, open.index).split('\n').length,
      };
    });

const word = (body: string, key: string): string | undefined =>
  new RegExp(`^[ \\t]*${key}[ \\t]+["']?([^"'\\n#]{1,500})`, 'im').exec(body)?.[1]?.trim();

export const fluentd = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path) ?? '';
  const to = blocksOf(text, 'match').flatMap(({ body }) => {
    const type = word(body, '@type') ?? '';
    const host = word(body, 'host') ?? word(body, 'endpoint') ?? word(body, 'brokers');
    const port = word(body, 'port');
    if (host === undefined) return [];
    return [
      host.includes('://') ? host : `${type}://${host}${port === undefined ? '' : `:${port}`}`,
    ];
  });
  return blocksOf(text, 'source').flatMap(({ body, line }): readonly Found[] => {
    const type = word(body, '@type');
    if (type !== 'tail' && type !== 'systemd') return [];
    return [
      {
        name: 'fluentd',
        patterns:
          type === 'tail' ? (word(body, 'path') ?? '').split(',').map(each => each.trim()) : [],
        readsJournal: type === 'systemd',
        ...(to.length === 0
          ? {}
          : {
              to: withoutSecrets(to.join(', ')),
              toBecause: { path, line: blocksOf(text, 'match')[0]?.line ?? 1 },
            }),
        line,
      },
    ];
  });
};

export const nxlog = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path) ?? '';
  const outputs = blocksOf(text, 'Output').flatMap(({ body, line }) => {
    const module = word(body, 'Module') ?? '';
    const host = word(body, 'Host') ?? word(body, 'URL');
    if (host === undefined) return [];
    const port = word(body, 'Port');
    const address = host.includes('://')
      ? host
      : `${module.replace(/^om_/, '')}://${host}${port === undefined || host.includes(':') ? '' : `:${port}`}`;
    return [{ address, line }];
  });
  return blocksOf(text, 'Input').flatMap(({ body, line }): readonly Found[] => {
    if (word(body, 'Module') !== 'im_file') return [];
    const file = word(body, 'File');
    const [first] = outputs;
    return [
      {
        name: 'nxlog',
        patterns: file === undefined ? [] : [file],
        readsJournal: false,
        ...(first === undefined
          ? {}
          : {
              to: withoutSecrets(outputs.map(({ address }) => address).join(', ')),
              toBecause: { path, line: first.line },
            }),
        line,
      },
    ];
  });
};

/** ossec.conf has as many roots as somebody put into it. */
export const wazuh = (files: FileView, path: string): readonly Found[] => {
  const text = textOf(files, path);
  if (text === undefined) return [];
  const { root, fault } = readXml(`<all>${text.replace(/<\?xml[^>]{0,200}\?>/, '')}</all>`);
  if (root === undefined) {
    files.note({
      what: `${path}:${fault?.line ?? 1}`,
      why: `${fault?.why ?? 'it is not XML'}: which logs it reads is not known`,
      how: 'Run: /var/ossec/bin/wazuh-logcollector -t',
    });
    return [];
  }
  const servers = xmlAll(root, 'client').flatMap(client => [
    ...xmlAll(client, 'address'),
    ...xmlAll(client, 'server-ip'),
    ...xmlAll(client, 'server-hostname'),
  ]);
  const [first] = servers;
  const to = servers
    .map(each => `wazuh://${each.text.trim()}`)
    .join(', ')
    .slice(0, 300);
  const name = path.includes('/ossec') && /wazuh/i.test(text) ? 'wazuh' : 'wazuh or ossec';
  return xmlAll(root, 'localfile').map((file): Found => {
    const location = file.children.find(each => each.name === 'location');
    const format = file.children.find(each => each.name === 'log_format')?.text.trim();
    const pattern = location?.text.trim() ?? '';
    return {
      name,
      patterns: pattern.startsWith('/') ? [pattern] : [],
      readsJournal: format === 'journald',
      ...(first === undefined ? {} : { to, toBecause: { path, line: first.line } }),
      line: location?.line ?? file.line,
    };
  });
};

export const splunk = (files: FileView, path: string): readonly Found[] => {
  const top = path.slice(0, path.lastIndexOf('/etc/'));
  const outputs = files
    .glob(`${top}/etc/{system,apps}/*/outputs.conf`)
    .concat(files.glob(`${top}/etc/apps/*/{local,default}/outputs.conf`))
    .flatMap(each =>
      sectionsOf(textOf(files, each) ?? '').flatMap(({ name, settings }) => {
        const server = name.startsWith('tcpout') ? settings.get('server') : undefined;
        return server === undefined ? [] : [{ ...server, path: each }];
      }),
    );
  const [first] = outputs;
  return sectionsOf(textOf(files, path) ?? '').flatMap(
    ({ name, line, settings }): readonly Found[] => {
      if (!name.startsWith('monitor://')) return [];
      if (/^(?:1|true)$/i.test(settings.get('disabled')?.value ?? '')) return [];
      const pattern = name.slice('monitor://'.length);
      return [
        {
          name: 'splunk',
          // A monitored folder is read with all that lies in it.
          patterns: [pattern, `${pattern}/*`, `${pattern}/*/*`],
          readsJournal: false,
          ...(first === undefined
            ? {}
            : {
                to: `splunk://${first.value}`.slice(0, 300),
                toBecause: { path: first.path, line: first.line },
              }),
          line,
        },
      ];
    },
  );
};
