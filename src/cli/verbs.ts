import { eventsVerb } from './events-verb.ts';
import { huntVerb } from './hunt-verb.ts';
import { scanVerb } from './scan-verb.ts';
import { scopeVerb } from './scope-verb.ts';

/** A flag, as `--help`, the parser and the documentation's test see it. */
export interface Flag {
  readonly name: string;
  /** Placeholder of its value; a flag without one is a switch. */
  readonly value?: string;
  readonly short?: string;
  readonly help: string;
  /** May be given many times; its values are the lines of one text. */
  readonly isMany?: true;
}

/** What a verb is told to do by its first word: `update` of `postern advisories update`. */
interface Action {
  readonly name: string;
  /** Placeholders of the words that follow; `[…]` may be left out, a last `…` may come many times. */
  readonly takes: readonly string[];
  readonly does: string;
}

export interface Verb {
  readonly name: string;
  readonly actions?: readonly Action[];
  /** The action that is meant where none is named; absent where one must be. */
  readonly otherwise?: string;
  /** Placeholder of the words that follow a verb without actions. */
  readonly takes?: string;
  /** Values of `--format`, the first by default. */
  readonly formats: readonly string[];
  /** One sentence. */
  readonly does: string;
  readonly usage: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly (readonly [command: string, does: string])[];
}

export const globalFlags: readonly Flag[] = [
  {
    name: 'config',
    value: 'FILE',
    help: 'owners, policy (default ./postern.yaml, then /etc/postern/postern.yaml)',
  },
  {
    name: 'store',
    value: 'DIR',
    help: 'what Postern keeps (default /var/lib/postern, else ./postern-store)',
  },
  { name: 'format', value: 'FORMAT', help: 'how the answer is written' },
  { name: 'out', value: 'FILE', help: 'write the answer to FILE instead of standard output' },
  {
    name: 'offline',
    help: 'use no network: only advisories update does, and what postern.yaml asks',
  },
  { name: 'quiet', help: 'no progress and no notes on standard error' },
  { name: 'verbose', help: 'all findings in text; the whole story of an error' },
  { name: 'no-color', help: 'no colours (also NO_COLOR)' },
  { name: 'help', short: 'h', help: 'this text' },
];

const rootFlag: Flag = {
  name: 'root',
  value: 'DIR',
  help: 'read DIR as if it were / (a mounted or collected file system; default /)',
};

const sampleFlag: Flag = {
  name: 'sample',
  help: 'read the sample estate that ships with Postern',
};

export const confirmFormats = [
  'text',
  'json',
  'html',
  'cyclonedx',
  'sarif',
  'junit',
  'oscal',
  'ocsf',
] as const;
export const inventoryFormats = ['text', 'json', 'cyclonedx'] as const;
export const evidenceFormats = ['text', 'json'] as const;
export const advisoriesFormats = ['text', 'json'] as const;
export const ingestFormats = ['text', 'ndjson'] as const;

