import { isScalar, parseDocument, visit } from 'yaml';
import { type SchemeId, type Standing, schemeIds } from '../../../core/advisory.ts';
import { messageOf } from '../../../core/errors.ts';
import { flawOf, isObject, type JsonObject, oneLine, timeOf } from '../../json-value.ts';
import {
  type Note,
  type NoteBranch,
  type NoteExploited,
  type NotesDocument,
  notesFormat,
} from '../../notes-document.ts';

/** People write these files: a mistake ends the reading, and is named with its place. */
class Mistake extends Error {
  override readonly name = 'Mistake';
}

/** Several hundred notes; the reader of YAML is slow on what is made to be slow. */
const textCharsMax = 256 * 1_024;
const notesMax = 2_000;
const branchesMax = 200;

const fail = (where: string, what: string): never => {
  throw new Mistake(`${where} ${what}`);
};

const object = (value: unknown, where: string, known: readonly string[]): JsonObject => {
  if (!isObject(value)) return fail(where, 'is no mapping');
  const stranger = Object.keys(value).find(name => !known.includes(name));
  return stranger === undefined
    ? value
    : fail(`${where}: ${oneLine(stranger, 60)}`, 'is no key of it');
};

const text = (value: JsonObject, name: string, where: string, max = 300): string | undefined => {
  const member = value[name];
  if (member === undefined || member === null) return undefined;
  // 10.10 without quotes is the number 10.1 in JSON.
  if (typeof member !== 'string') return fail(`${where}.${name}`, 'is no text: put it in quotes');
  const line = oneLine(member, max + 1);
  return line === '' || line.length > max
    ? fail(`${where}.${name}`, `is empty or longer than ${max} characters`)
    : line;
};

const needed = (value: JsonObject, name: string, where: string, max?: number): string =>
  text(value, name, where, max) ?? fail(`${where}.${name}`, 'is missing');

const day = (value: JsonObject, name: string, where: string): string | undefined => {
  const said = text(value, name, where, 40);
  if (said === undefined) return undefined;
  return timeOf(said)?.slice(0, 10) ?? fail(`${where}.${name}`, 'is no day (yyyy-mm-dd)');
};

const list = (value: JsonObject, name: string, where: string, max: number): readonly unknown[] => {
  const member = value[name];
  if (member === undefined || member === null) return [];
  if (!Array.isArray(member)) return fail(`${where}.${name}`, 'is no list');
  return member.length > max ? fail(`${where}.${name}`, `has more than ${max} entries`) : member;
};

const texts = (value: JsonObject, name: string, where: string, max: number): readonly string[] =>
  list(value, name, where, max).map((_, i, all) =>
    needed({ [name]: all[i] }, name, `${where}[${i}]`, 1_000),
  );

