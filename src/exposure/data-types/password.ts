import { passwordAfter, passwordOfUrl } from '../credentials/password.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

/** Passwords behind their labels, and in addresses (`scheme://user:password@host`). */
export const password: DataType = {
  id: 'password',
  title: 'Password',
  sensitivity: 'credential',
  rank: 3,
  anchors: {
    words: ['password', 'password/pin'],
    literals: [
      'http',
      'ftp',
      'postgres',
      'mysql',
      'mongodb',
      'redis',
      'amqp',
      'smtp',
      'imap',
      'ssh',
      'sftp',
      'ldap',
      'mssql',
      'mariadb',
      'clickhouse',
    ],
  },
  judge({ kind, from, to, value }: Candidate, around: Around): Judged | undefined {
    const { text } = around;
    if (kind === 'literal') return passwordOfUrl(text, from);
    if (/[/\\?#]/.test(text.charAt(from - 1)) && around.inUrl(from)) return undefined;
    return passwordAfter(text, to, value === 'password/pin');
  },
};
