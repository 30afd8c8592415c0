/** Names of tables in SQL statements: those behind FROM, JOIN, INTO and UPDATE. */
export const tablesOf = (queries: readonly string[]): readonly string[] => {
  const out = new Set<string>();
  const pattern = /\b(?:from|join|into|update)\s+[`"[]?([A-Za-z_][\w.$]{0,127})/gi;
  for (const query of queries) {
    for (const match of query.slice(0, 20_000).matchAll(pattern)) out.add(match[1] ?? '');
  }
  return [...out].slice(0, 50);
};

/** "tables users, domains of ", to stand before the name of a database. */
export const showTables = (tables: readonly string[]): string =>
  tables.length === 0 ? '' : `${tables.length === 1 ? 'table' : 'tables'} ${tables.join(', ')} of `;
