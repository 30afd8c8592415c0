import { printable, width, wrap } from './plain.ts';

const columns = 100;

const isComment = (line: string): boolean => line.startsWith('# ');

/** Beyond this a line is no configuration any more, and a terminal is of no use for it. */
const remedyColumnsMax = 1_000;

/**
 * Text to paste: it starts at the margin, because Postfix, INI files and Python take an indented
 * line for something else, and no line of configuration is broken or cut, however wide. Comments are
 * for reading, and are wrapped.
 */
export const remedyLines = (remedy: string): readonly string[] => {
  const lines = printable(remedy)
    .replaceAll('\t', '    ')
    .replaceAll('\r', '')
    .split('\n')
    .map(line => line.trimEnd());
  if (lines.some(line => !isComment(line) && width(line) > remedyColumnsMax)) {
    return ['# Its lines are too long to be shown here: --format json has them.'];
  }
  return lines.flatMap(line =>
    isComment(line) ? wrap(line.slice(2), columns, '# ').split('\n') : [line],
  );
};
