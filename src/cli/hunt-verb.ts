import type { Verb } from './verbs.ts';

export const huntFormats = ['text', 'json', 'ndjson', 'html'] as const;

export const huntVerb: Verb = {
  name: 'hunt',
  formats: huntFormats,
  does: 'Runs Sigma rules and baselines over the kept logs, and tells somebody what they found.',
  usage: 'postern hunt [ACTION] [--rules DIR] [--since TIME | --follow] [options]',
  otherwise: 'now',
  actions: [
    {
      name: 'now',
      takes: [],
      does: 'looks at what was kept since the last time (meant where no action is named)',
    },
    {
      name: 'rules',
      takes: [],
      does: 'says which rules apply to which of your logs, which cannot, why, and what mends it',
    },
    { name: 'alerts', takes: [], does: 'lists what was found, and who was told' },
    {
      name: 'suppress',
      takes: ['ALERT'],
      does: 'tells nobody of the same until a day is over (--until, --why)',
    },
    {
      name: 'baselines',
      takes: [],
      does: 'says what is usual, of what, and what is not known yet',
    },
  ],
  flags: [
    {
      name: 'rules',
      value: 'DIR',
      isMany: true,
      help: "rules beside those that ship with Postern: SigmaHQ's tree, a file (many times)",
    },
    { name: 'follow', help: 'go on with what arrives' },
    {
      name: 'since',
      value: 'TIME',
      help: 'backtest: how often each rule would have fired since then, and on what; tells nobody',
    },
    { name: 'until', value: 'TIME', help: 'backtest: up to then; suppress: the last day of it' },
    { name: 'backtest', help: 'the same over all that is kept' },
    { name: 'rule', value: 'RULE', help: 'only rules with this id or name (globs: *_login_*)' },
    { name: 'level', value: 'LEVEL', help: 'show nothing below: low, medium, high, critical' },
    {
      name: 'component',
      value: 'NAME',
      help: 'show what is about these: dovecot, roundcube,postfix',
    },
    { name: 'names', help: 'name people instead of their pseudonyms' },
    {
      name: 'events',
      value: 'FILE',
      isMany: true,
      help: 'try rules on raw events, whatever their log source: JSON, NDJSON, - for a pipe',
    },
    {
      name: 'table',
      value: 'TABLE',
      help: 'sql: of what: flat:events, events:FILE.parquet, ocsf:FILE, json:FILE@TIME',
    },
    { name: 'sql', help: 'print the rules as SQL for DuckDB, and run nothing' },
    {
      name: 'notify-test',
      help: 'send every channel of postern.yaml a message, and say what became of it',
    },
    {
      name: 'fail-on',
      value: 'WHAT',
      help: 'exit 2 on a new alert of this level or worse (high), or never',
    },
    { name: 'why', value: 'TEXT', help: 'suppress: the reason' },
    { name: 'by', value: 'NAME', help: 'suppress: who says so' },
    {
      name: 'zone',
      value: 'ZONE',
      help: 'zone of stamps that name none, where lines are read again',
    },
  ],
  examples: [
    ['postern hunt', 'what came since the last time; again and again, from a timer'],
    ['postern hunt --follow', 'as a service: alerts within seconds'],
    [
      'postern hunt rules --rules sigma/rules',
      "which of SigmaHQ's rules apply to the logs that are kept",
    ],
    [
      "postern hunt --since 2026-06-01 --rule 'dovecot_*'",
      'what a rule would have told, before it is switched on',
    ],
    [
      'postern hunt suppress a1b2c3d4e5f --until 2026-12-31 --why migration',
      'no more of this until the year is over',
    ],
    ['postern hunt --rules mine.yml --events events.ndjson', 'tries a rule on events of your own'],
  ],
};
