import type { Place } from '../../core/place.ts';

/** `O Name=value`, of the old one-letter form only the letter. */
export interface CfOption {
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

/** `Xname, S=socket, F=flags, T=timeouts`: a milter that may be called. */
interface CfFilter {
  readonly name: string;
  readonly socket: string;
  readonly at: Place;
}

/** `Mname, P=program, A=arguments, …`. */
export interface CfMailer {
  readonly name: string;
  readonly program: string;
  readonly args: string;
  readonly flags: string;
  readonly user: string;
  readonly at: Place;
  /** Where A= stands, which often is a line further down. */
  readonly argsAt: Place;
}

/** `Kname class arguments`. */
export interface CfMap {
  readonly name: string;
  readonly type: string;
  readonly args: string;
  readonly at: Place;
}

/** `Dxvalue`, `D{Name}value`. */
export interface CfMacro {
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

/** A class read from a file or program: `Fw/path`, `Fw|program`, `F{Name}@LDAP`. */
interface CfClass {
  readonly name: string;
  readonly source: string;
  readonly at: Place;
}

/** A sendmail.cf (Sendmail Installation and Operation Guide, section 5). */
export interface SendmailCf {
  readonly options: readonly CfOption[];
  readonly filters: readonly CfFilter[];
  readonly mailers: readonly CfMailer[];
  readonly maps: readonly CfMap[];
  readonly macros: readonly CfMacro[];
  readonly classFiles: readonly CfClass[];
  /** Names that rules resolve to: `$#name`. */
  readonly resolved: ReadonlySet<string>;
  /** Class members that the file itself lists: `C{TrustAuthMech}PLAIN LOGIN`. */
  readonly classes: ReadonlySet<string>;
}

const linesMax = 100_000;
const entriesMax = 5_000;

interface Logical {
  readonly text: string;
  readonly at: Place;
  /** For each further physical line: where in the text it begins, and which it is. */
  readonly parts: readonly { readonly offset: number; readonly line: number }[];
}

/** A line that begins with white space goes on the one before, be that a comment or empty. */
const logicalLines = (path: string, text: string): readonly Logical[] => {
  type Open = { text: string; at: Place; parts: { offset: number; line: number }[] };
  const out: Open[] = [];
  let open: Open | undefined;
  for (const [i, raw] of text.split('\n').slice(0, linesMax).entries()) {
    const line = raw.replace(/\r$/, '');
    if (/^[ \t]/.test(line)) {
      if (open === undefined || open.text.length > 65_536) continue;
      open.parts.push({ offset: open.text.length, line: i + 1 });
      open.text += `\n${line}`;
      continue;
    }
    open = undefined;
    if (line === '' || line.startsWith('#')) continue;
    open = { text: line, at: { path, line: i + 1 }, parts: [{ offset: 0, line: i + 1 }] };
    out.push(open);
  }
  return out;
};

const placeAt = ({ at, parts }: Logical, offset: number): Place => ({
  path: at.path,
  line: parts.findLast(part => part.offset <= offset)?.line ?? at.line ?? 1,
});

interface Equate {
  readonly key: string;
  readonly value: string;
  readonly offset: number;
}

/** `name, K=value, Key=value`; only the first letter of a key counts, a `\` keeps a comma. */
const equates = (text: string): readonly Equate[] => {
  const out: Equate[] = [];
  let field = '';
  let from = 0;
  const end = (next: number): void => {
    const match = /^\s*([A-Za-z][A-Za-z]*)\s*=\s*(.*)$/s.exec(field);
    if (match !== null) {
      const value = (match[2] ?? '').trim();
      const offset = from + field.indexOf('=');
      out.push({ key: (match[1] ?? '').charAt(0).toUpperCase(), value, offset });
    }
    field = '';
    from = next;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') {
      field += c + text.charAt(i + 1);
      i += 1;
    } else if (c === ',') end(i + 1);
    else field += c;
  }
  end(text.length);
  return out;
};

const named = (text: string): { readonly name: string; readonly rest: string } => {
  const match = /^(?:\{([^}]{0,200})\}|(.))(.*)$/s.exec(text);
  return { name: match?.[1] ?? match?.[2] ?? '', rest: match?.[3] ?? '' };
};

