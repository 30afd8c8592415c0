import { passwordAfter, passwordOfUrl, passwordsBelow } from '../credentials/password.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

/** Passwords behind their labels, in the columns of tables that these head, and in addresses (`scheme://user:password@host`). */
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
  judge(
    { kind, from, to, value }: Candidate,
    around: Around,
  ): Judged | readonly Judged[] | undefined {
    const { text } = around;
    if (kind === 'literal') return passwordOfUrl(text, from);
    if (/[/\\?#]/.test(text.charAt(from - 1)) && around.inUrl(from)) return undefined;
    const isPin = value === 'password/pin';
    const below = passwordsBelow(text, around.kind, from, to, isPin);
    return below.length > 0 ? below : passwordAfter(text, to, isPin);
  },
};
