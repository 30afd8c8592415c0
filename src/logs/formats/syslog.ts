import type { LogFormat } from '../format.ts';

/** Whatever else writes to syslog on a mail host. */
export const syslog: LogFormat = {
  id: 'syslog',
  title: 'Logins, changes of accounts and other programs in syslog',
  sniff: ({ program }) => (program === undefined ? 0 : 0.1),
  open: () => ({ read: () => ({ quiet: 'another program' }) }),
};
