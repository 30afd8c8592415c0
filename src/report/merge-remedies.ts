/** Parts whose entries a merged remedy writes out; the others are in the JSON. */
const entriesMax = 8;

const isHeading = (line: string): boolean => line.startsWith('# in ');

/** `components:` with its entries, `tenants:` with its own: YAML blocks by their key at the margin. */
const blocksOf = (lines: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const blocks = new Map<string, string[]>();
  let block: string[] | undefined;
  for (const line of lines) {
    if (/^[a-z]+:$/.test(line)) {
      block = blocks.get(line) ?? [];
      blocks.set(line, block);
    } else block?.push(line);
  }
  return blocks;
};

/** A closing brace twice: its lines cannot be told apart, so they cannot be joined with others. */
const repeats = (remedy: string): boolean => {
  const lines = remedy.split('\n');
  return new Set(lines).size < lines.length;
};

const mergedYaml = (heading: string, remedies: readonly string[]): string => {
  const keys = new Map<string, Set<string>>();
  for (const remedy of remedies) {
    for (const [key, lines] of blocksOf(remedy.split('\n').slice(1))) {
      const entries = keys.get(key) ?? new Set<string>();
      entries.add(lines.join('\n'));
      keys.set(key, entries);
    }
  }
  return [
    heading,
    ...[...keys].flatMap(([key, entries]) => {
      const shown = [...entries].slice(0, entriesMax);
      const more = entries.size - shown.length;
      return [
        key,
        ...shown,
        ...(more > 0 ? [`  # and ${more} more: --format json has the lines of each part`] : []),
      ];
    }),
  ].join('\n');
};

/**
 * What mends one cause in several parts. Entries of the same YAML file come together below their
 * keys, so that no key is written twice; advice and commands follow each other, each line once.
 * Where parts name different places, the first part's lines stand for all: the cause is the same.
 */
export const mergeRemedies = (remedies: readonly string[]): string => {
  const [first = '', ...others] = [...new Set(remedies)];
  if (others.length === 0) return first;
  const all = [first, ...others];
  const [heading = ''] = first.split('\n', 1);
  if (isHeading(heading) && /\(below the key\b/.test(heading)) {
    return mergedYaml(
      heading,
      all.filter(each => each.startsWith(`${heading}\n`)),
    );
  }
  const headings = new Set(all.flatMap(each => each.split('\n').filter(isHeading)));
  if (headings.size > 1 || all.some(repeats)) return first;
  const lines = new Set(all.slice(0, entriesMax).flatMap(each => each.split('\n')));
  return [...lines, ...(all.length > entriesMax ? ['# and so on for the others'] : [])].join('\n');
};
