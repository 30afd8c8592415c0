import { type IniSection, iniOption, iniSection, readPythonIni } from '../../syntax/python-ini.ts';
import type { Account, MailReader } from './reader.ts';

const isYes = (text: string | undefined): boolean => /^(?:yes|true|on|1)$/i.test(text ?? '');

const knownHosts: Readonly<Record<string, string>> = { gmail: 'imap.gmail.com' };

const accountOf = (repository: IniSection): Account => {
  const host = iniOption(repository, 'remotehost');
  const type = iniOption(repository, 'type')?.value.trim().toLowerCase() ?? '';
  const secret = iniOption(repository, 'remotepass');
  const readOnly = isYes(iniOption(repository, 'readonly')?.value);
  const known = Object.hasOwn(knownHosts, type) ? knownHosts[type] : undefined;
  return {
    host: host?.value.trim() ?? known ?? 'a server that the file computes',
    protocol: 'IMAP',
    line: host?.line ?? repository.line,
    writes: !readOnly,
    ...(secret === undefined ? {} : { secretLine: secret.line }),
  };
};

/** offlineimap(1): the accounts named in [general] lead to their repositories. */
export const offlineimap: MailReader = {
  tool: 'offlineimap',
  supplier: 'OfflineIMAP project',
  binaries: ['/usr/bin/offlineimap', '/usr/local/bin/offlineimap', '/usr/bin/offlineimap3'],
  packages: ['offlineimap3', 'offlineimap'],
  system: ['/etc/offlineimaprc', '/etc/offlineimap/*'],
  home: ['.offlineimaprc', '.config/offlineimap/config'],
  fileOptions: ['-c'],
  read: text => {
    const sections = readPythonIni(text);
    const general = iniSection(sections, 'general');
    const names = (iniOption(general, 'accounts')?.value ?? '')
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== '');
    if (
      general === undefined ||
      !sections.some(({ name }) => /^(?:account|repository)\s/i.test(name))
    )
      return undefined;
    const accounts = names.flatMap(name => {
      const account = iniSection(sections, `Account ${name}`);
      return ['remoterepository', 'localrepository']
        .map(side => iniOption(account, side)?.value.trim())
        .filter(repository => repository !== undefined)
        .map(repository => iniSection(sections, `Repository ${repository}`))
        .filter(repository => repository !== undefined)
        .filter(repository =>
          /^(?:imap|gmail)$/i.test(iniOption(repository, 'type')?.value.trim() ?? ''),
        )
        .map(accountOf);
    });
    const settings = new Map(general.options.map(({ key, value, line }) => [key, { value, line }]));
    return { accounts, settings };
  },
  logs: (_, started, path) => {
    const at = started.args.findIndex(arg => arg === '-l' || arg === '--log');
    const file = at < 0 ? undefined : started.args[at + 1];
    const sink = file?.startsWith('/')
      ? ({ to: 'file', path: file } as const)
      : started.by === 'systemd' && started.unit !== undefined
        ? ({ to: 'journal', unit: started.unit } as const)
        : ({ to: 'nowhere' } as const);
    return [
      {
        question: 'who read what',
        emitted: sink.to === 'nowhere' ? 'off' : 'partial',
        why:
          sink.to === 'nowhere'
            ? 'no log file is named: what it says goes to whoever starts it'
            : 'it logs folders and counts of copied messages, not their Message-IDs',
        because: { path },
        remedy:
          sink.to === 'nowhere'
            ? '# Start it with a log file: offlineimap -l /var/log/offlineimap.log'
            : '# no setting of OfflineIMAP logs messages: read it from the log of the IMAP server it talks to',
        sink,
      },
    ];
  },
};
