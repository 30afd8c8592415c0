import { OpenThings } from '../draft.ts';
import { ipOf } from '../endpoint.ts';
import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf } from '../text.ts';

const queued = /^([0-9A-Za-z-]{5,32}|\(unknown-jobid\)): /;

const failed =
  /^(?:bad signature data|key revoked|key retrieval failed|signature processing failed|signature verification failed|SSL error|.{1,300} SSL error:|external host .{1,255} attempted to send as |DKIM verification failed)/;

const good = /^(?:DKIM-Signature (?:field|header) added|DKIM verification successful)/;

const verdicts = /^(?:no signature data|message has signatures? from |dkim=)/;

/** opendkim(8), with `Syslog yes`; with `LogWhy` and `SyslogSuccess` it says more. */
export const opendkim: LogFormat = plainFormat({
  id: 'opendkim',
  title: 'OpenDKIM',
  program: /^(?:opendkim|dkim-filter)$/,
  shape:
    /^[0-9A-Za-z-]{5,32}: (?:DKIM-Signature (?:field|header) added|DKIM verification successful|.{1,300} \[[0-9A-Fa-f:.]{2,45}\] not internal$)/,
  open: context => {
    const clients = new OpenThings<string>(context.openMax);
    return message => {
      const head = queued.exec(message.slice(0, 40));
      const text = head === null ? message : message.slice(head[0].length);
      const id = head === null || head[1] === '(unknown-jobid)' ? undefined : head[1];
      // `mx.example.jp [192.0.2.1] not internal`: the host's name is its owner's, the address is not.
      const outside = /\[([0-9A-Fa-f:.]{2,45})\] not internal$/.exec(text.slice(-80));
      if (outside !== null) {
        const ip = ipOf(outside[1] ?? '');
        if (ip !== undefined && id !== undefined) clients.set(id, ip);
        return undefined;
      }
      const bad = failed.test(text.slice(0, 700));
      const fine = good.test(text);
      if (!bad && !fine && !verdicts.test(text)) return undefined;
      const ip = id === undefined ? undefined : clients.get(id);
      return {
        kind: 'message.scanned',
        outcome: bad ? 'failure' : fine ? 'success' : 'unknown',
        service: 'smtp',
        ...(ip === undefined ? {} : { from: { ip } }),
        ...(id === undefined ? {} : { messages: [{ queueId: id }] }),
        detail: detailOf(text),
      };
    };
  },
});
