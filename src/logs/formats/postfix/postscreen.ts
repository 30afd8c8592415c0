import { draftOf } from '../../draft.ts';
import type { Envelope, Parsed } from '../../format.ts';
import { withoutSecrets } from '../../redact.ts';
import { detailOf } from '../../text.ts';
import type { Postfix } from './line.ts';
import { clientAt } from './parts.ts';

/** First words of postscreen(8)'s and tlsproxy(8)'s lines about a client: and whether he passed. */
const words: ReadonlyMap<string, 'success' | 'failure' | 'unknown'> = new Map<
  string,
  'success' | 'failure' | 'unknown'
>([
  ['CONNECT', 'success'],
  ['PASS', 'success'],
  ['DISCONNECT', 'success'],
  ['WHITELISTED', 'success'],
  ['ALLOWLISTED', 'success'],
  ['BLACKLISTED', 'failure'],
  ['DENYLISTED', 'failure'],
  ['WHITELIST', 'failure'],
  ['ALLOWLIST', 'failure'],
  ['UNPASS', 'failure'],
  ['UNFAIL', 'success'],
  ['SKIP', 'success'],
  ['ENFORCE', 'failure'],
  ['DROP', 'failure'],
  ['PREGREET', 'failure'],
  ['HANGUP', 'failure'],
  ['DNSBL', 'failure'],
  ['BARE', 'failure'],
  ['NON-SMTP', 'failure'],
  ['COMMAND', 'failure'],
  ['DATA', 'failure'],
  ['BDAT', 'failure'],
]);

/**
 * `PREGREET 14 after 0.2 from [192.0.2.1]:2413: EHLO x`: what the client sent stands behind its address, and
 * all before it is postscreen's own, so the first bracket is the client's.
 */
export const readPostscreen = (
  postfix: Postfix,
  envelope: Envelope,
  text: string,
): Parsed | undefined => {
  const blank = text.indexOf(' ');
  if (blank < 3 || blank > 12) return undefined;
  const outcome = words.get(text.slice(0, blank));
  if (outcome === undefined) return undefined;
  const open = text.indexOf('[', blank);
  const found = open < 0 || open > 200 ? undefined : clientAt(text, open);
  if (found === undefined) return undefined;
  const event = draftOf('connection', outcome, 'postfix', envelope, postfix.context);
  event.from = found.client;
  event.service = 'smtp';
  const to = text.startsWith(' to ', found.end) ? clientAt(text, found.end + 4) : undefined;
  if (to !== undefined) event.to = to.client;
  // These alone quote what the client sent.
  const quoting =
    text.startsWith('PREGREET') || text.startsWith('NON-SMTP') || text.startsWith('COMMAND');
  const kept = quoting ? withoutSecrets(text) : { text, secret: false };
  event.detail = detailOf(kept.text);
  if (kept.secret) event.flags = ['secret'];
  return { event };
};
