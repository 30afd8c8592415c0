import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configurationKeys, parseConfiguration } from '../src/app/configuration.ts';
import { environmentName } from '../src/cli/arguments.ts';
import {
  confirmFormats,
  globalFlags,
  inventoryFormats,
  laterVerbs,
  verbs,
} from '../src/cli/verbs.ts';
import { exitCodes } from '../src/core/errors.ts';
import { defaultPolicy } from '../src/core/policy.ts';
import { checks } from '../src/core/verdict.ts';
import { platforms } from '../src/inventory/platforms.generated.ts';
import { checkTitles } from '../src/report/check-titles.ts';
import { docsOf } from '../src/report/findings.ts';
import { manyAnswers } from './report/answers.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

/** First cells of the rows of every table. */
const firstCells = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.split(' | ')[0]?.slice(2).trim() ?? '');

const pages = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });

describe('the command line', () => {
  const page = read('docs/command-line.md');
  const cells = firstCells(page);
  const flags = [
    ...new Map(
      [...verbs.flatMap(verb => verb.flags), ...globalFlags].map(flag => [flag.name, flag]),
    ).values(),
  ];

  test.each(flags)('--$name is documented, and so is its variable', flag => {
    const shown = `\`--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}\``;
    expect(
      cells.some(cell => cell.startsWith(shown)),
      shown,
    ).toBe(true);
    if (flag.name !== 'help') expect(cells).toContain(`\`${environmentName(flag.name)}\``);
  });

  test('nothing else is', () => {
    const documented = cells.flatMap(cell => /^`--([a-z-]+)/.exec(cell)?.[1] ?? []);
    expect(documented.sort()).toEqual(flags.map(({ name }) => name).sort());
    const variables = cells.flatMap(cell => /^`(POSTERN_[A-Z_]+)`/.exec(cell)?.[1] ?? []);
    expect(variables.sort()).toEqual(
      flags
        .filter(({ name }) => name !== 'help')
        .map(({ name }) => environmentName(name))
        .sort(),
    );
  });

  test('every verb, refused ones too, and every exit status is', () => {
    for (const { name } of verbs) expect(cells).toContain(`\`${name}\``);
    for (const name of laterVerbs) expect(page).toContain(`\`${name}\``);
    for (const code of Object.values(exitCodes)) expect(cells).toContain(`\`${code}\``);
  });
});

describe('the configuration', () => {
  const page = read('docs/configuration.md');

  test('every key is documented, and no other', () => {
    const documented = firstCells(page).flatMap(cell => /^`([^`]+)`$/.exec(cell)?.[1] ?? []);
    expect([...documented].sort()).toEqual([...configurationKeys()].sort());
  });

  test('the example is one that Postern takes, and says the defaults that are', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(parseConfiguration('example', example).policy).toEqual(defaultPolicy);
    for (const [key, value] of [
      ['retentionDays', defaultPolicy.retentionDays],
      ['indexAgeHoursMax', defaultPolicy.indexAgeHoursMax],
      ['readSecondsMax', defaultPolicy.readSecondsMax],
      ['patchDays.exploited', defaultPolicy.patchDays.exploited],
      ['patchDays.internet', defaultPolicy.patchDays.internet],
      ['patchDays.internal', defaultPolicy.patchDays.internal],
    ]) {
      expect(page).toContain(`| \`policy.${key}\` | \`${value}\` |`);
    }
  });
});

describe('the formats', () => {
  const page = read('docs/formats.md');

  test.each([...confirmFormats])(
    '%s is documented, and what it makes of the four states',
    format => {
      expect(firstCells(page).filter(cell => cell === `\`${format}\``)).toHaveLength(2);
    },
  );

  test('the page says which of them a list has', () => {
    expect(page).toContain(
      `\`inventory\` has ${inventoryFormats
        .map(format => `\`${format}\``)
        .join(', ')
        .replace(/, (?=[^,]*$)/, ' and ')}`,
    );
  });
});

describe('the checks', () => {
  test.each(checks)('%s has a page that asks the question and tells the states apart', check => {
    const page = read(docsOf(check));
    expect(page).toContain(`> ${checkTitles[check].asks.replaceAll('’', "'")}`);
    expect(page).toContain(`# ${check}: `);
    expect(page).toMatch(/\| `fail` \|/);
    expect(page).toMatch(/\| `unknown` \|/);
    expect(page).toContain('**Evidence:**');
    expect(page).toContain('## How to mend it');
    expect(page.includes('| `pass` |') || page.includes('never answers `pass`')).toBe(true);
  });

  test('their examples of postern.yaml are ones that Postern takes', () => {
    for (const check of checks) {
      for (const [, yaml = ''] of read(docsOf(check)).matchAll(/```yaml\n([\s\S]*?)```/g)) {
        const { components, watch } = parseConfiguration(docsOf(check), yaml);
        expect(components.length + watch.channels.length).toBeGreaterThan(0);
      }
    }
  });
});

describe('the platforms', () => {
  test.each(platforms.map(({ id }) => id))('%s has a page', id => {
    expect(existsSync(`docs/platforms/${id}.md`)).toBe(true);
  });

  test('no page is about a platform that there is none of', () => {
    const ids: readonly string[] = platforms.map(({ id }) => id);
    for (const file of readdirSync('docs/platforms')) {
      expect(ids).toContain(file.replace(/\.md$/, ''));
    }
  });
});

describe('links', () => {
  test('every link of every page leads to something', () => {
    for (const page of pages('docs')) {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        expect(existsSync(join(dirname(page), target)), `${page}: ${target}`).toBe(true);
      }
    }
  });

  test('every page that a remedy names is there', () => {
    const named = new Set(
      manyAnswers().flatMap(([, answer]) =>
        answer.components.flatMap(component =>
          checks.flatMap(check =>
            [...(component.checks[check].remedy ?? '').matchAll(/\bdocs\/[a-z/-]+\.md/g)].map(
              match => match[0],
            ),
          ),
        ),
      ),
    );
    for (const page of named) expect(existsSync(page), page).toBe(true);
  });
});

describe('the README', () => {
  test('shows what the sample estate really prints', () => {
    const [, shown = ''] =
      /npx postern confirm  [\s\S]*?```\n\n```\n([\s\S]*?)```/.exec(read('README.md')) ?? [];
    const wanted = shown.split('\n').filter(line => line !== '' && line !== '…');
    expect(wanted.length).toBeGreaterThan(10);
    const { stdout } = spawnSync(process.execPath, ['bin/postern.js', 'confirm', '--sample'], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    const printed = stdout.split('\n');
    let from = 0;
    for (const line of wanted) {
      const at = printed.indexOf(line, from);
      expect(at, line).toBeGreaterThanOrEqual(from);
      from = at + 1;
    }
  });
});
