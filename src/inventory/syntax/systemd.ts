// The reader lives in core, because logs/ asks it too.
export {
  parseUnit,
  readUnit,
  startsAtBoot,
  switchedOn,
  type Unit,
  type UnitSetting,
  unitNames,
  unitValue,
  unitValues,
} from '../../core/formats/systemd.ts';
