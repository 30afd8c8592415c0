/** What smtpd(8), cleanup(8) and postscreen(8) append to a verdict. */
export interface Tail {
  /** The program's own words before it. */
  readonly head: string;
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: string;
  readonly helo?: string;
  readonly user?: string;
  /** Behind `helo=<…>: `, where header_checks(5) have their say. */
  readonly reason?: string;
  /** The values contain what divides them, so that no reading of them is certain. None is given then. */
  readonly ambiguous: boolean;
}

const starts = ['; from=<', '; to=<', '; proto='] as const;

const dividers = [' to=<', ' proto=', ' helo=<', ' sasl_username=<'] as const;

const once = (text: string, what: string): boolean => text.indexOf(what) === text.lastIndexOf(what);

/** Up to the bracket that closes it before the next divider. */
const bracketed = (text: string, at: number, end: number): string | undefined => {
  const close = text.lastIndexOf('>', end);
  return close < at ? undefined : text.slice(at, close);
};

interface Found {
  readonly key: string;
  readonly valueAt: number;
  readonly at: number;
}

const found = (tail: string): readonly Found[] => {
  const list: Found[] = [];
  if (tail.startsWith('; from=<')) list.push({ key: 'from', at: 0, valueAt: 8 });
  if (tail.startsWith('; to=<')) list.push({ key: 'to', at: 0, valueAt: 6 });
  if (tail.startsWith('; proto=')) list.push({ key: 'proto', at: 0, valueAt: 8 });
  for (const divider of dividers) {
    const at = tail.indexOf(divider);
    if (at < 1 || (at === 1 && list.length > 0)) continue;
    list.push({ key: divider.slice(1, divider.indexOf('=')), at, valueAt: at + divider.length });
  }
  return list.sort((a, b) => a.at - b.at);
};

/**
 * Takes `…; from=<a> to=<b> proto=ESMTP helo=<c>` apart; postscreen puts commas between. Sender, recipient and
 * HELO are the client's, quoted local parts and HELO names may hold blanks and brackets, and all that stands
 * behind them is his as well: no side is safe. So each divider must stand there exactly once.
 */
export const tailOf = (text: string): Tail => {
  let at = -1;
  let kinds = 0;
  for (const start of starts) {
    const here = text.indexOf(start);
    if (here < 0) continue;
    kinds += 1;
    if (!once(text, start)) return { head: text.slice(0, here), ambiguous: true };
    if (at < 0 || here < at) at = here;
  }
  if (at < 0) return { head: text, ambiguous: false };
  const head = text.slice(0, at);
  const tail = text.slice(at);
  if (kinds > 1 || dividers.some(divider => !once(tail, divider))) return { head, ambiguous: true };
  const parts = found(tail);
  const out: { from?: string; to?: string; protocol?: string; helo?: string; user?: string } = {};
  let reason: string | undefined;
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1]?.at ?? tail.length;
    if (part.key === 'proto') {
      out.protocol = /^[A-Z]{1,10}/.exec(tail.slice(part.valueAt, next))?.[0] ?? '';
      continue;
    }
    // Behind the last value header_checks(5) write `: reason`, the reason being the administrator's.
    const closing = parts[i + 1] === undefined ? tail.indexOf('>: ', part.valueAt) : -1;
    const value = bracketed(tail, part.valueAt, closing < 0 ? next : closing);
    if (value === undefined) continue;
    if (closing >= 0) reason = tail.slice(closing + 3);
    if (part.key === 'from') out.from = value;
    else if (part.key === 'to') out.to = value;
    else if (part.key === 'helo') out.helo = value;
    else out.user = value;
  }
  return { head, ...out, ...(reason === undefined ? {} : { reason }), ambiguous: false };
};
