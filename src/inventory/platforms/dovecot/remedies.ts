import { baseOf, dirOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { atEnd, insteadOf } from '../../remedy.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import { type Instance, isFrom } from './instance.ts';

const ownName = '99-postern.conf';

const lastRead = (root: DovecotBlock): DovecotSetting | undefined => {
  let last: DovecotSetting | undefined;
  const queue: DovecotBlock[] = [root];
  for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
    for (const setting of block.settings) {
      if (last === undefined || setting.order > last.order) last = setting;
    }
    for (const inner of block.blocks) queue.push(inner);
  }
  return last;
};

/**
 * "# in /etc/dovecot/conf.d/99-postern.conf" where that is read last; else the end of the main file:
 * what comes later overrides.
 */
const heading = ({ config, files }: Instance): string => {
  const folder = `${dirOf(config.path)}/conf.d`;
  const last = lastRead(config.root)?.place.path ?? config.path;
  const fits =
    dirOf(last) === folder && baseOf(last) < ownName && files.stat(folder)?.kind === 'folder';
  return atEnd(fits ? `${folder}/${ownName}` : config.path);
};

export const sinkRemedy = (because: Place): string =>
  `${insteadOf(because)}\nlog_path = syslog\ninfo_log_path =`;

/** A backslash carries the line on, which else is wider than a terminal; not within quotes. */
const assignment = (name: string, value: string): readonly string[] => {
  const words = `${name} = ${value}`.split(' ');
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + word.length > 88 && !value.startsWith('"')) {
      lines.push(`${line} \\`);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

/** Adds the name that was logged in with, which differs from the mailbox's for master users. */
export const loginRemedy = (
  instance: Instance,
  elements: string,
  withMaster: boolean,
  withFormat: boolean,
): string => {
  const named = withMaster ? `${elements} auth_user=<%{auth_user}>` : elements;
  const is24 = instance.config.syntax === '2.4';
  const format = is24 ? 'login_log_format = %{message}: %{elements}' : 'login_log_format = %$: %s';
  const quoted = named.includes('#') ? `"${named.replace(/["\\]/g, '\\$&')}"` : named;
  return [
    heading(instance),
    ...(withFormat ? [format] : []),
    ...assignment('login_log_format_elements', quoted),
  ].join('\n');
};

/** Exports an event; 2.3 has no transport to a file, its log is the one that needs no server. */
export const eventRemedy = (instance: Instance, event: string): string =>
  [
    heading(instance),
    ...(instance.config.syntax === '2.4'
      ? [
          "# (into Dovecot's own log; driver = file with event_exporter_file_path, or http-post, leads elsewhere)",
          'event_exporter postern {',
          '  driver = log',
          '  format = json',
          '  time_format = rfc3339',
          '}',
        ]
      : [
          "# (into Dovecot's own log; 2.3 cannot write a file of its own: transport = http-post with",
          '# transport_args = http://127.0.0.1:PORT/ leads to a collector)',
          'event_exporter postern {',
          '  transport = log',
          '  format = json',
          '  format_args = time-rfc3339',
          '}',
        ]),
    `metric postern_${event} {`,
    '  exporter = postern',
    `  filter = event=${event}`,
    '}',
  ].join('\n');

export const readRemedy = (instance: Instance): string =>
  instance.config.syntax === '2.3' && isFrom(instance, 2, 3, 15) === false
    ? [
        '# This version has no event that says it: mail_opened came with Dovecot 2.3.15, and reason_code,',
        '# which tells a body from a header, with 2.3.18. Upgrade Dovecot, then run Postern again.',
      ].join('\n')
    : eventRemedy(instance, 'mail_opened');

/**
 * Loads mail_log with notify for those programs that change mail.
 * @param withEvents also says which events and fields it writes.
 */
export const changeRemedy = (
  instance: Instance,
  programs: readonly string[],
  withEvents: boolean,
): string => {
  const events =
    'delete undelete expunge save copy mailbox_create mailbox_delete mailbox_rename flag_change';
  if (instance.config.syntax === '2.4') {
    const block = (name: string, words: string): readonly string[] => [
      `${name} {`,
      ...words.split(' ').map(word => `  ${word} = yes`),
      '}',
    ];
    return [
      heading(instance),
      ...programs.flatMap(program => [
        `protocol ${program} {`,
        '  mail_plugins {',
        '    notify = yes',
        '    mail_log = yes',
        '  }',
        '}',
      ]),
      ...(withEvents
        ? [
            ...block('mail_log_events', events),
            ...block('mail_log_fields', 'uid box msgid size from subject'),
          ]
        : []),
    ].join('\n');
  }
  return [
    heading(instance),
    ...programs.flatMap(program => [
      `protocol ${program} {`,
      '  mail_plugins = $mail_plugins notify mail_log',
      '}',
    ]),
    ...(withEvents
      ? [
          'plugin {',
          // A backslash carries the line on, which else is wider than a terminal.
          `  mail_log_events = ${events.replace(' mailbox_create', ' \\\n    mailbox_create')}`,
          '  mail_log_fields = uid box msgid size from subject',
          '}',
        ]
      : []),
  ].join('\n');
};
