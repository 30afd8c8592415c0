const fieldsMax = 200;

/** The fields of one line of CSV (RFC 4180). Undefined: it ends within a quoted field, so it is not whole. */
export const csvFields = (line: string): readonly string[] | undefined => {
  if (!line.includes('"')) return line.split(',', fieldsMax);
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length && fields.length < fieldsMax) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    let field = '';
    let from = at + 1;
    for (;;) {
      const quote = line.indexOf('"', from);
      if (quote < 0) return undefined;
      field += line.slice(from, quote);
      from = quote + 1;
      if (line[from] !== '"') break;
      field += '"';
      from += 1;
    }
    fields.push(field);
    const comma = line.indexOf(',', from);
    at = comma < 0 ? line.length + 1 : comma + 1;
  }
  return fields;
};

/** Where each column stands, by its name in lower case. */
export const columnsOf = (header: string): ReadonlyMap<string, number> =>
  new Map((csvFields(header) ?? []).map((name, i) => [name.trim().toLowerCase(), i]));
