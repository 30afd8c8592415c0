import { joinPath } from '../../core/paths.ts';

/**
 * The folder that a path with variables or captures in it stays below: `/srv/$host/web` is below
 * `/srv`. Undefined when nothing of it is constant.
 */
export const constantFolder = (text: string): string | undefined => {
  const at = text.search(/[$%]/);
  const constant = at < 0 ? text : text.slice(0, text.lastIndexOf('/', at));
  if (!constant.startsWith('/')) return undefined;
  const folder = joinPath(constant);
  return folder === '/' && at >= 0 ? undefined : folder;
};

/** The constant folder at the beginning of the paths that a regular expression takes, else `/`. */
export const literalPrefix = (expression: string): string => {
  if (!expression.startsWith('^/')) return '/';
  const literal = /^[\w/@-]+/.exec(expression.slice(1))?.[0] ?? '/';
  const behind = expression.charAt(1 + literal.length);
  const optional = behind === '?' || behind === '*';
  const whole = optional && literal.endsWith('/') ? literal.slice(0, -1) : literal;
  // A segment is whole when nothing can be added to it: `^/webmail(/|$)` but not `^/web.*`.
  const ends =
    whole !== literal ||
    behind === '' ||
    behind === '$' ||
    expression.startsWith('(/', 1 + literal.length) ||
    expression.startsWith('(?:/', 1 + literal.length) ||
    expression.startsWith('($', 1 + literal.length);
  return ends ? whole : whole.slice(0, whole.lastIndexOf('/') + 1);
};

/** Whether `inner` is `outer` or lies below it. */
export const isWithin = (outer: string, inner: string): boolean =>
  outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
