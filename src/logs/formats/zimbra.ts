import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import {
  countOf,
  freeText,
  happened,
  onHost,
  personOf,
  quiet,
  timedWithin,
  unparsed,
} from '../reading.ts';
import { printable } from '../text.ts';
import { isoStamp } from '../time/stamps.ts';
import { meaningOf } from '../web/meaning.ts';
import { targetOf } from '../web/target.ts';
import { auditLine } from './zimbra/audit.ts';
import { type Known, knownOf, logContextOf } from './zimbra/context.ts';
import { mailopLine } from './zimbra/mailop.ts';

/** `INFO  [thread] [name=…;] category - message`. */
const head = /^(TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,2}\[/;

/** Behind a context, which may end with a client's user agent, stands the category. */
const category = /\] {1,2}([A-Za-z]{2,24}) - /g;

/** Lines of a stack trace, and what servers write around one. */
const trace =
  /^(?:\s+at |\s*\.{3} \d+ more|Caused by: |\s*Suppressed: |(?:[a-z]\w*\.){2,12}\w*(?:Exception|Error|Throwable|Fault)\b|ExceptionId:|Code:|Arg:|\s*$|\s*<\/?[a-zA-Z])/;

const failed = /authentication failed for \[([^\]]{0,320})\]/;

const authenticated = /^user (\S{1,320}) authenticated, mechanism=(\S{1,30})(.{0,100})$/;

const failure = (text: string, known: Known): Parsed =>
  happened({
    ...known,
    kind: 'login',
    outcome: 'failure',
    user: personOf(failed.exec(text)?.[1]) ?? known.user,
    actor: undefined,
    ...freeText(text),
  });

/** `soap - GetMsgRequest elapsed=5`: which request, and by whom its context says. */
const soapLine = (text: string, known: Known): Parsed => {
  const name = /^(?:\([a-z]+\) )?([A-Za-z]{3,60}Request)\b/.exec(text)?.[1];
  if (name === undefined) return quiet('SOAP');
  const meaning = meaningOf('POST', targetOf(`/service/soap/${name}`), undefined);
  if (
    meaning === undefined ||
    meaning.kind === 'login' ||
    /^(?:NoOp|Batch|Get(?:Info|Prefs|Folder|Version|SMIME|Avail|Share|Data|Mini|Domain|Config|All|Account|Server|Identities|Signatures|DistributionList|ContactBackup|Device)\w*|Auth|ChangeLog|WaitSet|CheckSpelling|AutoComplete)Request$/.test(
      name,
    )
  ) {
    return quiet(`SOAP: ${name}`);
  }
  return happened({
    ...known,
    service: 'soap',
    kind: meaning.kind,
    outcome: 'unknown',
    detail: name,
  });
};

const imapCommand =
  /^(SELECT|EXAMINE|FETCH|UID FETCH|SEARCH|UID SEARCH|STORE|UID STORE|COPY|UID COPY|MOVE|APPEND|EXPUNGE|LOGOUT|RETR|TOP|DELE|QUIT)\b/;

const session = (text: string, known: Known, service: string): Parsed => {
  const good = authenticated.exec(text);
  if (good !== null) {
    return happened({
      ...known,
      service,
      kind: 'login',
      outcome: 'success',
      user: personOf(good[1]),
      authMethod: good[2],
      tls: good[3]?.includes('TLS') === true ? true : undefined,
    });
  }
  const command = imapCommand.exec(text)?.[1]?.replace('UID ', '');
  switch (command) {
    case 'SELECT':
    case 'EXAMINE':
      return happened({
        ...known,
        service,
        kind: 'mailbox.open',
        outcome: 'unknown',
        ...freeText(text),
      });
    case 'FETCH':
      // Headers or bodies: the line does not say which.
      return happened({ ...known, service, kind: 'other', outcome: 'unknown', ...freeText(text) });
    case 'RETR':
      return happened({
        ...known,
        service,
        kind: 'message.read',
        outcome: 'unknown',
        ...freeText(text),
      });
    case 'SEARCH':
      return happened({ ...known, service, kind: 'search', outcome: 'unknown', ...freeText(text) });
    case undefined:
    default:
      return quiet(service);
  }
};

