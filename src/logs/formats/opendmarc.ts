import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf } from '../text.ts';

const verdict =
  /^([0-9A-Za-z-]{5,32}): (?:(\S{1,255}) (pass|fail|none|reject|quarantine|permerror|temperror)$|(SPF\((?:mailfrom|helo)\): .{1,400} (pass|fail|softfail|neutral|none|permerror|temperror))$|(RFC5322 requirement error: .{1,300}|multi-valued From field detected.{0,100}|unable to parse From header field.{0,100}|rejected by DMARC policy.{0,200}|quarantined? by DMARC policy.{0,200}))/;

/** opendmarc(8) with `Syslog true`: one line for each domain in a From header, the domain being the sender's. */
export const opendmarc: LogFormat = plainFormat({
  id: 'opendmarc',
  title: 'OpenDMARC',
  program: /^opendmarc$/,
  shape: /^[0-9A-Za-z-]{5,32}: (?:SPF\((?:mailfrom|helo)\): |implicit authentication service: )/,
  open: () => text => {
    const match = verdict.exec(text.slice(0, 1_000));
    if (match === null) return undefined;
    const word = match[3] ?? match[5];
    return {
      kind: 'message.scanned',
      outcome:
        match[6] !== undefined || word === 'fail' || word === 'reject' || word === 'quarantine'
          ? 'failure'
          : word === 'pass'
            ? 'success'
            : 'unknown',
      service: 'smtp',
      messages: [{ queueId: match[1] ?? '' }],
      detail: detailOf(text.slice((match[1] ?? '').length + 2)),
    };
  },
});
