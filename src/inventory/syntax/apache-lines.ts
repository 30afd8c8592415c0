/** One logical line: continuation lines joined, comments and blank ones left out. */
export interface ApacheLine {
  readonly text: string;
  /** Of its first physical line, from 1. */
  readonly line: number;
}

/** A backslash at the end of a line continues it; a comment is a whole line (configuring.html). */
export const apacheLines = (text: string): readonly ApacheLine[] => {
  const out: ApacheLine[] = [];
  let held = '';
  let heldFrom = 0;
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (heldFrom === 0) heldFrom = line;
    if (bare.endsWith('\\') && held.length < 65_536) {
      held += bare.slice(0, -1);
      continue;
    }
    const whole = (held + bare).trim();
    if (whole !== '' && !whole.startsWith('#')) out.push({ text: whole, line: heldFrom });
    held = '';
    heldFrom = 0;
  }
  const whole = held.trim();
  if (whole !== '' && !whole.startsWith('#')) out.push({ text: whole, line: heldFrom });
  return out;
};

/** The words of a line as `ap_getword_conf` takes them: quotes group, a backslash spares a quote. */
export const apacheWords = (text: string): readonly string[] => {
  const out: string[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text.charAt(i);
    if (/\s/.test(c)) {
      i += 1;
      continue;
    }
    if (c === '"' || c === "'") {
      let word = '';
      for (i += 1; i < text.length && text.charAt(i) !== c; i++) {
        const next = text.charAt(i + 1);
        if (text.charAt(i) === '\\' && (next === c || next === '\\')) i += 1;
        word += text.charAt(i);
      }
      i += 1;
      out.push(word);
      continue;
    }
    const from = i;
    while (i < text.length && !/\s/.test(text.charAt(i))) i += 1;
    out.push(text.slice(from, i));
  }
  return out;
};

const nameOf = /\$\{([^}\s:$]{1,200})\}/g;

/** `${NAME}` from Define and the environment; an unknown one stays, as it does in httpd. */
export const expandVariables = (text: string, values: ReadonlyMap<string, string>): string =>
  text.includes('${')
    ? text.replace(nameOf, (whole, name: string) => values.get(name) ?? whole).slice(0, 65_536)
    : text;

/**
 * The variables that a shell file such as `/etc/apache2/envvars` or `/etc/sysconfig/httpd` exports.
 * Only assignments are understood; what they are made from must stand above them.
 */
export const readEnvironment = (
  text: string,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const out = new Map(given);
  for (const raw of text.split('\n')) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(raw);
    const name = match?.[1] ?? '';
    if (match === null || given.has(name)) continue;
    const written = (match[2] ?? '').trim();
    const single = /^'([^']*)'/.exec(written);
    const plain =
      single?.[1] ?? /^"([^"]*)"/.exec(written)?.[1] ?? /^[^\s;#]*/.exec(written)?.[0] ?? '';
    const value =
      single === null
        ? plain.replace(
            /\$(?:\{(\w+)(?::?-([^{}]*))?\}|(\w+))/g,
            (_, braced?: string, otherwise?: string, bare?: string) =>
              out.get(braced ?? bare ?? '') ?? otherwise ?? '',
          )
        : plain;
    out.set(name, value.slice(0, 4_096));
  }
  return out;
};
