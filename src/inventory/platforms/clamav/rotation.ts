import type { OwnRotation } from '../../../core/access-log.ts';
import { isOn, type MilterSetting, milterSetting } from '../../syntax/milter-config.ts';

/**
 * What `LogFileMaxSize` (clamd.conf(5), default 1M) and `LogRotate` do to a log: a file that has
 * grown larger is renamed to `NAME-yyyymmdd_HHMMSS.log` (the last four letters of its name give
 * way), and none is ever removed. Without LogRotate current releases rename it all the same; older
 * ones stopped writing instead.
 */
export const rotationOf = (
  settings: readonly MilterSetting[],
  path: string,
  program: string,
): OwnRotation => {
  const size = milterSetting(settings, 'LogFileMaxSize');
  const because = size?.because ?? milterSetting(settings, 'LogFile')?.because;
  const place = because === undefined ? {} : { because };
  const removes = { is: 'nothing' } as const;
  if (/^0+[kKmM]?$/.test(size?.value ?? '')) {
    return {
      why: `${program} only appends to its log, however large it grows (LogFileMaxSize 0)`,
      ...place,
      removes,
    };
  }
  const limit = size?.value.slice(0, 20) ?? '1M (the default of LogFileMaxSize)';
  const isRotated = isOn(milterSetting(settings, 'LogRotate'), false);
  return {
    why: isRotated
      ? `${program} renames its log when it is larger than ${limit}, and removes none`
      : `${program} renames its log when it is larger than ${limit}, although LogRotate is off (older releases stop writing to it), and removes none`,
    ...place,
    removes,
    leaves: [`${path.slice(0, -4)}-*.log`],
  };
};
