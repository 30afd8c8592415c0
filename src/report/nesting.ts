/**
 * Ids that lie below another listed id: `dovecot/quota` below `dovecot`. A program that is its own
 * (`nginx`) is nobody's part, whatever group it was found in.
 */
export const idsBelow = (ids: readonly string[]): ReadonlySet<string> => {
  const all = new Set(ids);
  const isBelow = (id: string): boolean => {
    for (let at = id.indexOf('/'); at >= 0; at = id.indexOf('/', at + 1)) {
      if (all.has(id.slice(0, at))) return true;
    }
    return false;
  };
  return new Set(ids.filter(isBelow));
};
