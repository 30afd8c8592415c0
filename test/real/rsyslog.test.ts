import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { openRsyslog } from '../../src/logs/keeping/rsyslog.ts';
import { arrived, canSend, foretold, sendThrough } from '../support/syslog.ts';

const program = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find(existsSync);
const lacks = program === undefined || !canSend ? 'rsyslogd or logger is not installed' : undefined;

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** Rules in which `@/` is the case's own folder. */
const cases: Readonly<Record<string, string>> = {
  'selectors of one facility': `
mail.*                  -@/mail
mail.err                @/mail.err
mail.=info              @/mail.info
mail.*;mail.!=info;mail.!err   @/mail.some
mail,local3.notice;*.emerg     @/several
*.*;mail.none;daemon.!warn     @/rest
*.info;mail.none;local3.none;local3.crit  @/mixed`,
  'stop in old and new words': `
:programname, isequal, "dovecot" @/dovecot
& stop
:programname, startswith, "post" @/postfix
& ~
*.* @/rest`,
  'property filters and their negations': `
:syslogtag, startswith, "dove" @/tag
:programname, !isequal, "dovecot" @/others
:programname, contains, "amp" @/spam
:app-name, isequal, "postfix" @/smtpd
:syslogfacility-text, isequal, "local3" @/local3
:programname, regex, "^dove" @/regex
:programname, ereregex, "^(dovecot|spamd)$" @/ereregex`,
  'RainerScript with blocks, else and operators': `
if $programname == 'dovecot' and $syslogseverity <= 4 then {
  action(type="omfile" file="@/dovecot.warn")
} else if $syslogfacility-text == ["mail", "news"] then {
  action(type="omfile" file="@/mail")
  if not ($programname startswith 'postfix') then stop
} else
  action(type="omfile" file="@/else")
if prifilt("mail.crit") then @/crit
if $syslogseverity-text == 'info' or $syslogfacility == 19 then action(type="omfile" file="@/info")
*.* @/rest`,
  'rulesets called and a block behind a selector': `
ruleset(name="keep") {
  action(type="omfile" file="@/kept")
  if $programname == "spamd" then stop
}
template(name="plain" type="string" string="%msg%\\n")
mail.* {
  action(type="omfile" file="@/mail" template="plain")
  call keep
}
daemon.* call keep
*.warn;mail.none @/warn`,
  'a ruleset of the old words and comments': `
$RuleSet other
*.* @/never
$RuleSet RSYSLOG_DefaultRuleset
# mail.* @/comment
/* mail.* @/comment */
mail.info @/a \\
  
& @/b
local3.* { @/c
  stop }
*.* @/rest`,
  'files included in the order of their names': `
include(file="@/conf.d/*.conf")
*.* @/rest`,
};

const included = {
  '20-b.conf': '*.* @/twenty\n',
  '10-a.conf': 'mail.* @/ten\n& stop\n',
  '30-c.off': '*.* @/off\n',
};

/** Runs the daemon on a socket of its own, sends every line, and reads what arrived where. */
const run = async (rules: string): Promise<{ root: string; got: readonly string[] }> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'postern-rsyslog-')));
  roots.push(root);
  mkdirSync(`${root}/conf.d`);
  const here = (text: string): string => text.replaceAll('@/', `${root}/`);
  for (const [name, text] of Object.entries(included)) {
    writeFileSync(`${root}/conf.d/${name}`, here(text));
  }
  const config = `${root}/rsyslog.conf`;
  const head = `module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="${root}/socket" RateLimit.Interval="0")\n`;
  writeFileSync(config, `${head}${here(rules)}\n`);
  const checked = spawnSync(program ?? '', ['-N1', '-f', config], { encoding: 'utf8' });
  expect(checked.status, checked.stderr).toBe(0);
  const args = ['-n', '-f', config, '-i', `${root}/pid`];
  await sendThrough(program ?? '', args, `${root}/socket`);
  const named = `${rules}\n${Object.values(included).join('\n')}`.matchAll(/@\/([\w.]+)/g);
  const names = [...named].map(match => match[1] ?? '').filter(name => name !== 'conf.d');
  return { root, got: arrived(root, names) };
};

describe.skipIf(lacks !== undefined)(
  `where rsyslogd writes${lacks === undefined ? '' : ` (${lacks})`}`,
  () => {
    test.each(Object.entries(cases))('%s', { timeout: 30_000 }, async (_, rules) => {
      const { root, got } = await run(rules);
      const rsyslog = openRsyslog(openRoot('/'), `${root}/rsyslog.conf`);
      const { lines, open } = foretold(root, message => rsyslog?.destinationsOf(message) ?? []);
      // All of these conditions can be told from the settings.
      expect(open).toEqual([]);
      expect(lines).toEqual(got);
      expect(got.length).toBeGreaterThan(10);
    });
  },
);
