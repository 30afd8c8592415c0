import type { FileView } from '../../core/files.ts';
import { readUnit, unitValue } from '../../core/formats/systemd.ts';
import { baseOf } from '../../core/paths.ts';
import { facilityName, type Message } from './severities.ts';

/** What a unit prints, as a syslog daemon sees it (systemd.exec(5)). */
export const unitMessage = (files: FileView, name: string): Message => {
  const unit = readUnit(files, name);
  const value = (key: string): string | undefined =>
    unit === undefined ? undefined : unitValue(unit, 'Service', key)?.value;
  const program =
    value('SyslogIdentifier') ?? /^[-@:+!|]*(\S{1,400})/.exec(value('ExecStart') ?? '')?.[1];
  return {
    facility: facilityName(value('SyslogFacility') ?? 'daemon'),
    ...(program === undefined || program.includes('%') ? {} : { program: baseOf(program) }),
  };
};
