import type { LogFormat } from '../format.ts';
import { openOpensmtpd } from './opensmtpd/reader.ts';

const ours = /^[0-9a-f]{16} (?:smtp|mta|mda) /;

/** smtpd(8) of OpenBSD, 5 to 7: a line for each step of a session, since 6.0 in `key=value`. */
export const opensmtpd: LogFormat = {
  id: 'opensmtpd',
  title: 'OpenSMTPD',
  sniff: ({ program, message }) => {
    if (program !== undefined && program !== 'smtpd' && program !== 'opensmtpd') return 0;
    if (
      ours.test(message.slice(0, 30)) ||
      /^(?:smtp-(?:in|out): |(?:delivery|relay): (?:Ok|TempFail|PermFail) for )/.test(message)
    )
      return 0.95;
    // Other programs are called smtpd as well.
    return program === 'opensmtpd'
      ? 1
      : program === 'smtpd' && /^(?:info|warn|debug): /.test(message)
        ? 0.5
        : 0;
  },
  open: openOpensmtpd,
};
