import type { Flag, Verb } from './verbs.ts';

export const scopeFormats = ['text', 'json', 'html'] as const;

const flags: readonly Flag[] = [
  { name: 'component', value: 'NAME', help: 'what was breached, as postern inventory names it' },
  {
    name: 'from',
    value: 'TIME',
    help: 'first day or moment of the window (2026-06-01; UTC unless it says)',
  },
  { name: 'to', value: 'TIME', help: 'last day or moment of it; a day counts whole' },
  {
    name: 'account',
    value: 'NAME',
    isMany: true,
    help: 'only what this account did or lost (many times)',
  },
  {
    name: 'address',
    value: 'ADDRESS',
    isMany: true,
    help: 'only what came from there: 203.0.113.0/24 (many times)',
  },
  { name: 'app', value: 'ID', isMany: true, help: 'only what this application did (many times)' },
  { name: 'session', value: 'ID', isMany: true, help: 'only these sessions (many times)' },
  {
    name: 'controlled',
    help: 'mail that passed through it in that time was in the attacker’s hands',
  },
  {
    name: 'file',
    value: 'FILE',
    help: 'a case with several components and findings, YAML (docs/scope.md)',
  },
  { name: 'case', value: 'NAME', help: 'keep the answer as the next version of this case' },
  {
    name: 'aware',
    value: 'TIME',
    help: 'when the organisation came to know: deadlines count from it',
  },
  { name: 'material', value: 'TIME', help: 'when it was found to be material to investors' },
  { name: 'mistake', help: 'nobody meant it: longer deadlines in some regimes' },
  {
    name: 'case-version',
    value: 'N',
    help: 'show, sheet, bundle: this version, not the last one',
  },
  { name: 'bound', value: 'BOUND', help: 'people, tenants: evidenced (default) or within-reach' },
  { name: 'names', help: 'people, tenants: with names and addresses, from the list of customers' },
  { name: 'before', value: 'TIME', help: 'origin: the moment by which it had begun' },
  {
    name: 'days',
    value: 'N',
    help: 'origin: days before that in which a change is looked for (30)',
  },
  { name: 'zone', value: 'ZONE', help: 'zone of stamps that name none, as for ingest' },
  {
    name: 'key',
    value: 'FILE',
    help: 'key of the pseudonyms, where postern.yaml does not name it',
  },
  { name: 'memory', value: 'MIB', help: 'memory that the counting may take (1,024)' },
  {
    name: 'root',
    value: 'DIR',
    help: 'the host whose settings say what is within reach (default /)',
  },
  { name: 'sample', help: 'for the sample estate that ships with Postern' },
];

export const scopeVerb: Verb = {
  name: 'scope',
  formats: scopeFormats,
  does: 'Names who was affected by a breach of a component in a window, in two bounds.',
  usage: 'postern scope [ACTION] [options]',
  actions: [
    { name: 'now', takes: [], does: 'counts both bounds; what is done where no action is named' },
    { name: 'cases', takes: [], does: 'lists the cases that are kept' },
    { name: 'show', takes: ['CASE'], does: 'shows a case as it was answered' },
    {
      name: 'people',
      takes: ['CASE'],
      does: 'lists its people, to a file: CSV or Parquet by its name',
    },
    {
      name: 'tenants',
      takes: ['CASE'],
      does: 'a list for each tenant, into the folder that --out names',
    },
    { name: 'sheet', takes: ['CASE'], does: 'the figures that an authority asks for, as text' },
    {
      name: 'bundle',
      takes: ['CASE'],
      does: 'its lines, the log and the case as one file that a third party verifies',
    },
    {
      name: 'origin',
      takes: [],
      does: 'which components behaved otherwise before a moment, and how',
    },
  ],
  otherwise: 'now',
  flags,
  examples: [
    [
      'postern scope --component roundcube/twofactor --from 2026-06-01 --to 2026-06-17',
      'whose data was within reach of a plug-in, and whose was taken',
    ],
    [
      'postern scope --file case.yaml --case webmail-2026 --aware 2026-06-17T09:00:00+09:00 --format html --out case.html',
      'several components, kept as a version, with deadlines, as a page',
    ],
    ['postern scope people webmail-2026 --names --out people.csv', 'the list of those to be told'],
    ['postern scope origin --before 2026-06-17', 'where to look first'],
  ],
};
