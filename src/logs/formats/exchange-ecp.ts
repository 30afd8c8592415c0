import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, unparsed } from '../reading.ts';
import { csvCells } from '../records/csv.ts';
import {
  beginsWithTime,
  exchangeHeader,
  headerLine,
  sniffHeader,
} from '../records/exchange-log.ts';
import { Clean, utcTime, whoOf } from '../records/meaning.ts';
import { printable } from '../text.ts';
import { keptTarget } from '../web/target.ts';

const isEcpColumns = (names: readonly string[]): boolean =>
  names[0] === 'timestamp' && names.includes('servername') && names.includes('eventid');

/**
 * `S:PSA=<PII>alice@example.jp</PII>;S:FE=…;S:URL=…;S:Bld=…`. The client chose the URL alone, which may hold
 * `;S:` too: names are taken from the left, where his own stand behind the true ones, and each counts once.
 */
const valuesOf = (text: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const part of text.split(';', 200)) {
    const match = /^[A-Z]:([\w.]{1,40})=/.exec(part);
    if (match === null) continue;
    const name = (match[1] ?? '').toLowerCase();
    if (!values.has(name)) values.set(name, part.slice(match[0].length).replace(/<\/?PII>/g, ''));
  }
  return values;
};

const ecpEvent = (cells: readonly string[], envelope: Envelope, context: FormatContext): Parsed => {
  const [at = '', server = '', event = '', ...rest] = cells;
  const values = valuesOf(rest.join(','));
  const clean = new Clean();
  const url = values.get('url');
  const kept = url === undefined ? undefined : keptTarget(url.replace(/^https?:\/\/[^/?#]*/i, ''));
  if (kept?.secret === true) clean.secret = true;
  // Who asks; an administrator may look at somebody else's mailbox, who is `EM` then.
  const by = whoOf(values.get('psa') ?? values.get('user') ?? values.get('liveid'));
  const owner = whoOf(values.get('em') ?? values.get('targetuser'));
  const session = values.get('actid');
  return happened({
    kind: 'web.request',
    time: utcTime(envelope, context, at),
    outcome: /error|exception/i.test(event) ? 'failure' : 'unknown',
    component: 'exchange',
    service: 'ecp',
    user: owner ?? by,
    actor: owner === undefined || owner.name === by?.name ? undefined : by,
    host: /^[\w.-]{1,255}$/.test(server) ? server : undefined,
    session: session === undefined || session === '' ? undefined : printable(session),
    request: kept === undefined ? undefined : { path: kept.path },
    detail: clean.detail(
      event,
      values.get('cmdlet'),
      values.get('exceptiontype') ?? values.get('ex'),
    ),
    flags: clean.flags(),
  });
};

const looksLikeEcp = (message: string): boolean =>
  beginsWithTime(message) &&
  /^[^,]{19,30},[\w.-]{1,255},[A-Za-z.]{3,60},"?[A-Z]:[\w.]{1,40}=/.test(message);

/** Logs of Exchange's control panel (`Logging\ECP\Server\ECPServer*.LOG`): who asked it for what. */
export const exchangeEcp: LogFormat = {
  id: 'exchange-ecp',
  title: 'Exchange: control panel',
  sniff: ({ message }) => {
    const header = sniffHeader(message, type => type.startsWith('ecp'), isEcpColumns);
    return header ?? (looksLikeEcp(message) ? 0.9 : 0);
  },
  open: context => ({
    read: envelope => {
      const { message } = envelope;
      if (exchangeHeader(message) !== undefined || /^\ufeff?timestamp,servername,/i.test(message)) {
        return headerLine;
      }
      return looksLikeEcp(message)
        ? ecpEvent(csvCells(message), envelope, context)
        : unparsed('no row of the control panel');
    },
  }),
};
