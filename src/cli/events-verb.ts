import type { Verb } from './verbs.ts';

export const eventsFormats = ['text', 'ndjson', 'csv', 'parquet'] as const;

export const eventsVerb: Verb = {
  name: 'events',
  formats: eventsFormats,
  does: 'Tells who read what, from where, through which component, out of the kept logs.',
  usage: 'postern events [--person NAME] [--from TIME] [--to TIME] [options]',
  flags: [
    {
      name: 'person',
      value: 'NAME',
      help: 'whose mailbox it was, or who acted (suzuki@example.jp; suzuki of any domain)',
    },
    { name: 'component', value: 'NAME', help: 'that wrote the line: dovecot, roundcube,postfix' },
    { name: 'address', value: 'ADDRESS', help: 'where from (203.0.113.9, 203.0.113.0/24)' },
    { name: 'from', value: 'TIME', help: 'not before (2026-06-29, 2026-06-29T08:30; UTC)' },
    { name: 'to', value: 'TIME', help: 'not after; of a day, all of it' },
    {
      name: 'kind',
      value: 'KIND',
      help: 'what happened: login, message.read; message is all of it',
    },
    { name: 'outcome', value: 'OUTCOME', help: 'success, failure or unknown' },
    { name: 'source', value: 'SOURCE', help: 'of these sources, as evidence status names them' },
    { name: 'unparsed', help: 'the lines that no format understands, instead of events' },
    { name: 'limit', value: 'N', help: 'no more than N, the first of them' },
    { name: 'newest', help: 'the newest first' },
    { name: 'raw', help: 'with each line itself, secrets in it included' },
    {
      name: 'zone',
      value: 'ZONE',
      help: 'zone of stamps that name none, where lines are read again',
    },
  ],
  examples: [
    [
      'postern events --person suzuki@example.jp --kind message.read --from 2026-06-01',
      'what was read in one mailbox, by whom and from where',
    ],
    [
      'postern events --component roundcube --address 203.0.113.0/24 --format ndjson',
      'one OCSF event a line',
    ],
    [
      'postern events --kind login --outcome failure --newest --limit 20',
      'the last logins that failed',
    ],
    [
      'postern events --from 2026-06-29 --to 2026-06-29 --format parquet --out day.parquet',
      'a day, for a program that reads Parquet',
    ],
  ],
};
