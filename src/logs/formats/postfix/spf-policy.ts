import { draftOf, type MessageDraft } from '../../draft.ts';
import { ipOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { behind } from '../../marks.ts';
import { detailOf, printable } from '../../text.ts';

/** A value of `key=value;`, quoted or not. */
const valueOf = (text: string, key: string): string | undefined => {
  const at = text.lastIndexOf(`${key}=`);
  if (at < 0) return undefined;
  const rest = text.slice(at + key.length + 1, at + key.length + 400);
  return rest.startsWith('"')
    ? rest.slice(1, Math.max(1, rest.indexOf('"', 1)))
    : /^[^;\s]*/.exec(rest)?.[0];
};

/** The client's address: his HELO and sender, which stand before `client-ip=` or behind it, hold no `;` with it. */
const addressOf = (text: string): string | undefined => {
  if (!text.includes('client-ip=')) {
    // `…;id=sender;ip=192.0.2.1;r=recipient`, of a refusal.
    return ipOf(behind(text, ';ip=', [';']).value ?? '');
  }
  const first = text.indexOf('client-ip=');
  if (first < 0 || first !== text.lastIndexOf('client-ip=')) return undefined;
  return ipOf(valueOf(text, 'client-ip') ?? '');
};

/**
 * policyd-spf, spf-engine and postfix-policyd-spf-perl: `prepend Received-SPF: Pass (mailfrom) identity=…;
 * client-ip=…; helo=…; envelope-from=…; receiver=…`, `550 5.7.23 Message rejected due to: …`.
 */
export const readSpfPolicy = (envelope: Envelope, context: FormatContext): Parsed | undefined => {
  const text = envelope.message;
  const said =
    /^(?:[0-9A-Za-z]{5,25}: |: )*(?:Policy action=)?(prepend|PREPEND|550|451|4\d\d|5\d\d|DUNNO|dunno|action=\S+|None|Pass|Fail|Softfail|Neutral|Temperror|Permerror)\b/i.exec(
      text.slice(0, 80),
    );
  if (said === null) {
    return /SPF|handler |Read line|Starting|config|debug|WARNING|Traceback|: /i.test(
      text.slice(0, 200),
    )
      ? { quiet: 'about itself' }
      : undefined;
  }
  const refused = /^(?:.*action=)?[45]\d\d\b/.test(text.slice(0, 30));
  const event = draftOf(
    'message.scanned',
    refused ? 'failure' : 'success',
    'policyd-spf',
    envelope,
    context,
  );
  event.service = 'smtp';
  const ip = addressOf(text);
  if (ip !== undefined) event.from = { ip };
  const message: MessageDraft = {};
  const from = valueOf(text, 'envelope-from') ?? valueOf(text, 'mailfrom');
  if (from !== undefined && from !== '') message.from = printable(from);
  const to = valueOf(text, 'receiver');
  if (to !== undefined && to.includes('@')) message.to = [printable(to)];
  if (Object.keys(message).length > 0) event.messages = [message];
  event.detail = detailOf(text);
  return { event };
};
