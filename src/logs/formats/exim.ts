import type { LogFormat } from '../format.ts';
import { eximLine } from './exim/line.ts';
import { openExim } from './exim/reader.ts';

const unmarked =
  /^(?:H=\S|SMTP (?:connection|call|protocol|syntax|command|data) |\S{1,64} authenticator failed for |no (?:host name|IP address) found for |(?:Start|End) (?:'[^']{0,80}' |ODMR )?queue run: |exim \S{1,40} daemon started|U=\S{1,64} (?:F=<|sender verify |Warning: |rejected |temporarily )|F=<.{0,400}> (?:temporarily )?rejected |rejected (?:EHLO|HELO|MAIL|from) |no MAIL in |TLS (?:error on|client disconnected)|unqualified (?:sender|recipient|verify) rejected: |VRFY failed for |ETRN .{1,100} received from |unexpected disconnection while reading SMTP |Connection from \S{1,80} refused: |refused connection from |recipient verify |DNS list lookup |exim user lost privilege )/;

/** exim(8), 4.x: chapter "Log files" of its specification. */
export const exim: LogFormat = {
  id: 'exim',
  title: 'Exim',
  sniff: ({ program, message }) => {
    if (program !== undefined) return /^exim(?:4|-?[a-z]{1,12})?$/.test(program) ? 1 : 0;
    const line = eximLine(message.slice(0, 600));
    if (line.stamp === undefined) return 0;
    if (line.id !== undefined) return 0.95;
    return unmarked.test(line.text) ? 0.8 : 0;
  },
  open: openExim,
};
