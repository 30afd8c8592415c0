import { resolveReferences } from '../mail/html/references.ts';

/** What is told of a document while it is read from its beginning to its end. Names have no prefix. */
export interface XmlHandler {
  open(name: string, attributes: XmlAttributes): void;
  close(name: string): void;
  text(text: string): void;
}

/** Attributes as they stand; most are never asked for. */
export class XmlAttributes {
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Value of the attribute of this name, whatever its prefix. */
  get(name: string): string | undefined {
    const { source } = this;
    let at = source.indexOf(name);
    while (at >= 0) {
      const before = source.charCodeAt(at - 1);
      const isName = at === 0 || before <= 32 || before === 58;
      let to = at + name.length;
      while (source.charCodeAt(to) <= 32) to++;
      if (isName && source.charAt(to) === '=') {
        to++;
        while (source.charCodeAt(to) <= 32) to++;
        const mark = source.charAt(to);
        const end = mark === '"' || mark === "'" ? source.indexOf(mark, to + 1) : -1;
        return end < 0 ? undefined : resolveReferences(source.slice(to + 1, end));
      }
      at = source.indexOf(name, at + 1);
    }
    return undefined;
  }

  /** All values, in their order. */
  values(): readonly string[] {
    return [...this.source.matchAll(/=\s{0,10}(?:"([^"]*)"|'([^']*)')/g)].map(match =>
      resolveReferences(match[1] ?? match[2] ?? ''),
    );
  }
}

const withoutPrefix = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};

/** End of a tag: the first `>` outside of quotes. */
const tagEnd = (xml: string, from: number): number => {
  let at = from;
  for (;;) {
    const end = xml.indexOf('>', at);
    if (end < 0) return -1;
    const quote = firstQuote(xml, at, end);
    if (quote < 0) return end;
    const close = xml.indexOf(xml.charAt(quote), quote + 1);
    if (close < 0) return -1;
    at = close + 1;
  }
};

const firstQuote = (xml: string, from: number, to: number): number => {
  for (let at = from; at < to; at++) {
    const code = xml.charCodeAt(at);
    if (code === 34 || code === 39) return at;
  }
  return -1;
};

/**
 * Goes over XML once. What a document type declares is not expanded, so that nothing grows; what is not well
 * formed ends the document where it stands, and `false` is the answer.
 */
export const scanXml = (xml: string, handler: XmlHandler): boolean => {
  let at = 0;
  while (at < xml.length) {
    const open = xml.indexOf('<', at);
    if (open < 0) break;
    if (open > at) handler.text(resolveReferences(xml.slice(at, open)));
    const next = xml.charCodeAt(open + 1);
    if (next === 33 || next === 63) {
      at = behindSpecial(xml, open, handler);
      if (at < 0) return false;
      continue;
    }
    const end = tagEnd(xml, open + 1);
    if (end < 0) return false;
    tag(xml, open, end, handler);
    at = end + 1;
  }
  return true;
};

const behindSpecial = (xml: string, open: number, handler: XmlHandler): number => {
  if (xml.startsWith('<!--', open)) {
    const end = xml.indexOf('-->', open + 4);
    return end < 0 ? -1 : end + 3;
  }
  if (xml.startsWith('<![CDATA[', open)) {
    const end = xml.indexOf(']]>', open);
    if (end < 0) return -1;
    handler.text(xml.slice(open + 9, end));
    return end + 3;
  }
  const end = xml.indexOf('>', open);
  // A document type with declarations of its own ends behind their bracket.
  if (end >= 0 && xml.startsWith('<!DOCTYPE', open) && xml.slice(open, end).includes('[')) {
    const close = xml.indexOf(']', open);
    const last = close < 0 ? -1 : xml.indexOf('>', close);
    return last < 0 ? -1 : last + 1;
  }
  return end < 0 ? -1 : end + 1;
};

const tag = (xml: string, open: number, end: number, handler: XmlHandler): void => {
  if (xml.charCodeAt(open + 1) === 47) {
    handler.close(withoutPrefix(xml.slice(open + 2, end).trim()));
    return;
  }
  const isEmpty = xml.charCodeAt(end - 1) === 47;
  const stop = isEmpty ? end - 1 : end;
  let to = open + 1;
  while (to < stop && xml.charCodeAt(to) > 32) to++;
  const name = withoutPrefix(xml.slice(open + 1, to));
  handler.open(name, new XmlAttributes(xml.slice(to, stop)));
  if (isEmpty) handler.close(name);
};
