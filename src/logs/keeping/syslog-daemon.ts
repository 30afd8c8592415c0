import type { FileView } from '../../core/files.ts';
import { switchedOn } from '../../core/formats/systemd.ts';
import type { Destination } from './destination.ts';
import { type FileInput, openRsyslog } from './rsyslog.ts';
import type { Message } from './severities.ts';
import { hasProgram } from './started.ts';
import { openSyslogNg } from './syslog-ng.ts';

/** The syslog daemon of this host, as its settings have it. */
export interface SyslogDaemon {
  readonly name: string;
  readonly config: string;
  /** From where it takes the lines of local programs. */
  readonly takes: 'socket' | 'journal' | 'neither';
  /** Null: it is installed, but nothing that was seen starts it. */
  readonly started: true | null;
  readonly inputs: readonly FileInput[];
  destinationsOf(message: Message, ruleset?: string): readonly Destination[];
}

/** The daemon that takes the lines: one that is started before one that is only installed. */
export const syslogDaemonOf = (files: FileView): SyslogDaemon | undefined => {
  const found: SyslogDaemon[] = [];
  const add = (
    name: string,
    program: string,
    units: readonly string[],
    open: () => Omit<SyslogDaemon, 'name' | 'started'> | undefined,
  ): void => {
    if (!hasProgram(files, program)) return;
    const started = switchedOn(files, units);
    if (started === false) return;
    const daemon = open();
    if (daemon !== undefined) found.push({ ...daemon, name, started });
  };
  add('rsyslog', 'rsyslogd', ['rsyslog'], () => openRsyslog(files));
  add('syslog-ng', 'syslog-ng', ['syslog-ng'], () => {
    const daemon = openSyslogNg(files);
    return daemon === undefined ? undefined : { ...daemon, inputs: [] };
  });
  if (found.length === 0 && files.stat('/etc/syslog.conf') !== undefined) {
    // The syslogd of BSD and sysklogd: rsyslog's selectors are theirs.
    add('syslogd', 'syslogd', ['syslogd', 'sysklogd', 'inetutils-syslogd', 'syslog'], () => {
      const daemon = openRsyslog(files, '/etc/syslog.conf');
      return daemon === undefined ? undefined : { ...daemon, takes: 'socket' };
    });
  }
  return found.find(({ started }) => started === true) ?? found[0];
};