const nameOf = (text: string): string => (/^[^,\s]*/.exec(text)?.[0] ?? '').slice(0, 200);

const optionOf = (line: Logical): CfOption | undefined => {
  const long = /^O\s+([A-Za-z][\w.]*)\s*(?:=\s*(.*))?$/s.exec(line.text);
  if (long !== null) {
    return { name: (long[1] ?? '').toLowerCase(), value: (long[2] ?? '').trim(), at: line.at };
  }
  const short = /^O(\S)(.*)$/s.exec(line.text);
  return short === null
    ? undefined
    : { name: short[1] ?? '', value: (short[2] ?? '').trim(), at: line.at };
};

const mailerOf = (line: Logical): CfMailer => {
  const fields = equates(line.text);
  const find = (key: string): Equate | undefined => fields.findLast(each => each.key === key);
  const args = find('A');
  return {
    name: nameOf(line.text.slice(1)),
    program: find('P')?.value ?? '',
    args: args?.value ?? '',
    flags: find('F')?.value ?? '',
    user: find('U')?.value ?? '',
    at: line.at,
    argsAt: args === undefined ? line.at : placeAt(line, args.offset),
  };
};

/** Reads the file. What is no line of a known kind is passed over, as comments are. */
export const readSendmailCf = (path: string, text: string): SendmailCf => {
  const options: CfOption[] = [];
  const filters: CfFilter[] = [];
  const mailers: CfMailer[] = [];
  const maps: CfMap[] = [];
  const macros: CfMacro[] = [];
  const classFiles: CfClass[] = [];
  const resolved = new Set<string>();
  const classes = new Set<string>();
  const add = <T>(list: T[], each: T | undefined): void => {
    if (each !== undefined && list.length < entriesMax) list.push(each);
  };
  for (const line of logicalLines(path, text)) {
    const kind = line.text.charAt(0);
    const rest = line.text.slice(1);
    if (kind === 'O') add(options, optionOf(line));
    else if (kind === 'X') {
      const socket = equates(line.text).findLast(({ key }) => key === 'S')?.value ?? '';
      const name = nameOf(rest);
      if (name !== '') add(filters, { name, socket, at: line.at });
    } else if (kind === 'M') add(mailers, mailerOf(line));
    else if (kind === 'K') {
      const map = /^\s*(\S{1,200})\s+(\S{1,50})\s*(.*)$/s.exec(rest);
      if (map !== null) {
        const [, name = '', type = '', args = ''] = map;
        add(maps, { name, type, args: args.trim(), at: line.at });
      }
    } else if (kind === 'D') {
      const { name, rest: value } = named(rest);
      add(macros, { name, value: value.trim(), at: line.at });
    } else if (kind === 'F') {
      const { name, rest: source } = named(rest);
      add(classFiles, { name, source: source.trim(), at: line.at });
    } else if (kind === 'C') classes.add(named(rest).name);
    else if (kind === 'R') {
      for (const match of line.text.matchAll(/\$#\s*([\w-]{1,100})/g)) {
        if (resolved.size < entriesMax) resolved.add(match[1] ?? '');
      }
    }
  }
  return { options, filters, mailers, maps, macros, classFiles, resolved, classes };
};

/** The last option of that name, letters of either case. */
export const cfOption = (cf: SendmailCf, name: string): CfOption | undefined =>
  cf.options.findLast(each => each.name === name.toLowerCase());

/** `DSvalue`, `D{MTAHost}value`: the last one, unless it is empty. */
export const cfMacro = (cf: SendmailCf, name: string): CfMacro | undefined => {
  const found = cf.macros.findLast(each => each.name === name);
  return found === undefined || found.value === '' ? undefined : found;
};
