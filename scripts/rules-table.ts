/** Writes the tables of `docs/rules.md` out of `rules/`; a test holds them against each other. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadRules } from '../src/app/hunt/load-rules.ts';
import { ownRulesFolder } from '../src/app/hunt/rule-files.ts';
import { loadSourceMaps } from '../src/app/hunt/source-maps.ts';
import type { Rule } from '../src/detect/sigma/nodes.ts';

const policy = { rules: [], ownRules: true, without: [], levels: [], placeholders: {} };

const titles: Readonly<Record<string, string>> = {
  mail: 'Any mail platform',
  dovecot: 'Dovecot',
  cyrus: 'Cyrus',
  postfix: 'Postfix',
  exim: 'Exim',
  amavis: 'amavis',
  roundcube: 'Roundcube',
  sogo: 'SOGo',
  web: 'Webmail and its web server',
  zimbra: 'Zimbra',
  exchange: 'Exchange Server',
  m365: 'Microsoft 365',
  google: 'Google Workspace',
  slack: 'Slack',
  linux: 'The Linux host',
};

const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

const caseOf = ({ description = '' }: Rule): string =>
  cell(/^Case: ([\s\S]*)$/m.exec(description)?.[1] ?? '');

const techniques = ({ tags }: Rule): string =>
  tags
    .filter(tag => /^attack\.t\d/.test(tag))
    .map(tag => tag.slice('attack.'.length).toUpperCase())
    .join(', ');

const row = (rule: Rule): string =>
  `| \`${basename(rule.place.path, '.yml')}\` | ${rule.level} | ${cell(rule.title)} | ${techniques(rule)} | ${caseOf(rule)} |`;

/** A table for each folder, of the rules that make alerts. */
export const rulesTables = (): string => {
  const { rules, alerting } = loadRules({ folders: [], said: '--rules', policy });
  const folders = new Map<string, Rule[]>(Object.keys(titles).map(folder => [folder, []]));
  for (const rule of rules.filter(({ id }) => alerting.has(id))) {
    const folder = relative(ownRulesFolder, rule.place.path).split(sep)[0] ?? '';
    folders.set(folder, [...(folders.get(folder) ?? []), rule]);
  }
  return [...folders]
    .filter(([, of]) => of.length > 0)
    .map(([folder, of]) => {
      const rows = of.map(row).toSorted();
      return `### ${titles[folder] ?? folder}\n| rule | level | what it sees | ATT&CK | whence |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
    })
    .join('\n');
};

/** Which log sources of Sigma mean which events. */
export const sourcesTable = (): string => {
  const rows = loadSourceMaps('rules/sources')
    .filter(({ events }) => events.length > 0)
    .map(({ id, title, logSources }) => {
      const said = logSources.map(name =>
        Object.entries(name)
          .filter(([, value]) => value !== '*')
          .map(([key, value]) => `${key}: ${value}`)
          .join(', '),
      );
      return `| ${cell(title)} | ${[...new Set(said)].map(each => `\`${each}\``).join('; ')} | \`${id}.yaml\` |`;
    });
  return `| events | log sources | file |\n|---|---|---|\n${rows.join('\n')}\n`;
};

const blocks: readonly (readonly [name: string, made: () => string])[] = [
  ['rules', rulesTables],
  ['sources', sourcesTable],
];

/** The page with its tables made anew. */
export const withTables = (page: string): string =>
  blocks.reduce((text, [name, made]) => {
    const [begin, end] = [
      `<!-- ${name}: node scripts/rules-table.ts -->\n`,
      `<!-- end of ${name} -->`,
    ];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/rules.md has no place for ${name}`);
    return `${text.slice(0, from + begin.length)}${made()}${text.slice(to)}`;
  }, page);

export const rulesPage = 'docs/rules.md';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(rulesPage, withTables(readFileSync(rulesPage, 'utf8')));
}
