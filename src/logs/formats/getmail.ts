import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { countOf } from '../reading.ts';
import { detailOf, printable } from '../text.ts';

/** `Initializing SimpleIMAPSSLRetriever:bob@imap.example.jp:993:`. */
const opened = /^(?:Initializing )?(\w{1,60}Retriever):(\S{1,320})@([\w.-]{1,255}):(\d{1,5}):/;

/** `msg 1/2 (1234 bytes) msgid 17/4 from <a> to <b> delivered to Maildir …, deleted`. */
const message = /^msg +(\d{1,9})\/(\d{1,9}) \((\d{1,15}) bytes\)(?: msgid (\S{1,255}))?/;

const counted = /^(\d{1,9}) messages? \((\d{1,15}) bytes\) retrieved, \d{1,9} skipped/;

const failure = /^(?:credential|login|authentication) error|login failed|authentication failed/i;

/** getmail(1), 4.x to 6.x: which mailbox it is at stands in a line before its messages. */
export const getmail: LogFormat = plainFormat({
  id: 'getmail',
  title: 'getmail',
  program: /^getmail6?$/,
  shape:
    /^(?:Initializing )?\w{1,60}Retriever:\S{1,320}@|^msg +\d{1,9}\/\d{1,9} \(\d{1,15} bytes\)/,
  open: () => {
    let at: { readonly user: string; readonly host: string; readonly port: number } | undefined;
    const where = (): Pick<Told, 'user' | 'to'> =>
      at === undefined
        ? {}
        : {
            user: { name: at.user },
            to:
              at.port > 0 && at.port <= 65_535
                ? { host: at.host, port: at.port }
                : { host: at.host },
          };
    return given => {
      const text = given.trim().slice(0, 4_000);
      const found = opened.exec(text);
      if (found !== null) {
        at = { user: printable(found[2] ?? ''), host: found[3] ?? '', port: Number(found[4]) };
        return {
          kind: 'mailbox.open',
          outcome: 'unknown',
          ...where(),
          detail: printable(found[1] ?? ''),
        };
      }
      const one = message.exec(text);
      if (one !== null) {
        const words = text.slice(one[0].length);
        // Envelope addresses stand in brackets before the words of getmail's own.
        const from = /^ from <([^<>]{0,320})>/.exec(words)?.[1];
        const fetched = words.includes(' delivered to ') || words.includes(' dropped by filter ');
        return {
          kind: fetched ? 'message.read' : 'message.list',
          outcome: 'success',
          ...where(),
          messages: [
            {
              uid: Number(one[1]),
              sizeBytes: Number(one[3]),
              ...(fetched ? { part: 'body' as const } : {}),
              ...(from === undefined ? {} : { from: printable(from) }),
            },
          ],
          detail: detailOf(text),
        };
      }
      const total = counted.exec(text);
      if (total !== null) {
        const bytes = countOf(total[2]);
        return {
          kind: 'mailbox.sync',
          outcome: 'success',
          ...where(),
          count: Number(total[1]),
          ...(bytes === undefined ? {} : { bytes }),
          flags: ['aggregated'],
        };
      }
      return failure.test(text)
        ? { kind: 'login', outcome: 'failure', ...where(), detail: detailOf(text) }
        : undefined;
    };
  },
});
