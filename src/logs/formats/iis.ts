import type { Envelope, FormatContext, LogFormat, LogReader, Parsed } from '../format.ts';
import { countOf, happened, quiet, timeless, unparsed } from '../reading.ts';
import { isoStamp } from '../time/stamps.ts';
import { requestEvent } from '../web/request.ts';

/** Defaults of IIS 7 and later, for files whose head is gone: with a referrer, and before 8 without. */
const usual =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(user-agent) cs(referer) sc-status sc-substatus sc-win32-status time-taken'.split(
    ' ',
  );

const guessed = (count: number): readonly string[] | undefined => {
  if (count === usual.length) return usual;
  if (count === usual.length - 1) return usual.filter(field => field !== 'cs(referer)');
  return count === usual.length + 1 ? [...usual, 'x-forwarded-for'] : undefined;
};

/** IIS writes `+` for a space, and `-` for nothing. */
const spaced = (value: string | undefined): string | undefined =>
  value === undefined || value === '-' ? undefined : value.replaceAll('+', ' ');

const given = (value: string | undefined): string | undefined =>
  value === undefined || value === '-' ? undefined : value;

/** `DOMAIN\bob`, as IIS names him. */
const fieldsMax = 80;

const requestOf = (
  names: readonly string[],
  values: readonly string[],
  context: FormatContext,
): Parsed => {
  const value = (name: string): string | undefined => {
    const at = names.indexOf(name);
    return at < 0 ? undefined : values[at];
  };
  const written = `${value('date') ?? ''} ${value('time') ?? ''}`.trim();
  const stamp = isoStamp(written)?.stamp;
  const query = given(value('cs-uri-query'));
  const stem = given(value('cs-uri-stem'));
  const status = countOf(value('sc-status'));
  if (stem === undefined && status === undefined) return unparsed('no request');
  return happened(
    requestEvent({
      // W3C extended logs are in UTC (IIS manual, "Log file fields").
      time: stamp === undefined ? timeless : context.time({ ...stamp, offsetMinutes: 0 }),
      component: 'iis',
      method: given(value('cs-method')),
      target: stem === undefined ? undefined : query === undefined ? stem : `${stem}?${query}`,
      status,
      bytes: countOf(value('sc-bytes')),
      peer: given(value('c-ip')),
      forwardedFor: spaced(
        value('x-forwarded-for') ?? value('cs(x-forwarded-for)') ?? value('originalip'),
      ),
      user: given(value('cs-username')),
      userAgent: spaced(value('cs(user-agent)')),
      referrer: given(value('cs(referer)')),
      vhost: given(value('cs-host')),
    }),
  );
};

const open = (context: FormatContext): LogReader => {
  let names: readonly string[] | undefined;
  return {
    read: ({ message }: Envelope): Parsed => {
      if (message.startsWith('#')) {
        if (message.startsWith('#Fields:')) {
          names = message.slice('#Fields:'.length).trim().toLowerCase().split(/\s+/, fieldsMax);
        }
        return quiet('the head of a log');
      }
      const values = message.trimEnd().split(' ', fieldsMax);
      const fields = names?.length === values.length ? names : guessed(values.length);
      return fields === undefined
        ? unparsed('fields that no head names')
        : requestOf(fields, values, context);
    },
  };
};

const line =
  /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} (?:\S{1,60} ){0,3}(?:GET|POST|HEAD|OPTIONS|PUT|DELETE|PROPFIND|RPC_\w+|SUBSCRIBE|SEARCH|PATCH|TRACE|CONNECT|LOCK|MKCOL|BCOPY|POLL) \//;

/** W3C extended logs of IIS, which Exchange's web parts write too: `#Fields` names the columns. */
export const iis: LogFormat = {
  id: 'iis',
  title: 'IIS: W3C logs, with Outlook on the web, EWS, ActiveSync and ECP',
  sniff: ({ program, message }) => {
    if (program !== undefined) return 0;
    if (message.startsWith('#Software: Microsoft Internet Information')) return 1;
    if (
      message.startsWith('#Fields: ') &&
      message.includes(' cs-method ') &&
      message.includes('cs-uri-stem')
    )
      return 0.95;
    return line.test(message) ? 0.8 : 0;
  },
  open,
};