export const verbs: readonly Verb[] = [
  {
    name: 'confirm',
    formats: confirmFormats,
    does: 'Reads the mail platform, asks the six questions of every part, says what mends each.',
    usage: 'postern confirm [--root DIR | --sample] [--format FORMAT] [--out FILE]',
    flags: [
      rootFlag,
      sampleFlag,
      {
        name: 'fail-on',
        value: 'WHAT',
        help: 'exit 2 on: fail (default), unknown, never; or checks, overdue, exploited, new',
      },
    ],
    examples: [
      ['postern confirm', 'the host that it runs on, as text'],
      [
        'postern confirm --root /mnt/mail01 --format html --out mail01.html',
        'a mounted host, as a page',
      ],
    ],
  },
  {
    name: 'inventory',
    formats: inventoryFormats,
    does: 'Lists the parts of the mail platform, what each can reach and where it was found.',
    usage: 'postern inventory [--root DIR | --sample] [--format FORMAT] [--out FILE]',
    flags: [rootFlag, sampleFlag],
    examples: [
      ['postern inventory', 'the host that it runs on, as text'],
      [
        'postern inventory --format cyclonedx --out mail.cdx.json',
        'a CycloneDX 1.6 bill of materials',
      ],
    ],
  },
  {
    name: 'advisories',
    formats: advisoriesFormats,
    does: 'Fills the database of known flaws from the network or from files; asked offline then.',
    usage: 'postern advisories ACTION [options]',
    actions: [
      {
        name: 'update',
        takes: ['[SOURCE…]'],
        does: 'fetches every source, or those named (osv/Debian, kev)',
      },
      {
        name: 'import',
        takes: ['PATH'],
        does: 'takes a file, a folder or an archive of advisories, or a signed bundle',
      },
      { name: 'status', takes: [], does: 'says how old each source is, and what it holds' },
      {
        name: 'mark',
        takes: ['COMPONENT', 'FLAW', 'STATE'],
        does: 'records mitigated, patched, triaged-clean, vulnerable (--by, --why)',
      },
      {
        name: 'bundle',
        takes: [],
        does: 'writes the database as one signed file, for an air gap (--key, --out)',
      },
      {
        name: 'replay',
        takes: [],
        does: 'says when this estate would have been told of past break-ins',
      },
    ],
    flags: [
      {
        name: 'as',
        value: 'SOURCE',
        help: 'import: take the place of a source, as if fetched (osv/Debian)',
      },
      {
        name: 'as-of',
        value: 'DAY',
        help: 'import: the day of which the files are, where they do not say (2026-06-29)',
      },
      { name: 'by', value: 'NAME', help: 'mark: who says so' },
      { name: 'why', value: 'TEXT', help: 'mark: what was done, and how it was found out' },
      {
        name: 'key',
        value: 'FILE',
        help: 'Ed25519 key, PEM: private for bundle, which signs; public for import',
      },
      rootFlag,
      sampleFlag,
    ],
    examples: [
      ['postern advisories update', 'everything that a mail host is judged by'],
      [
        'postern advisories import /media/usb/all.zip --as osv/Debian',
        'behind an air gap, a copy of what was fetched elsewhere',
      ],
      ['postern advisories status', 'how old each source is'],
      [
        "postern advisories mark roundcube CVE-2025-49113 mitigated --by Mai --why 'upload off'",
        'what was done about a flaw, for the next report',
      ],
      [
        'postern advisories replay --sample',
        'past break-ins, as the sample estate would have met them',
      ],
    ],
  },
  {
    name: 'ingest',
    takes: 'FILE…',
    formats: ingestFormats,
    does: 'Reads logs and keeps them as evidence of who logged in, read, sent and changed what.',
    usage: 'postern ingest [options] FILE…|FOLDER…|-',
    flags: [
      {
        name: 'dry-run',
        help: 'write what the logs say, one event a line, and store nothing',
      },
      { name: 'unparsed', help: 'write the lines that no format understands' },
      { name: 'raw', help: 'what is written with each line itself, secrets in it included' },
      {
        name: 'zone',
        value: 'ZONE',
        help: 'zone of stamps that name none (Europe/Berlin; UTC,mx1=Asia/Tokyo)',
      },
      {
        name: 'year',
        value: 'YEAR',
        help: 'year of the first line, where stamps name none',
      },
      { name: 'follow', help: 'go on with what is written to the files, and with new ones' },
      {
        name: 'syslog',
        value: 'URL',
        isMany: true,
        help: 'listen: udp://127.0.0.1:5514, tcp://[::1]:5514, tls://192.0.2.1:6514 (many times)',
      },
      { name: 'tls-cert', value: 'FILE', help: 'certificate of tls:// listeners, PEM' },
      { name: 'tls-key', value: 'FILE', help: 'its key, which nobody else may read' },
      { name: 'tls-ca', value: 'FILE', help: 'hear only clients that these authorities vouch for' },
      { name: 'name', value: 'NAME', help: 'name of the source that standard input is (stdin)' },
    ],
    examples: [
      ['postern ingest /var/log', 'keeps what is new in all logs; again and again, from a timer'],
      [
        "postern ingest '/var/log/mail.log*' --store /srv/evidence",
        'keeps one log with its rotated files, elsewhere',
      ],
      [
        'postern ingest --follow /var/log --syslog udp://192.0.2.1:514',
        'as a service: what is written and what is sent',
      ],
      [
        'journalctl -f -o export | postern ingest --name journal -',
        'the journal; what was kept of it before is not kept again',
      ],
      ['postern ingest --dry-run /var/log/mail.log*', 'what the mail log says, as text'],
      [
        'zcat old.log.gz | postern ingest --dry-run --format ndjson --year 2025 -',
        'one OCSF event a line, from a pipe',
      ],
      ['postern ingest --dry-run --unparsed /var/log', 'what Postern does not understand'],
    ],
  },
  eventsVerb,
  {
    name: 'evidence',
    formats: evidenceFormats,
    does: 'Shows that kept log lines are whole and unaltered, or what is not.',
    usage: 'postern evidence ACTION [options]',
    actions: [
      {
        name: 'verify',
        takes: ['[PATH]'],
        does: 'verifies the store, a copy, a bundle or a proof of a line; names what is wrong',
      },
      { name: 'status', takes: [], does: 'says what is kept of which source, and what is sealed' },
      {
        name: 'gaps',
        takes: [],
        does: 'lists the days of which something may be missing, and why',
      },
      {
        name: 'prove',
        takes: ['LINE'],
        does: 'writes a proof of one line (SOURCE/SEGMENT/LINE) for others to verify',
      },
      {
        name: 'bundle',
        takes: [],
        does: 'writes lines and all that a third party needs to believe them (--out FILE.tgz)',
      },
      {
        name: 'keep',
        takes: ['DAYS', '[SOURCE]'],
        does: 'decides how long lines are kept, of one source or of all (--why)',
      },
      {
        name: 'hold',
        takes: ['NAME', 'FROM', 'TO', '[SOURCE]'],
        does: 'keeps the lines of these days until the hold is released (--why)',
      },
      { name: 'release', takes: ['NAME'], does: 'ends a hold (--why)' },
      {
        name: 'retire',
        takes: ['SOURCE'],
        does: 'ends a source: no more of its lines come (--why)',
      },
      { name: 'prune', takes: [], does: 'deletes lines that are neither to be kept nor held' },
      {
        name: 'reparse',
        takes: [],
        does: 'reads kept lines anew, after a format was mended; the lines stay as they are',
      },
      {
        name: 'replay-dwell',
        takes: [],
        does: 'says whether the first line of past break-ins would still be there (2: one is gone)',
      },
      {
        name: 'witness',
        takes: [],
        does: 'has the witnesses and time stamps of postern.yaml sign the log (also after ingest)',
      },
      {
        name: 'rotate-key',
        takes: ['[FILE]'],
        does: 'has a new key sign the log; the old one signs it in (--why)',
      },
    ],
    flags: [
      {
        name: 'key',
        value: 'FILE',
        help: 'verify: keys that you trust, one a line (default: what the store says)',
      },
      {
        name: 'remembered',
        value: 'FILE',
        help: 'verify: a checkpoint that was kept elsewhere; the log must go on from it',
      },
      {
        name: 'why',
        value: 'TEXT',
        help: 'keep, hold, release, retire, rotate-key: the reason, for the log',
      },
      { name: 'source', value: 'SOURCE', help: 'bundle, reparse: lines of this source alone' },
      {
        name: 'from',
        value: 'DAY',
        help: 'bundle, reparse: first day of the lines (2026-06-29, UTC)',
      },
      { name: 'to', value: 'DAY', help: 'bundle, reparse: last day of them' },
      { name: 'case', value: 'NAME', help: 'bundle: the days and source of the hold of this name' },
      {
        name: 'zone',
        value: 'ZONE',
        help: 'reparse: zone of stamps that name none, as for ingest',
      },
      { name: 'drop-old', help: 'reparse: remove rows that count no more; their record stays' },
      { name: 'deep', help: 'verify: take every segment apart, down to the hash of every line' },
    ],
    examples: [
      ['postern evidence verify', 'is anything altered or missing'],
      [
        'postern evidence verify /mnt/copy --key log.keys --remembered old',
        'what an auditor asks of a copy',
      ],
      [
        'postern evidence prove var_log_mail.log/12/345 --out line.json',
        'one line, without its neighbours',
      ],
      [
        'postern evidence bundle --from 2026-06-01 --to 2026-06-30 --out june.tgz',
        'a month, for whoever has no access to the store',
      ],
      ['postern evidence reparse --source var_log_mail.log', 'what a newer Postern reads in a log'],
    ],
  },
  scanVerb,
  scopeVerb,
  huntVerb,
];

/** Verbs of the contract that this version does not have. They are refused, never pretended. */
export const laterVerbs: readonly string[] = ['serve'];
