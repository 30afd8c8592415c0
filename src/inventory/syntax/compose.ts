import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';

/** A folder or volume that a container sees, and whether it may write there. */
export interface ContainerMount {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
  readonly because: Place;
}

/** One container as somebody described it. */
export interface ContainerService {
  readonly name: string;
  /** As written: `ghcr.io/mailcow/postfix:1.80`. */
  readonly image: string;
  readonly because: Place;
  readonly mounts: readonly ContainerMount[];
  /** Ports of the host that lead to it; the address where one is named. */
  readonly ports: readonly {
    readonly host: string;
    readonly port: number;
    readonly because: Place;
  }[];
  /** Variables that hold a password, a key or a token. */
  readonly secrets: readonly Place[];
  /** It listens on the host itself, whatever its ports say. */
  readonly sharesNetwork: boolean;
}

const bytesMax = 1 << 20;
const servicesMax = 200;
const itemsMax = 500;

const scalar = (node: unknown): string => {
  const value: unknown = isScalar(node) ? node.value : '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
};

/** `source:target[:options]`, an option may be `ro`. */
export const mountOf = (text: string, because: Place): ContainerMount | undefined => {
  const [source = '', target = '', options = ''] = text.slice(0, 4_000).split(':');
  return target.startsWith('/')
    ? { source, target, isReadOnly: options.split(',').includes('ro'), because }
    : undefined;
};

/** `[address:]port:port[/tcp]`; a single number is no port of the host that stays. */
export const portOf = (
  text: string,
  because: Place,
): ContainerService['ports'][number] | undefined => {
  const match =
    /^(?:(\[[0-9a-f:]{2,45}\]|[\w.-]{1,255}):)?(\d{1,5})(?:-\d{1,5})?:\d{1,5}(?:-\d{1,5})?(?:\/\w{1,5})?$/i.exec(
      text.replace(/\$\{\w{1,80}:?-([^}]{0,200})\}/g, '$1').replace(/^:/, ''),
    );
  const port = Number(match?.[2]);
  return match === null || !(port > 0 && port < 65_536)
    ? undefined
    : { host: (match[1] ?? '*').replace(/^\[(.*)\]$/, '$1'), port, because };
};

export const holdsSecret = (name: string): boolean =>
  /pass(?:word|wd|phrase)?$|secret|token|api_?key|dbpass|dbroot/i.test(name);

class Reader {
  readonly #path: string;
  readonly #lines: LineCounter;

  constructor(path: string, lines: LineCounter) {
    this.#path = path;
    this.#lines = lines;
  }

  at(node: unknown): Place {
    const offset = (node as Node | null)?.range?.[0];
    return offset === undefined
      ? { path: this.#path }
      : { path: this.#path, line: this.#lines.linePos(offset).line };
  }

  items(map: YAMLMap, key: string): readonly unknown[] {
    const node = map.get(key, true);
    if (isSeq(node)) return node.items.slice(0, itemsMax);
    return isMap(node) ? node.items.slice(0, itemsMax) : [];
  }

  mounts(map: YAMLMap): readonly ContainerMount[] {
    return this.items(map, 'volumes').flatMap((node): readonly ContainerMount[] => {
      const because = this.at(node);
      if (!isMap(node)) {
        const found = mountOf(scalar(node), because);
        return found === undefined ? [] : [found];
      }
      const target = scalar(node.get('target', true));
      const source = scalar(node.get('source', true));
      const isReadOnly = scalar(node.get('read_only', true)) === 'true';
      return target.startsWith('/') ? [{ source, target, isReadOnly, because }] : [];
    });
  }

  ports(map: YAMLMap): ContainerService['ports'] {
    return this.items(map, 'ports').flatMap(node => {
      const because = this.at(node);
      const text = isMap(node)
        ? `${scalar(node.get('published', true))}:${scalar(node.get('target', true))}`
        : scalar(node);
      const found = portOf(text, because);
      return found === undefined ? [] : [found];
    });
  }

  /** `- NAME=value` or `NAME: value`; one without a value is taken from elsewhere. */
  secrets(map: YAMLMap): readonly Place[] {
    return this.items(map, 'environment').flatMap((node): readonly Place[] => {
      const pair = node as Pair;
      const isPair = !isScalar(node) && 'key' in pair;
      const text = isPair ? `${scalar(pair.key)}=${scalar(pair.value)}` : scalar(node);
      const equals = text.indexOf('=');
      const isSet = equals > 0 && equals < text.length - 1;
      return isSet && holdsSecret(text.slice(0, equals)) ? [this.at(isPair ? pair.key : node)] : [];
    });
  }

  service(name: string, map: YAMLMap): ContainerService | undefined {
    const image = map.get('image', true);
    const text = scalar(image);
    return text === ''
      ? undefined
      : {
          name,
          image: text.slice(0, 500),
          because: this.at(image),
          mounts: this.mounts(map),
          ports: this.ports(map),
          secrets: this.secrets(map),
          sharesNetwork: scalar(map.get('network_mode', true)) === 'host',
        };
  }
}

/** The services of a Compose file that name an image (compose-spec). Never throws. */
export const readCompose = (files: FileView, path: string): readonly ContainerService[] => {
  const text = files.text(path, { bytesMax });
  if (text === undefined) return [];
  const lineCounter = new LineCounter();
  const refuse = (why: string): readonly ContainerService[] => {
    files.note({ what: path, why: `${why}; what it starts cannot be told`, how: 'Mend the file.' });
    return [];
  };
  try {
    const document = parseDocument(text, { lineCounter, uniqueKeys: false, logLevel: 'silent' });
    const [error] = document.errors;
    if (error !== undefined) return refuse(`is no YAML (${error.code})`);
    const services = isMap(document.contents) ? document.contents.get('services', true) : undefined;
    if (!isMap(services)) return [];
    const reader = new Reader(path, lineCounter);
    return services.items.slice(0, servicesMax).flatMap(({ key, value }) => {
      const found = isMap(value) ? reader.service(scalar(key).slice(0, 200), value) : undefined;
      return found === undefined ? [] : [found];
    });
  } catch {
    // The parser recurses: brackets nested by the thousand end its stack.
    return refuse('is nested too deep');
  }
};
