import type { Place } from '../../core/place.ts';
import type { LogicalLine } from './exim-lines.ts';

/** One setting, as written after macros; the place is that of its line. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

/** A router, transport or authenticator. */
export interface Driver {
  readonly name: string;
  readonly at: Place;
  readonly settings: readonly Setting[];
}

/** A condition or modifier of an ACL statement: `malware = *`, `!acl = other`. */
export interface AclItem extends Setting {
  readonly negated: boolean;
}

export interface Acl {
  readonly name: string;
  readonly at: Place;
  readonly items: readonly AclItem[];
}

/** A whole configuration (spec chapters 6, 14, 15, 24, 33, 44). */
export interface EximConfig {
  readonly main: readonly Setting[];
  /** `domainlist`, `hostlist`, `addresslist`, `localpartlist`. */
  readonly lists: readonly Setting[];
  readonly acls: readonly Acl[];
  readonly routers: readonly Driver[];
  readonly transports: readonly Driver[];
  readonly authenticators: readonly Driver[];
  /** Lines of the rewrite and retry sections, whole. */
  readonly rules: readonly Setting[];
  /** Lines that are none of these. */
  readonly strange: readonly LogicalLine[];
}

/** Real files hold some hundreds; what is beyond counts as not understood. */
const driversMax = 2_000;
const settingsMax = 20_000;

const verbs = /^(?:accept|defer|deny|discard|drop|require|warn)(?![\w=])/;

/** A value in double quotes is read as in C; any other is the rest of the line. */
export const dequote = (value: string): string => {
  const text = value.trim();
  if (!text.startsWith('"')) return text;
  let out = '';
  for (let i = 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"') return out;
    if (c !== '\\') {
      out += c;
      continue;
    }
    i += 1;
    const code = /^(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2})/.exec(text.slice(i, i + 3))?.[0];
    if (code !== undefined) {
      const isHex = code.startsWith('x');
      out += String.fromCharCode(Number.parseInt(isHex ? code.slice(1) : code, isHex ? 16 : 8));
      i += code.length - 1;
      continue;
    }
    const next = text.charAt(i);
    out += next === 'n' ? '\n' : next === 't' ? '\t' : next;
  }
  return out;
};

/** `name = value`, `name`, `no_name`, `not_name`, each perhaps after `hide`. */
const settingOf = (text: string, at: Place): Setting | undefined => {
  const match = /^(?:hide\s+)?([a-z][a-z0-9_]*)\s*(?:=\s*(.*))?$/is.exec(text);
  if (match === null) return undefined;
  const [, name = '', value] = match;
  if (value !== undefined) return { name, value: dequote(value), at };
  const off = /^not?_(.+)$/.exec(name);
  return off === null ? { name, value: 'true', at } : { name: off[1] ?? '', value: 'false', at };
};

const readDrivers = (lines: readonly LogicalLine[], strange: LogicalLine[]): readonly Driver[] => {
  const out: { name: string; at: Place; settings: Setting[] }[] = [];
  for (const line of lines) {
    const at = { path: line.path, line: line.line };
    const head = /^([A-Za-z0-9_]\w*)\s*:\s*(.*)$/s.exec(line.text);
    if (out.length >= driversMax) {
      strange.push(line);
      continue;
    }
    if (head !== null) out.push({ name: head[1] ?? '', at, settings: [] });
    const rest = head === null ? line.text : (head[2] ?? '');
    if (rest === '') continue;
    const setting = settingOf(rest, at);
    const last = out.at(-1);
    if (setting === undefined || last === undefined) strange.push(line);
    else last.settings.push(setting);
  }
  return out;
};

const itemOf = (text: string, at: Place): AclItem | undefined => {
  const match = /^(!?)\s*(set\s+)?([a-z_][a-z0-9_]*)\s*(?:=\s*(.*))?$/is.exec(text);
  if (match === null) return undefined;
  const name = match[2] === undefined ? (match[3] ?? '') : `set ${match[3] ?? ''}`;
  return { name, value: dequote(match[4] ?? ''), negated: match[1] === '!', at };
};

/** Reads ACLs: from the `acl` section, or from a file that an `acl_…` option names. */
export const readAcls = (
  lines: readonly LogicalLine[],
  strange: LogicalLine[],
  unnamed?: string,
): readonly Acl[] => {
  const out: { name: string; at: Place; items: AclItem[] }[] = [];
  for (const line of lines) {
    const at = { path: line.path, line: line.line };
    const head = /^([A-Za-z_$]\w*)\s*:\s*(.*)$/s.exec(line.text);
    if (head !== null) out.push({ name: head[1] ?? '', at, items: [] });
    else if (out.length === 0 && unnamed !== undefined) out.push({ name: unnamed, at, items: [] });
    let rest = head === null ? line.text : (head[2] ?? '');
    rest = rest.replace(verbs, '').trimStart();
    if (rest === '' || rest === 'endpass') continue;
    const item = itemOf(rest, at);
    const last = out.at(-1);
    if (item === undefined || last === undefined) strange.push(line);
    else last.items.push(item);
  }
  return out;
};

const sectionOf = (name: string): string => {
  const word = name.trim().toLowerCase();
  return word.endsWith('s') ? word : `${word}s`;
};

/** Logical lines as a configuration: the main section first, then each `begin NAME`. */
export const readExim = (lines: readonly LogicalLine[]): EximConfig => {
  const sections = new Map<string, LogicalLine[]>();
  let section = 'main';
  for (const line of lines) {
    const begin = /^begin\s+(.*)$/is.exec(line.text);
    if (begin !== null) section = sectionOf(begin[1] ?? '');
    else {
      const own = sections.get(section);
      if (own === undefined) sections.set(section, [line]);
      else own.push(line);
    }
  }
  return readSections(sections);
};

const readSections = (sections: ReadonlyMap<string, readonly LogicalLine[]>): EximConfig => {
  const strange: LogicalLine[] = [];
  const main: Setting[] = [];
  const lists: Setting[] = [];
  for (const line of sections.get('main') ?? []) {
    const at = { path: line.path, line: line.line };
    const list =
      /^(?:hide\s+)?(?:domain|host|address|localpart)list(?:_cache)?\s+(\w+)\s*=\s*(.*)$/s.exec(
        line.text,
      );
    if (list !== null) {
      lists.push({ name: list[1] ?? '', value: dequote(list[2] ?? ''), at });
      continue;
    }
    const setting = settingOf(line.text, at);
    if (setting === undefined || main.length >= settingsMax) strange.push(line);
    else main.push(setting);
  }
  const rules = ['rewrites', 'retrys'].flatMap(name =>
    (sections.get(name) ?? []).map(line => ({
      name,
      value: line.text,
      at: { path: line.path, line: line.line },
    })),
  );
  return {
    main,
    lists,
    acls: readAcls(sections.get('acls') ?? [], strange),
    routers: readDrivers(sections.get('routers') ?? [], strange),
    transports: readDrivers(sections.get('transports') ?? [], strange),
    authenticators: readDrivers(sections.get('authenticators') ?? [], strange),
    rules,
    strange,
  };
};

/** The last setting of that name. */
export const settingNamed = (settings: readonly Setting[], name: string): Setting | undefined =>
  settings.findLast(each => each.name === name);
