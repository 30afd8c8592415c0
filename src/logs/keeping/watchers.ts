import type { FileView } from '../../core/files.ts';
import { cronJobs } from '../../core/formats/crontab.ts';
import type { Watcher } from '../../core/watcher.ts';
import { fail2banJails } from './fail2ban.ts';
import { at, lineOf, list, textOf, texts, yamlDocuments } from './settings.ts';
import { shippersOf } from './shippers.ts';
import { isStarted } from './started.ts';

const shippers = (files: FileView): readonly Watcher[] =>
  shippersOf(files).map(({ name, patterns, readsJournal, to, because }) => ({
    name,
    logPaths: [...patterns, ...(readsJournal ? ['/var/log/journal', '/run/log/journal'] : [])],
    ...(to === undefined ? {} : { tells: to }),
    because,
  }));

const crowdsec = (files: FileView): readonly Watcher[] => {
  const paths = ['/etc/crowdsec/acquis.yaml', '/etc/crowdsec/acquis.d/*.{yaml,yml}'].flatMap(
    pattern => files.glob(pattern),
  );
  if (paths.length === 0 || !isStarted(files, ['crowdsec'])) return [];
  return paths.flatMap(path => {
    const text = textOf(files, path) ?? '';
    return yamlDocuments(files, path).flatMap((document): readonly Watcher[] => {
      const names = [...texts(at(document, 'filenames')), ...texts(at(document, 'filename'))];
      const journal = at(document, 'source') === 'journalctl';
      const logPaths = [...names, ...(journal ? ['/var/log/journal', '/run/log/journal'] : [])];
      return logPaths.length === 0
        ? []
        : [
            {
              name: 'crowdsec',
              logPaths,
              tells: 'its local API, which blocks addresses',
              because: { path, line: lineOf(text, names[0] ?? 'journalctl') },
            },
          ];
    });
  });
};

/** logwatch's own services for mail, by the log file groups that Debian and Red Hat ship. */
const logwatch = (files: FileView): readonly Watcher[] => {
  const job = cronJobs(files).find(({ command }) => /\blogwatch\b/.test(command));
  if (job === undefined) return [];
  const configs = [
    '/etc/logwatch/conf/logwatch.conf',
    '/usr/share/logwatch/default.conf/logwatch.conf',
  ];
  const setting = (key: string): string | undefined => {
    for (const path of configs) {
      const found = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*"?([^"\\n#]{1,200})`, 'im').exec(
        textOf(files, path) ?? '',
      );
      if (found?.[1] !== undefined) return found[1].trim();
    }
    return undefined;
  };
  const onCommand = /--mailto[ =](\S{1,200})/.exec(job.command)?.[1];
  const output = /--output[ =](\S+)/.exec(job.command)?.[1] ?? setting('Output') ?? 'stdout';
  const mailTo = onCommand ?? setting('MailTo');
  const groups = files.glob(
    '/usr/share/logwatch/default.conf/logfiles/{maillog,messages,secure,http,exim,dovecot}.conf',
  );
  const read = groups.flatMap(path =>
    [...(textOf(files, path) ?? '').matchAll(/^[ \t]*LogFile[ \t]*=[ \t]*(\S{1,200})/gim)].flatMap(
      match =>
        match[1] === undefined
          ? []
          : [match[1].startsWith('/') ? match[1] : `/var/log/${match[1]}`],
    ),
  );
  const told = onCommand !== undefined || output === 'mail' ? mailTo : undefined;
  return [
    {
      name: 'logwatch',
      logPaths:
        read.length > 0
          ? [...new Set(read)]
          : ['/var/log/mail.log', '/var/log/maillog', '/var/log/syslog', '/var/log/messages'],
      ...(told === undefined ? {} : { tells: `${told} by mail, as a summary` }),
      because: job.because,
    },
  ];
};

const logcheck = (files: FileView): readonly Watcher[] => {
  const job = cronJobs(files).find(({ command }) => /\/logcheck\b/.test(command));
  const lists = files
    .glob('/etc/logcheck/logcheck.logfiles')
    .concat(files.glob('/etc/logcheck/logcheck.logfiles.d/*.logfiles'));
  if (job === undefined) return [];
  const to = /^[ \t]*SENDMAILTO[ \t]*=[ \t]*"?([^"\n#]{1,200})/m.exec(
    textOf(files, '/etc/logcheck/logcheck.conf') ?? '',
  )?.[1];
  return lists.flatMap(path =>
    (textOf(files, path) ?? '').split('\n', 1_000).flatMap((raw, i): readonly Watcher[] => {
      const bare = raw.trim();
      if (bare !== 'journal' && !bare.startsWith('/')) return [];
      return [
        {
          name: 'logcheck',
          logPaths: bare === 'journal' ? ['/var/log/journal', '/run/log/journal'] : [bare],
          ...(to === undefined ? {} : { tells: `${to.trim()} by mail` }),
          because: { path, line: i + 1 },
        },
      ];
    }),
  );
};

/** sshguard and swatchdog name the files on their command lines or in small files. */
const small = (files: FileView): readonly Watcher[] => {
  const out: Watcher[] = [];
  for (const path of files
    .glob('/etc/sshguard/sshguard.conf')
    .concat(files.glob('/etc/sshguard.conf'))) {
    const text = textOf(files, path) ?? '';
    const match = /^[ \t]*(?:FILES|LOGREADER)[ \t]*=[ \t]*"?([^"\n#]{1,1000})/m.exec(text);
    if (match === null || !isStarted(files, ['sshguard'])) continue;
    const words = (match[1] ?? '').split(/\s+/);
    const journal = words.includes('journalctl');
    out.push({
      name: 'sshguard',
      logPaths: journal
        ? ['/var/log/journal', '/run/log/journal']
        : words.filter(each => each.startsWith('/')),
      tells: 'the firewall, which blocks addresses',
      because: { path, line: lineOf(text, match[0].trim()) },
    });
  }
  for (const { command, because } of cronJobs(files)) {
    const file = /\bswatch(?:dog)?\b[^\n]{0,300}?(?:--tail-file|-t)[ =](\/\S{1,250})/.exec(
      command,
    )?.[1];
    if (file !== undefined) out.push({ name: 'swatchdog', logPaths: [file], because });
  }
  return out;
};

const watchersMax = 2_000;

/** Programs that read logs of this host, by their settings, when something starts them. */
export const watchersOf = (files: FileView): readonly Watcher[] =>
  [
    ...fail2banJails(files),
    ...crowdsec(files),
    ...shippers(files),
    ...logwatch(files),
    ...logcheck(files),
    ...small(files),
  ]
    .map(watcher => ({
      ...watcher,
      logPaths: list(watcher.logPaths).filter((each): each is string => each !== ''),
    }))
    .filter(({ logPaths }) => logPaths.length > 0)
    .slice(0, watchersMax);
