import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';

/** A value of YAML as JavaScript has it; anchors and tags are not followed. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** One key of the mapping that a settings file is. */
export interface YamlSetting {
  readonly value: YamlValue;
  readonly because: Place;
}

const bytesMax = 1 << 18;
const depthMax = 12;

const plain = (node: unknown, depth: number): YamlValue => {
  if (depth > depthMax) return null;
  if (isScalar(node)) {
    const { value } = node;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : null;
  }
  if (isMap(node)) {
    return Object.fromEntries(
      node.items
        .slice(0, 1_000)
        .map(({ key, value }) => [String(isScalar(key) ? key.value : ''), plain(value, depth + 1)]),
    );
  }
  const items = (node as { readonly items?: readonly Node[] } | null)?.items;
  return Array.isArray(items) ? items.slice(0, 1_000).map(item => plain(item, depth + 1)) : null;
};

const refuse = (files: FileView, path: string, why: string): ReadonlyMap<string, YamlSetting> => {
  files.note({
    what: path,
    why: `${why}; what it sets cannot be told`,
    how: 'Mend the file.',
  });
  return new Map();
};

/** The top keys of a settings file in YAML, each with its line. Never throws. */
export const readYamlSettings = (
  files: FileView,
  path: string,
): ReadonlyMap<string, YamlSetting> => {
  const text = files.text(path, { bytesMax });
  if (text === undefined) return new Map();
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter, uniqueKeys: false, logLevel: 'silent' });
    const [error] = document.errors;
    if (error !== undefined) return refuse(files, path, `is no YAML (${error.code})`);
    if (!isMap(document.contents)) return new Map();
    const out = new Map<string, YamlSetting>();
    for (const { key, value } of document.contents.items.slice(0, 1_000)) {
      if (!isScalar(key) || typeof key.value !== 'string') continue;
      const offset = key.range?.[0];
      out.set(key.value, {
        value: plain(value, 0),
        because: {
          path,
          ...(offset === undefined ? {} : { line: lineCounter.linePos(offset).line }),
        },
      });
    }
    return out;
  } catch {
    // The parser recurses: brackets nested by the thousand end its stack.
    return refuse(files, path, 'is nested too deep');
  }
};