const lmtp =
  /^Delivering message: size=(\d{1,12}) bytes, nrcpts=(\d{1,6}), sender=(.{0,320}?), msgid=(.{0,998})$/;

const smtp = /^Sending message to MTA at .{1,255}: Message-ID=(<[^>]{1,998}>)/;

const activeSync = /(?:"|^)(?:POST|GET|OPTIONS) (\S{0,200}Microsoft-Server-ActiveSync\S{0,2000})/;

const byCategory = (word: string, text: string, known: Known): Parsed => {
  if (word === 'security') return auditLine(text, known);
  if (failed.test(text) && !text.startsWith('auto-provision')) return failure(text, known);
  switch (word) {
    case 'mailop':
      return mailopLine(text, known);
    case 'soap':
      return soapLine(text, known);
    case 'imap':
      return session(text, known, 'imap');
    case 'pop':
      return session(text, known, 'pop3');
    case 'lmtp': {
      const match = lmtp.exec(text);
      if (match === null) return quiet('LMTP');
      const [, size, count, from = '', id = ''] = match;
      return happened({
        ...known,
        service: 'lmtp',
        kind: 'message.received',
        outcome: 'success',
        count: countOf(count),
        messages: [
          {
            ...(id.startsWith('<') ? { messageId: printable(id, 998) } : {}),
            ...(from === '' ? {} : { from: printable(from) }),
            sizeBytes: Number(size),
          },
        ],
      });
    }
    case 'smtp': {
      const id = smtp.exec(text)?.[1];
      return id === undefined
        ? quiet('SMTP')
        : happened({
            ...known,
            kind: 'message.submitted',
            outcome: 'unknown',
            messages: [{ messageId: printable(id, 998) }],
          });
    }
    case 'sync': {
      const target = activeSync.exec(text)?.[1];
      const meaning =
        target === undefined ? undefined : meaningOf('POST', targetOf(target), undefined);
      return meaning === undefined || meaning.kind === 'web.request'
        ? quiet('synchronisation')
        : happened({
            ...known,
            service: 'activesync',
            kind: meaning.kind,
            outcome: 'unknown',
            user: personOf(meaning.user) ?? known.user,
            app: meaning.app ?? known.app,
          });
    }
    default:
      return quiet(`Zimbra: ${word}`);
  }
};

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  if (trace.test(envelope.message)) return quiet('a stack trace');
  const { time, text } = timedWithin(envelope, context, isoStamp);
  // ` INFO`: one space of log4j's padding may be left.
  if (!head.test(text)) {
    return time.original === ''
      ? quiet('the rest of an entry of several lines')
      : unparsed('no line of Zimbra');
  }
  const found = [...text.matchAll(category)].slice(0, 10);
  const [first] = found;
  if (first === undefined) return unparsed('no line of Zimbra');
  const about = logContextOf(text.slice(0, first.index + 1));
  // A client may write `x] security - cmd=Auth; …` as its user agent: then nobody can tell where the entry begins.
  if (found.length > 1 && about.has('ua'))
    return unparsed('an entry whose beginning a client may have written');
  return byCategory(
    first[1] ?? '',
    text.slice(first.index + first[0].length),
    knownOf(about, time),
  );
};

/** Zimbra's `audit.log`, `mailbox.log` and `sync.log`. */
export const zimbra: LogFormat = {
  id: 'zimbra',
  title: 'Zimbra: audit.log, mailbox.log, sync.log',
  sniff: ({ program, message }) => {
    if (program !== undefined) return /^(?:zimbra|mailboxd|zmmailboxd)$/.test(program) ? 0.9 : 0;
    const at = isoStamp(message);
    if (at === undefined) return message.startsWith('\tat com.zimbra.') ? 0.9 : 0;
    return /^ {1,2}(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,2}\[[^\]]{0,400}\] \[/.test(
      message.slice(at.end, at.end + 600),
    )
      ? 0.95
      : 0;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
