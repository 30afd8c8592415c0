import type { TlsOptions } from 'node:tls';
import type { LiveState } from '../app/ingest/live/live-run.ts';
import { type SyslogAddress, syslogAddress } from '../app/ingest/syslog/address.ts';
import { tlsOptions } from '../app/ingest/syslog/tcp.ts';
import { UsageError } from '../core/errors.ts';
import { type Invocation, spellingOf } from './arguments.ts';

/** What `ingest` is told of what goes on until somebody ends it. */
export interface LiveAsked {
  readonly follow: boolean;
  readonly syslog: readonly SyslogAddress[];
  readonly tls?: TlsOptions;
  /** Of the source that standard input is. */
  readonly name: string;
}

/** `--follow`, `--syslog`, `--tls-…` and `--name`. @throws UsageError */
export const liveAsked = (invocation: Invocation): LiveAsked => {
  const { values, switches, words = [] } = invocation;
  const said = (flag: string): string => `ingest: ${spellingOf(invocation, flag)}`;
  const listed = (values.get('syslog') ?? '').split(/\s+/).filter(each => each !== '');
  const syslog = listed.map(each => syslogAddress(each, said('syslog')));
  const names = new Set(syslog.map(({ name }) => name));
  if (names.size < syslog.length) {
    throw new UsageError(
      `${said('syslog')}: two listeners have one name; give them names: …?name=edge`,
    );
  }
  const follow = switches.has('follow');
  if (switches.has('dry-run') && (follow || syslog.length > 0)) {
    throw new UsageError('ingest: --dry-run reads what is there; leave out --follow and --syslog');
  }
  const name = values.get('name') ?? 'stdin';
  if (!/^[a-z0-9][a-z0-9._-]{0,99}$/.test(name)) {
    throw new UsageError(
      `${said('name')} "${name.slice(0, 60)}": lower-case letters, digits, points and hyphens, 100 at most`,
    );
  }
  if (values.has('name') && !words.includes('-')) {
    throw new UsageError(`${said('name')} names what comes on standard input: name - as well`);
  }
  const tls = tlsAsked(invocation, syslog, said);
  return { follow, syslog, name, ...(tls === undefined ? {} : { tls }) };
};

const tlsAsked = (
  { values }: Invocation,
  syslog: readonly SyslogAddress[],
  said: (flag: string) => string,
): TlsOptions | undefined => {
  const [certificate, key] = [values.get('tls-cert'), values.get('tls-key')];
  const authorities = values.get('tls-ca');
  if (!syslog.some(({ transport }) => transport === 'tls')) {
    for (const flag of ['tls-cert', 'tls-key', 'tls-ca']) {
      if (values.has(flag)) throw new UsageError(`${said(flag)} is for --syslog tls://…`);
    }
    return undefined;
  }
  if (certificate === undefined || key === undefined) {
    throw new UsageError('ingest: --syslog tls://… needs --tls-cert FILE and --tls-key FILE');
  }
  return tlsOptions({
    certificate,
    key,
    ...(authorities === undefined ? {} : { authorities }),
  });
};

const number = (value: number): string => value.toLocaleString('en-US');
const counted = (value: number, one: string, many: string): string =>
  `${number(value)} ${value === 1 ? one : many}`;

/** What goes on, in one line. */
export const liveText = (state: LiveState, lines: number): string => {
  const { listening, senders, connections, messages, lost, refused, followed } = state;
  const parts = [
    `${counted(lines, 'line', 'lines')} kept`,
    ...(followed > 0 ? [`following ${counted(followed, 'log', 'logs')}`] : []),
    ...(listening.length > 0
      ? [
          `${counted(messages, 'message', 'messages')} of ${counted(senders, 'sender', 'senders')}`,
          counted(connections, 'connection', 'connections'),
        ]
      : []),
    ...(refused > 0 ? [`${number(refused)} refused`] : []),
    ...(lost > 0 ? [`${number(lost)} LOST`] : []),
  ];
  return parts.join(', ');
};

/** What is waited for, once, when it begins. */
export const startedText = ({ listening, followed }: LiveState): string =>
  [
    ...(listening.length > 0 ? [`listening at ${listening.join(', ')}`] : []),
    ...(followed > 0 ? [`following ${counted(followed, 'log', 'logs')}`] : []),
  ].join('; ');
