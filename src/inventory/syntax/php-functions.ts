import type { FileView } from '../../core/files.ts';
import { dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import {
  emptyArray,
  keyOf,
  type PhpArray,
  type PhpEntry,
  type PhpValue,
  phpString,
  phpText,
  phpTruth,
  phpUnknown,
  sameValue,
  withEntry,
  withPushed,
} from './php-values.ts';

export interface CallFacts {
  readonly at: Place;
  readonly files: FileView;
  readonly constant: (name: string) => PhpValue | undefined;
}

/** The answer of a function of PHP itself; undefined when it is not decided here. */
type PhpFunction = (args: readonly PhpValue[], facts: CallFacts) => PhpValue | undefined;

export const phpBool = (yes: boolean, at: Place): PhpValue => ({ is: 'bool', yes, at });

const decidedEntries = (value: PhpValue | undefined): readonly PhpEntry[] | undefined =>
  value?.is === 'array' && value.more === undefined ? [...value.entries.values()] : undefined;

/** Renumbers what has a number, as array_merge does. */
const addAll = (into: PhpArray, from: PhpArray): PhpArray => {
  let out = into;
  for (const [key, entry] of from.entries) {
    out = typeof key === 'number' ? withPushed(out, entry) : withEntry(out, key, entry);
  }
  const more = out.more ?? from.more;
  return more === undefined ? out : { ...out, more };
};

/** A later array that is not decided may hold any key of the earlier ones. */
const mergeArrays: PhpFunction = (args, { at }) => {
  let out = emptyArray(at);
  for (const arg of args) {
    if (arg.is === 'array') {
      const overridden = new Map(out.entries);
      for (const [key, { value, maybe }] of arg.entries) {
        const before = overridden.get(key);
        if (typeof key === 'number' || maybe === undefined || before === undefined) continue;
        overridden.set(key, { value: phpUnknown(maybe, value.at, [before.value, value]) });
      }
      const clear: PhpArray = {
        ...arg,
        entries: new Map(
          [...arg.entries].filter(
            ([key, { maybe }]) =>
              typeof key === 'number' || maybe === undefined || !out.entries.has(key),
          ),
        ),
      };
      out = addAll({ ...out, entries: overridden }, clear);
      continue;
    }
    if (arg.is !== 'unknown') return undefined;
    const known = arg.candidates.filter(each => each.is === 'array');
    const entries = new Map(out.entries);
    for (const [key, entry] of out.entries) {
      if (typeof key === 'number') continue;
      const value = phpUnknown(arg.why, entry.value.at, [entry.value]);
      entries.set(key, { ...entry, value });
    }
    out = { ...out, more: out.more ?? arg.why, entries };
    for (const each of known) {
      for (const [key, { value }] of each.entries) {
        const entry = { value, maybe: arg.why };
        if (typeof key === 'number') out = withPushed(out, entry);
        else if (!out.entries.has(key)) out = withEntry(out, key, entry);
      }
    }
  }
  return out;
};

const texts = (args: readonly PhpValue[]): readonly string[] | undefined => {
  const out = args.map(phpText);
  return out.every(each => each !== undefined) ? out.filter(each => each !== undefined) : undefined;
};

const onText =
  (change: (text: string, ...rest: readonly string[]) => string | undefined): PhpFunction =>
  (args, { at }) => {
    const given = texts(args);
    const [text, ...rest] = given ?? [];
    const out = text === undefined ? undefined : change(text, ...rest);
    return out === undefined ? undefined : phpString(out, at);
  };

const trimmed = (text: string, set: string | undefined, ends: 'both' | 'start' | 'end') => {
  const chars = set ?? ' \t\n\r\0\v';
  if (chars.includes('..')) return undefined;
  let from = 0;
  let to = text.length;
  if (ends !== 'end') while (from < to && chars.includes(text.charAt(from))) from += 1;
  if (ends !== 'start') while (to > from && chars.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

const fileTest =
  (kinds: readonly string[]): PhpFunction =>
  ([path], { files, at }) => {
    const text = phpText(path);
    if (text === undefined || !text.startsWith('/')) return undefined;
    const kind = files.stat(joinPath(text))?.kind;
    return phpBool(kind !== undefined && (kinds.length === 0 || kinds.includes(kind)), at);
  };

const keep =
  (wanted: (value: PhpValue, args: readonly PhpValue[]) => boolean | undefined): PhpFunction =>
  args => {
    const [array] = args;
    if (array?.is !== 'array') return undefined;
    const entries = new Map<string | number, PhpEntry>();
    for (const [key, entry] of array.entries) {
      const keeps = wanted(entry.value, args.slice(1));
      if (keeps === true) entries.set(key, entry);
      if (keeps === undefined) {
        entries.set(key, { ...entry, maybe: entry.maybe ?? 'it may be taken out again' });
      }
    }
    return { ...array, entries };
  };

/** Whether a list holds a value that PHP takes for the same text. */
const isIn = (value: PhpValue, list: PhpValue | undefined): boolean | undefined => {
  const entries = list?.is === 'array' ? [...list.entries.values()] : undefined;
  const text = phpText(value);
  if (entries === undefined || text === undefined) return undefined;
  const open = list?.is === 'array' && list.more !== undefined;
  let undecided = open;
  for (const entry of entries) {
    const other = phpText(entry.value);
    if (other === undefined) undecided = true;
    else if (other === text && entry.maybe === undefined) return true;
    else if (other === text) undecided = true;
  }
  return undecided ? undefined : false;
};

const explode: PhpFunction = (args, { at }) => {
  const [by, text] = args.map(phpText);
  if (by === undefined || by === '' || text === undefined || args.length !== 2) return undefined;
  return text
    .split(by)
    .slice(0, 2_000)
    .reduce<PhpArray>(
      (out, part) => withPushed(out, { value: { is: 'string', text: part, at } }),
      emptyArray(at),
    );
};

const implode: PhpFunction = (args, { at }) => {
  const [by, list] = args[0]?.is === 'array' ? [args[1], args[0]] : args;
  const entries = decidedEntries(list);
  const glue = by === undefined ? '' : phpText(by);
  if (entries === undefined || glue === undefined) return undefined;
  const parts = entries.map(({ value, maybe }) =>
    maybe === undefined ? phpText(value) : undefined,
  );
  return parts.every(part => part !== undefined) ? phpString(parts.join(glue), at) : undefined;
};

const formatted: PhpFunction = (args, { at }) => {
  const given = texts(args);
  const [format, ...rest] = given ?? [];
  if (format === undefined) return undefined;
  let used = 0;
  let isPlain = true;
  const out = format.replace(/%(.?)/gs, (_, letter: string) => {
    if (letter === '%') return '%';
    if (letter === 's' || letter === 'd') return rest[used++] ?? '';
    isPlain = false;
    return '';
  });
  return isPlain ? phpString(out, at) : undefined;
};

const values: PhpFunction = ([array], { at }) =>
  array?.is === 'array'
    ? {
        ...[...array.entries.values()].reduce(withPushed, emptyArray(at)),
        ...(array.more === undefined ? {} : { more: array.more }),
      }
    : undefined;

const unique: PhpFunction = ([array]) => {
  if (array?.is !== 'array') return undefined;
  const seen: PhpValue[] = [];
  const entries = [...array.entries].filter(([, { value, maybe }]) => {
    if (seen.some(each => sameValue(each, value))) return false;
    if (maybe === undefined) seen.push(value);
    return true;
  });
  return { ...array, entries: new Map(entries) };
};

const is =
  (...kinds: readonly PhpValue['is'][]): PhpFunction =>
  ([value], { at }) =>
    value === undefined || value.is === 'unknown'
      ? undefined
      : phpBool(kinds.includes(value.is), at);

const hasKey: PhpFunction = ([key, array], { at }) => {
  const name = key === undefined ? undefined : keyOf(key);
  if (name === undefined || array?.is !== 'array') return undefined;
  if (typeof name === 'number' && array.shifted !== undefined) return undefined;
  const entry = array.entries.get(name);
  if (entry !== undefined) return entry.maybe === undefined ? phpBool(true, at) : undefined;
  return array.more === undefined ? phpBool(false, at) : undefined;
};

const functions: Readonly<Record<string, PhpFunction>> = {
  array_merge: mergeArrays,
  array_values: values,
  array_keys: (args, { at }) => {
    const [array] = args;
    if (args.length !== 1 || array?.is !== 'array') return undefined;
    const keys = [...array.entries].map(
      ([key, { maybe }]): PhpEntry => ({
        value: typeof key === 'number' ? { is: 'number', number: key, at } : phpString(key, at),
        ...(maybe === undefined ? {} : { maybe }),
      }),
    );
    const list = keys.reduce(withPushed, emptyArray(at));
    return array.more === undefined ? list : { ...list, more: array.more };
  },
  array_unique: unique,
  array_filter: (args, facts) =>
    args.length === 1 ? keep(value => phpTruth(value))(args, facts) : undefined,
  array_diff: keep((value, others) => {
    const found = others.map(other => isIn(value, other));
    if (found.includes(true)) return false;
    return found.includes(undefined) ? undefined : true;
  }),
  in_array: ([value, list], { at }) => {
    const found = value === undefined ? undefined : isIn(value, list);
    return found === undefined ? undefined : phpBool(found, at);
  },
  array_key_exists: hasKey,
  key_exists: hasKey,
  count: ([list], { at }) => {
    const entries = decidedEntries(list);
    return entries === undefined || entries.some(({ maybe }) => maybe !== undefined)
      ? undefined
      : { is: 'number', number: entries.length, at };
  },
  explode,
  implode,
  join: implode,
  sprintf: formatted,
  trim: onText((text, set) => trimmed(text, set, 'both')),
  ltrim: onText((text, set) => trimmed(text, set, 'start')),
  rtrim: onText((text, set) => trimmed(text, set, 'end')),
  chop: onText((text, set) => trimmed(text, set, 'end')),
  strtolower: onText(text => text.replace(/[A-Z]/g, letter => letter.toLowerCase())),
  strtoupper: onText(text => text.replace(/[a-z]/g, letter => letter.toUpperCase())),
  dirname: onText((text, levels) =>
    levels === undefined ? dirOf(text) : levels === '2' ? dirOf(dirOf(text)) : undefined,
  ),
  basename: onText((text, ...rest) =>
    rest.length > 0
      ? undefined
      : text.replace(/(?<!\/)\/+$/, '').slice(text.replace(/(?<!\/)\/+$/, '').lastIndexOf('/') + 1),
  ),
  realpath: ([path], { files, at }) => {
    const text = phpText(path);
    if (text === undefined || !text.startsWith('/')) return undefined;
    const real = files.real(joinPath(text));
    return real === undefined ? phpBool(false, at) : phpString(real, at);
  },
  strval: onText(text => text),
  intval: ([value], { at }) => {
    const digits = /^\s*[-+]?\d{1,15}/.exec(phpText(value) ?? 'x')?.[0];
    return digits === undefined ? undefined : { is: 'number', number: Number(digits), at };
  },
  str_replace: args => {
    const [from, to, text] = args;
    const found = phpText(from);
    const by = phpText(to);
    const whole = phpText(text);
    if (args.length !== 3 || text === undefined || found === undefined || found === '')
      return undefined;
    if (by === undefined || whole === undefined) return undefined;
    return phpString(
      whole.replaceAll(found, () => by),
      text.at,
    );
  },
  file_exists: fileTest([]),
  is_file: fileTest(['file']),
  is_readable: fileTest([]),
  is_dir: fileTest(['folder']),
  is_array: is('array'),
  is_string: is('string'),
  is_null: is('null'),
  is_bool: is('bool'),
  defined: ([name], { constant, at }) => {
    const text = phpText(name);
    // A constant that is not known may still be set by the program that reads the file.
    const value = text === undefined ? undefined : constant(text);
    return value === undefined || value.is === 'unknown' ? undefined : phpBool(true, at);
  },
  constant: ([name], { constant }) => constant(phpText(name) ?? ''),
};

/** Calls a function of PHP itself. */
export const callFunction = (
  name: string,
  args: readonly PhpValue[],
  facts: CallFacts,
): PhpValue => {
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const answer = known?.(args, facts);
  if (answer !== undefined) return answer;
  return phpUnknown(whyOf(name, args), facts.at, []);
};

const whyOf = (name: string, args: readonly PhpValue[]): string => {
  const [first] = args;
  const text = phpText(first);
  if (name === 'getenv') {
    return text === undefined
      ? 'it depends on the environment that PHP is started with'
      : `the environment variable ${text.slice(0, 100)} decides it`;
  }
  if (/^(?:file_get_contents|file|fopen|parse_ini_file|readfile)$/.test(name)) {
    return text === undefined
      ? 'it is read from another file'
      : `it is read from ${text.slice(0, 200)}`;
  }
  if (first?.is === 'unknown') return first.why;
  return `it depends on what ${name.slice(0, 100)}() answers`;
};

/** Functions of PHP that change what they are given (`&` in the manual); others leave it alone. */
export const changesArguments: ReadonlySet<string> = new Set([
  'array_pop',
  'array_shift',
  'array_splice',
  'array_walk',
  'array_walk_recursive',
  'array_multisort',
  'preg_match',
  'preg_match_all',
  'settype',
  'shuffle',
  'parse_str',
  'exec',
]);

/** Sorting a list changes its order and nothing else. */
export const sorts: ReadonlySet<string> = new Set([
  'sort',
  'rsort',
  'ksort',
  'krsort',
  'asort',
  'arsort',
  'usort',
  'uasort',
  'uksort',
  'natsort',
  'natcasesort',
]);

/** Functions that never write to a variable given to them, by their families. */
export const leavesAlone = (name: string): boolean =>
  Object.hasOwn(functions, name) ||
  /^(?:str|array_|is_|ctype_|mb_|preg_(?:replace|quote|split|grep)|json_|base64_|url|rawurl|html|in|abs|max|min|round|floor|ceil|file|getenv|putenv|ini_|set|error_|trigger_|date|time|mktime|md5|sha1|hash|crypt|random_|rand|mt_|uniqid|php_|phpversion|version_compare|extension_loaded|function_exists|class_exists|defined|define|serialize|unserialize|var_|print|printf|sprintf|number_format|nl2br|substr|trim|lc|uc|word|pack|unpack|gethostname|gethostbyname|php_sapi_name|call_user_func|func_|get|header|http_|session_|spl_|sys_|tempnam|touch|mkdir|chmod|unlink|dirname|basename|realpath|glob|scandir|range|compact|iterator_|intdiv|ip2long|filter_)/.test(
    name,
  );
