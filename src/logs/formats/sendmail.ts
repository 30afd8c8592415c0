import type { LogFormat } from '../format.ts';
import { openSendmail } from './sendmail/reader.ts';

const known =
  /^[A-Za-z0-9]{7,20}: (?:from=.{0,400}, size=\d+, class=-?\d+|to=.{0,400}, (?:ctladdr=|delay=\d)|AUTH=server, |STARTTLS=|Milter|ruleset=check_)|^(?:AUTH=server, relay=|STARTTLS=(?:server|client), |ruleset=check_\w+, arg1=)/;

/** sendmail(8), 8.9 to 8.18: `sendmail`, `sm-mta`, `sm-msp-queue`. */
export const sendmail: LogFormat = {
  id: 'sendmail',
  title: 'Sendmail',
  sniff: ({ program, message }) => {
    if (program !== undefined)
      return /^(?:sendmail|sm-[a-z-]{1,30})(?:-\w{1,20})?$/.test(program) ? 1 : 0;
    return known.test(message.slice(0, 1_000)) ? 0.6 : 0;
  },
  open: openSendmail,
};
