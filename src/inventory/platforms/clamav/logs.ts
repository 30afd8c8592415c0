import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import { setEach, setIn } from '../../remedy.ts';
import { isOn, type MilterSetting, milterSetting } from '../../syntax/milter-config.ts';
import { rotationOf } from './rotation.ts';

/** `LogFile` and `LogSyslog`; a file counts first because it is what most hosts look at. */
const sinkOf = (settings: readonly MilterSetting[], program: string): LogSink | undefined => {
  const file = milterSetting(settings, 'LogFile');
  if (file !== undefined && file.value.startsWith('/')) {
    const path = file.value;
    return { to: 'file', path, rotation: rotationOf(settings, path, program) };
  }
  if (!isOn(milterSetting(settings, 'LogSyslog'), false)) return undefined;
  const facility = milterSetting(settings, 'LogFacility')?.value ?? 'LOG_LOCAL6';
  return { to: 'syslog', facility: facility.replace(/^LOG_/i, '').toLowerCase(), program };
};

const nowhere = (path: string, settings: readonly MilterSetting[]): AccessLog => ({
  question: 'what was changed',
  emitted: 'off',
  why: 'neither LogFile nor LogSyslog is set: nothing is written down',
  because: { path },
  remedy: setEach(path, [
    ['LogSyslog yes', milterSetting(settings, 'LogSyslog')?.because],
    ['LogFacility LOG_MAIL', milterSetting(settings, 'LogFacility')?.because],
    ['LogClean yes', milterSetting(settings, 'LogClean')?.because],
  ]),
});

/** clamd writes a line for each infected file; clean ones only with LogClean. */
export const clamdLog = (path: string, settings: readonly MilterSetting[]): AccessLog => {
  const sink = sinkOf(settings, 'clamd');
  if (sink === undefined) return nowhere(path, settings);
  const clean = milterSetting(settings, 'LogClean');
  return isOn(clean, false)
    ? {
        question: 'what was changed',
        emitted: 'on',
        why: 'a line for each file that was scanned, infected or clean',
        because: clean?.because ?? { path },
        sink,
      }
    : {
        question: 'what was changed',
        emitted: 'partial',
        why: 'LogClean is off: infected files are logged, the ones that passed are not',
        because: clean?.because ?? { path },
        remedy: `${setIn(path, clean?.because)}\nLogClean yes`,
        sink,
      };
};

/** clamav-milter logs what it found only with LogInfected, what passed only with LogClean. */
export const milterLog = (path: string, settings: readonly MilterSetting[]): AccessLog => {
  const sink = sinkOf(settings, 'clamav-milter');
  const lines = ['LogInfected Full', 'LogClean Basic'];
  const set = (more: readonly string[]): string =>
    setEach(
      path,
      [...lines, ...more].map(line => [
        line,
        milterSetting(settings, line.split(' ')[0] ?? '')?.because,
      ]),
    );
  const remedy = set([]);
  if (sink === undefined) {
    return {
      ...nowhere(path, settings),
      remedy: set(['LogSyslog yes', 'LogFacility LOG_MAIL']),
    };
  }
  const infected = milterSetting(settings, 'LogInfected');
  const clean = milterSetting(settings, 'LogClean');
  const logs = (setting: MilterSetting | undefined): boolean =>
    setting !== undefined && /^(?:basic|full)$/i.test(setting.value);
  if (logs(infected) && logs(clean)) {
    return {
      question: 'what was changed',
      emitted: 'on',
      why: 'a line for each message, infected or clean',
      because: clean?.because ?? { path },
      sink,
    };
  }
  return logs(infected) || logs(clean)
    ? {
        question: 'what was changed',
        emitted: 'partial',
        why: logs(infected)
          ? 'LogClean is off: infected messages are logged, the ones that passed are not'
          : 'LogInfected is off: messages that passed are logged, infected ones are not',
        because: (logs(infected) ? clean : infected)?.because ?? { path },
        remedy,
        sink,
      }
    : {
        question: 'what was changed',
        emitted: 'off',
        why: 'LogInfected and LogClean are off: no message leaves a line',
        because: (infected ?? clean)?.because ?? { path },
        remedy,
        sink,
      };
};
