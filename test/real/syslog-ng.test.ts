import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { openSyslogNg } from '../../src/logs/keeping/syslog-ng.ts';
import { arrived, canSend, foretold, sendThrough } from '../support/syslog.ts';

/** `POSTERN_SYSLOG_NG` names another one: syslog-ng and rsyslog cannot both be installed. */
const program = process.env['POSTERN_SYSLOG_NG'] ?? 'syslog-ng';
const version = /Config version: (\d+\.\d+)/.exec(
  spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '',
)?.[1];
const lacks =
  version === undefined || !canSend ? 'syslog-ng or logger is not installed' : undefined;

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** Settings in which `@/` is the case's own folder and `s` the source of local lines. */
const cases: Readonly<Record<string, string>> = {
  'facilities and levels, named and negated': `
filter f_dbg { level(debug); };
filter f_mail { facility(mail) and not filter(f_dbg); };
filter f_error { level(err .. emerg) ; };
filter f_some { level(info,notice) and not facility(daemon, local3); };
filter f_other { not facility(mail) or level(crit); };
destination d_mail { file("@/mail"); };
destination d_error { file("@/error"); };
log { source(s); filter(f_mail); destination(d_mail); };
log { source(s); filter(f_error); destination(d_error); };
log { source(s); filter(f_some); destination { file("@/some"); }; };
log { source(s); filter(f_other); destination { file("@/other"); }; };`,
  'programs, and a path that ends the way': `
filter f_imap { program("^dovecot$"); };
filter f_post { program("post"); };
log { source(s); filter(f_imap); destination { file("@/dovecot"); }; flags(final); };
log { source(s); filter(f_post); filter { level(warning..emerg); }; destination { file("@/postfix"); }; flags(final); };
log { source(s); destination { file("@/rest"); }; };`,
  'a fallback and a path without source': `
log { source(s); filter { facility(mail); }; destination { file("@/mail"); }; };
log { source(s); filter { facility(daemon); }; destination { file("@/daemon"); }; };
log { source(s); destination { file("@/fallback"); }; flags(fallback); };
log { source(s); filter { level(crit) and program("spamd"); }; destination { file("@/crit"); }; };
log { filter { level(emerg); }; destination { file("@/emerg"); }; };`,
  'conditions and paths within paths': `
log { source(s);
  if (facility(mail)) { destination { file("@/mail"); }; }
  elif (level(err..emerg)) { destination { file("@/bad"); }; }
  else { filter { not program("spamd"); }; destination { file("@/else"); }; };
  log { filter { facility(local3); }; destination { file("@/inner"); }; };
};`,
  'parentheses, or, and files included': `
@include "@/conf.d/*.conf"
log { source(s); filter { (facility(mail) or facility(local3)) and (level(info) or level(err..crit)); };
  destination { file("@/mixed"); }; };`,
};

const included = {
  'b.conf':
    'log { source(s); filter { facility(local3); }; destination { file("@/local3"); }; };\n',
};

const run = async (rules: string): Promise<{ root: string; got: readonly string[] }> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'postern-syslog-ng-')));
  roots.push(root);
  mkdirSync(`${root}/conf.d`);
  const here = (text: string): string => text.replaceAll('@/', `${root}/`);
  for (const [name, text] of Object.entries(included)) {
    writeFileSync(`${root}/conf.d/${name}`, here(text));
  }
  const config = `${root}/syslog-ng.conf`;
  writeFileSync(
    config,
    `@version: ${version ?? ''}\nsource s { unix-dgram("${root}/socket"); };\n${here(rules)}\n`,
  );
  const args = [
    '-F',
    '-f',
    config,
    '--no-caps',
    '-p',
    `${root}/pid`,
    '-R',
    `${root}/persist`,
    '-c',
    `${root}/ctl`,
  ];
  await sendThrough(program, args, `${root}/socket`);
  const named = `${rules}\n${Object.values(included).join('\n')}`.matchAll(/"@\/(\w+)"/g);
  return {
    root,
    got: arrived(
      root,
      [...named].map(match => match[1] ?? ''),
    ),
  };
};

describe.skipIf(lacks !== undefined)(
  `where syslog-ng writes${lacks === undefined ? '' : ` (${lacks})`}`,
  () => {
    test.each(Object.entries(cases))('%s', { timeout: 30_000 }, async (_, rules) => {
      const { root, got } = await run(rules);
      const daemon = openSyslogNg(openRoot('/'), `${root}/syslog-ng.conf`);
      const { lines, open } = foretold(root, message => daemon?.destinationsOf(message) ?? []);
      expect(open).toEqual([]);
      expect(lines).toEqual(got);
      expect(got.length).toBeGreaterThan(5);
    });
  },
);
