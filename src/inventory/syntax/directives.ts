/** One `Name value` line of a simple configuration file. */
export interface Directive {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/**
 * Files of the form `Name value` or `Name=value`, one a line, `#` starting a comment line: OpenDKIM,
 * OpenDMARC, ClamAV, Postgrey defaults and their like. Names keep their case.
 */
export const readDirectives = (text: string): readonly Directive[] => {
  const out: Directive[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const match = /^([^\s=]+)(?:\s*=\s*|\s+)?(.*)$/s.exec(trimmed);
    if (match !== null) out.push({ name: match[1] ?? '', value: (match[2] ?? '').trim(), line });
  }
  return out;
};

/** The last directive of that name, letters of either case: later lines override. */
export const lastDirective = (
  directives: readonly Directive[],
  name: string,
): Directive | undefined =>
  directives.findLast(entry => entry.name.toLowerCase() === name.toLowerCase());
