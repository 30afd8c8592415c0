// The reader lives in core, because logs/ asks it too.
export {
  type CronJob,
  cronJobs,
  crontabReads,
  parseCrontab,
} from '../../core/formats/crontab.ts';
