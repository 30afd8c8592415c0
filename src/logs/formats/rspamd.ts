import type { LogFormat } from '../format.ts';
import { isoStamp } from '../time/stamps.ts';
import { openRspamd } from './rspamd/reader.ts';

const ours =
  /^(?:#\d{1,10}\([^)]{1,40}\) )?(?:\([a-z_]{1,40}\) )?<[\w-]{1,40}>; [\w -]{1,40}; \w{1,80}: /;

/** Rspamd, 1.x to 3.x: its own file, the console and syslog. */
export const rspamd: LogFormat = {
  id: 'rspamd',
  title: 'Rspamd',
  sniff: ({ program, message }) => {
    if (program !== undefined) return /^rspamd(?:[_-]\w{1,20})?$/.test(program) ? 1 : 0;
    const at = isoStamp(message)?.end ?? 0;
    const text = message.slice(at, at + 300).trimStart();
    if (text.includes('rspamd_task_write_log: ') || text.includes('rspamd_controller_'))
      return 0.95;
    return ours.test(text) && at > 0 && text.startsWith('#') ? 0.8 : 0;
  },
  open: openRspamd,
};
