import type { FileView } from '../files.ts';

/** One element; text of its own, without that of the elements in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  readonly line: number;
}

export interface XmlReading {
  readonly root?: XmlElement;
  /** Line of a document type that declares entities: they are not expanded. */
  readonly entitiesAt?: number;
  readonly fault?: { readonly why: string; readonly line: number };
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
  readonly line: number;
}

const depthMax = 200;
const elementsMax = 200_000;
const textMax = 1 << 20;

const predefined: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/** The five entities of XML and numbers; what a document declares for itself stays as written. */
const decode = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]{2,4});/g, (whole, entity: string) => {
        if (!entity.startsWith('#'))
          return Object.hasOwn(predefined, entity) ? (predefined[entity] ?? whole) : whole;
        const code = entity.startsWith('#x')
          ? Number.parseInt(entity.slice(2), 16)
          : Number(entity.slice(1));
        return code > 0 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff)
          ? String.fromCodePoint(code)
          : whole;
      })
    : text;

const attribute = /(?<![^\s=<>"'/])([^\s=<>"'/]{1,200})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

const attributesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(attribute)].map(match => [
      match[1] ?? '',
      decode(match[2] ?? match[3] ?? ''),
    ]),
  );

/** End of a tag that opens at `from`; quotes hide a `>`. */
const endOfTag = (text: string, from: number): number => {
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return i;
  }
  return -1;
};

/** End of `<!DOCTYPE … [ … ]>`: read past, never acted upon. */
const endOfDoctype = (text: string, from: number): number => {
  const bracket = text.indexOf('[', from);
  const close = text.indexOf('>', from);
  if (bracket < 0 || (close >= 0 && close < bracket)) return close;
  const end = text.indexOf(']', bracket);
  return end < 0 ? -1 : text.indexOf('>', end);
};

const lineCounter = (text: string): ((offset: number) => number) => {
  let line = 1;
  let at = 0;
  return offset => {
    for (
      let next = text.indexOf('\n', at);
      next >= 0 && next < offset;
      next = text.indexOf('\n', at)
    ) {
      line += 1;
      at = next + 1;
    }
    return line;
  };
};

/**
 * Reads an XML document without entities of its own, external parts or namespaces: a bomb stays a
 * few characters long. `most`: elements.
 */
export const readXml = (text: string, most: number = elementsMax): XmlReading => {
  const open: Open[] = [];
  const lineAt = lineCounter(text);
  let root: XmlElement | undefined;
  let count = 0;
  let at = 0;
  let entitiesAt: number | undefined;
  const fail = (why: string, offset: number): XmlReading => ({
    fault: { why, line: lineAt(offset) },
  });
  const close = (element: Open): void => {
    const done: XmlElement = { ...element };
    const parent = open.at(-1);
    if (parent === undefined) root = done;
    else parent.children.push(done);
  };
  while (at < text.length) {
    const tag = text.indexOf('<', at);
    const inner = open.at(-1);
    const between = text.slice(at, tag < 0 ? text.length : tag);
    if (inner !== undefined && inner.text.length < textMax) inner.text += decode(between);
    if (tag < 0) break;
    if (text.startsWith('<!--', tag)) {
      const end = text.indexOf('-->', tag + 4);
      if (end < 0) return fail('a comment does not end', tag);
      at = end + 3;
      continue;
    }
    if (text.startsWith('<![CDATA[', tag)) {
      const end = text.indexOf(']]>', tag);
      if (end < 0) return fail('a CDATA section does not end', tag);
      if (inner !== undefined && inner.text.length < textMax)
        inner.text += text.slice(tag + 9, end);
      at = end + 3;
      continue;
    }
    if (text.startsWith('<!', tag) || text.startsWith('<?', tag)) {
      const end = text.startsWith('<!', tag) ? endOfDoctype(text, tag) : text.indexOf('?>', tag);
      if (end < 0) return fail('a declaration does not end', tag);
      if (text.slice(tag, end).includes('<!ENTITY')) entitiesAt ??= lineAt(tag);
      at = text.startsWith('<?', tag) ? end + 2 : end + 1;
      continue;
    }
    const end = endOfTag(text, tag);
    if (end < 0) return fail('a tag does not end', tag);
    const body = text.slice(tag + 1, end);
    at = end + 1;
    if (body.startsWith('/')) {
      const closed = open.pop();
      if (closed === undefined || closed.name !== body.slice(1).trim())
        return fail('tags do not match', tag);
      close(closed);
      continue;
    }
    const name = /^[^\s/>]{1,200}/.exec(body)?.[0];
    count += 1;
    if (name === undefined) return fail('a tag has no name', tag);
    if (open.length >= depthMax || count > most)
      return fail('it is nested too deep or too long', tag);
    if (root !== undefined) return fail('it has more than one root', tag);
    const element: Open = {
      name,
      attributes: attributesOf(body.slice(name.length)),
      children: [],
      text: '',
      line: lineAt(tag),
    };
    if (body.endsWith('/')) close(element);
    else open.push(element);
  }
  if (open.length > 0) return fail('it ends within an element', text.length);
  if (root === undefined) return fail('it has no element', text.length);
  return { root, ...(entitiesAt === undefined ? {} : { entitiesAt }) };
};

/** Every element of that name below, the outer ones first. Bounded by the reader's own depth. */
export const xmlAll = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.flatMap(child => [
    ...(child.name === name ? [child] : []),
    ...xmlAll(child, name),
  ]);

/** Reads a file as XML; what it holds of faults and entities is noted, with how to mend it. */
export const readXmlFile = (
  files: FileView,
  path: string,
  how: string,
  bytesMax: number = 4 << 20,
): XmlElement | undefined => {
  const text = files.stat(path)?.kind === 'file' ? files.text(path, { bytesMax }) : undefined;
  if (text === undefined) return undefined;
  const { root, fault, entitiesAt } = readXml(text);
  if (fault !== undefined) {
    files.note({
      what: `${path}:${fault.line}`,
      why: `${fault.why}: it could not be read as XML`,
      how,
    });
  }
  if (entitiesAt !== undefined) {
    files.note({
      what: `${path}:${entitiesAt}`,
      why: 'declares entities of its own, which are not expanded: texts that use them were not read',
      how: 'Check who put it there; such files need none.',
    });
  }
  return root;
};