const address = (url: string, where: string): string =>
  /^https?:\/\/[^\s"'<>\\`@]+$/.test(url) ? url : fail(where, 'is no web address');

const branch = (value: unknown, where: string): NoteBranch => {
  const said = object(value, where, ['from', 'fixed', 'until', 'through', 'unmended', 'on']);
  const from = text(said, 'from', where, 200);
  const fixed = text(said, 'fixed', where, 200);
  const until = text(said, 'until', where, 200);
  const through = text(said, 'through', where, 200);
  const unmended = text(said, 'unmended', where);
  const on = day(said, 'on', where);
  if ([fixed, through, unmended].filter(end => end !== undefined).length !== 1) {
    return fail(where, 'needs one of fixed, through and unmended');
  }
  if (until !== undefined && fixed === undefined)
    return fail(`${where}.until`, 'needs fixed beside it');
  return {
    ...(from === undefined ? {} : { from }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(until === undefined ? {} : { until }),
    ...(through === undefined ? {} : { through }),
    ...(unmended === undefined ? {} : { unmended }),
    ...(on === undefined ? {} : { on }),
  };
};

const standings: readonly Standing[] = ['affected', 'not-affected', 'unknown'];

const exploited = (value: unknown, where: string, flaws: readonly string[]): NoteExploited => {
  const said = object(value, where, ['since', 'by', 'url', 'flaws']);
  const since = day(said, 'since', where) ?? fail(`${where}.since`, 'is missing');
  const url = text(said, 'url', where, 1_000);
  const some = texts(said, 'flaws', where, 100).map(flaw => flawOf(flaw) ?? flaw);
  const stranger = some.find(flaw => !flaws.includes(flaw));
  if (stranger !== undefined)
    return fail(`${where}.flaws: ${stranger}`, 'is none of the note’s flaws');
  return {
    since,
    by: needed(said, 'by', where, 120),
    ...(url === undefined ? {} : { url: address(url, `${where}.url`) }),
    ...(some.length === 0 ? {} : { flaws: some }),
  };
};

const noteKeys = [
  'id',
  'date',
  'dated',
  'sign',
  'title',
  'urls',
  'flaws',
  'branches',
  'others',
  'only',
  'severity',
  'exploited',
];

const note = (value: unknown, where: string): Note => {
  const said = object(value, where, noteKeys);
  const id = needed(said, 'id', where, 120);
  if (!/^[A-Za-z0-9][\w.-]*$/.test(id)) return fail(`${where}.id`, 'holds a sign that it must not');
  const branches = list(said, 'branches', where, branchesMax).map((each, i) =>
    branch(each, `${where}.branches[${i}]`),
  );
  if (branches.length === 0) return fail(`${where}.branches`, 'is missing or empty');
  const late = branches.findIndex((each, i) => i > 0 && each.from === undefined);
  if (late > 0)
    return fail(`${where}.branches[${late}].from`, 'is missing: only the first may do without');
  const othersText = text(said, 'others', where, 20);
  const others = standings.find(standing => standing === othersText);
  if (othersText !== undefined && others === undefined) {
    return fail(`${where}.others`, 'is none of affected, not-affected, unknown');
  }
  const dated = text(said, 'dated', where, 20);
  if (dated !== undefined && dated !== 'at-latest')
    return fail(`${where}.dated`, 'is not at-latest');
  const sign = text(said, 'sign', where, 20);
  if (sign !== undefined && sign !== 'release') return fail(`${where}.sign`, 'is not release');
  const only = text(said, 'only', where);
  const severity = text(said, 'severity', where, 40);
  const flaws = texts(said, 'flaws', where, 100).map(
    (flaw, i) => flawOf(flaw) ?? fail(`${where}.flaws[${i}]`, 'is no name of a flaw'),
  );
  const used = list(said, 'exploited', where, 20).map((each, i) =>
    exploited(each, `${where}.exploited[${i}]`, flaws),
  );
  return {
    id,
    date: day(said, 'date', where) ?? fail(`${where}.date`, 'is missing'),
    ...(dated === undefined ? {} : { dated }),
    ...(sign === undefined ? {} : { sign }),
    title: needed(said, 'title', where),
    urls: texts(said, 'urls', where, 10).map((url, i) => address(url, `${where}.urls[${i}]`)),
    flaws: [...new Set(flaws)],
    branches,
    ...(others === undefined ? {} : { others }),
    ...(only === undefined ? {} : { only }),
    ...(severity === undefined ? {} : { severity: severity.toLowerCase() }),
    ...(used.length === 0 ? {} : { exploited: used }),
  };
};

const document = (value: unknown): NotesDocument => {
  const where = 'the document';
  const said = object(value, where, [
    'format',
    'product',
    'names',
    'title',
    'vendor',
    'scheme',
    'source',
    'complete',
    'notes',
    '$schema',
  ]);
  if (needed(said, 'format', where) !== notesFormat)
    return fail(`${where}.format`, `is not ${notesFormat}`);
  const schemeText = needed(said, 'scheme', where, 20);
  const scheme: SchemeId =
    schemeIds.find(id => id === schemeText) ??
    fail(`${where}.scheme`, `is none of ${schemeIds.join(', ')}`);
  const names = texts(said, 'names', where, 20);
  const complete = day(said, 'complete', where);
  const notes = list(said, 'notes', where, notesMax).map((each, i) => note(each, `notes[${i}]`));
  const twice = notes.find((each, i) => notes.findIndex(other => other.id === each.id) < i);
  if (twice !== undefined) return fail(`notes: ${twice.id}`, 'is the id of two notes');
  return {
    format: notesFormat,
    product: needed(said, 'product', where, 100),
    ...(names.length === 0 ? {} : { names }),
    title: needed(said, 'title', where, 100),
    vendor: needed(said, 'vendor', where, 100),
    scheme,
    source: address(needed(said, 'source', where, 1_000), `${where}.source`),
    ...(complete === undefined ? {} : { complete }),
    notes,
  };
};

/** Every scalar is a text (failsafe), so that version 10.10 does not become 10.1. */
const fromYaml = (source: string): unknown => {
  const options = { schema: 'failsafe', logLevel: 'silent', uniqueKeys: false } as const;
  const parsed = parseDocument(source, options);
  const [error] = parsed.errors;
  if (error !== undefined) throw error;
  // The parser's own look for a key that stands twice costs the square of their number.
  visit(parsed, {
    Map: (_, { items }) => {
      const names = items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
      if (new Set(names).size < names.length) fail('a key', 'stands twice in one mapping');
    },
  });
  return parsed.toJS({ maxAliasCount: 0 });
};

/** A document of notes from parsed JSON or from YAML; or the mistake in it, and where. */
export const readNotes = (value: unknown): NotesDocument | { readonly mistake: string } => {
  try {
    if (typeof value !== 'string') return document(value);
    return value.length > textCharsMax
      ? { mistake: `it is longer than ${textCharsMax} characters` }
      : document(fromYaml(value));
  } catch (thrown) {
    return { mistake: oneLine(messageOf(thrown), 200) };
  }
};
