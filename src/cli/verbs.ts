/** A flag, as `--help`, the parser and the documentation's test see it. */
export interface Flag {
  readonly name: string;
  /** Placeholder of its value; a flag without one is a switch. */
  readonly value?: string;
  readonly short?: string;
  readonly help: string;
}

export interface Verb {
  readonly name: string;
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
    help: 'where Postern keeps what it collects (this version keeps nothing)',
  },
  { name: 'format', value: 'FORMAT', help: 'how the answer is written' },
  { name: 'out', value: 'FILE', help: 'write the answer to FILE instead of standard output' },
  { name: 'offline', help: 'use no network (this version never does)' },
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

export const verbs: readonly Verb[] = [
  {
    name: 'confirm',
    does: 'Reads the mail platform, asks the six questions of every part, says what mends each.',
    usage: 'postern confirm [--root DIR | --sample] [--format FORMAT] [--out FILE]',
    flags: [
      rootFlag,
      sampleFlag,
      {
        name: 'fail-on',
        value: 'WHAT',
        help: 'exit 2 on: fail (default), unknown, never, or checks such as patched,logged',
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
];

/** Verbs of the contract that this version does not have. They are refused, never pretended. */
export const laterVerbs: readonly string[] = [
  'advisories',
  'ingest',
  'events',
  'evidence',
  'hunt',
  'scan',
  'scope',
  'serve',
];
