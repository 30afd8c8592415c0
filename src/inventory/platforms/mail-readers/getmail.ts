import { atEnd, before, insteadOf } from '../../remedy.ts';
import { iniOption, iniSection, readPythonIni } from '../../syntax/python-ini.ts';
import type { MailReader } from './reader.ts';

const yes = /^(?:true|yes|on|1)$/i;

/** `SimpleIMAPSSLRetriever`, `MultidropPOP3Retriever`, `BrokenUIDLPOP3Retriever`, … */
const protocolOf = (type: string): string =>
  /imap/i.test(type) ? 'IMAP' : /pop3/i.test(type) ? 'POP3' : 'mail';

/** A section that stands twice is an error to configparser: the line goes into the one there is. */
const remedyOf = (
  path: string,
  settings: ReadonlyMap<string, { readonly line: number }>,
): string => {
  const set = 'message_log_syslog = true';
  const stated = settings.get('message_log_syslog');
  const [beside] = settings.values();
  if (stated !== undefined) return `${insteadOf({ path, line: stated.line })}\n${set}`;
  return beside === undefined
    ? `${atEnd(path)}\n[options]\n${set}`
    : `${before({ path, line: beside.line }, 'within [options]')}\n${set}`;
};

export const getmail: MailReader = {
  tool: 'getmail',
  supplier: 'getmail6 project',
  binaries: ['/usr/bin/getmail', '/usr/local/bin/getmail', '/usr/bin/getmail6'],
  packages: ['getmail6', 'getmail', 'getmail4'],
  system: ['/etc/getmailrc', '/etc/getmail/*'],
  home: ['.getmail/*', '.config/getmail/*', '.getmailrc'],
  fileOptions: ['-r', '--rcfile'],
  folderOption: '--getmaildir',
  read: text => {
    if (!text.includes('[')) return undefined;
    const sections = readPythonIni(text);
    const retriever = iniSection(sections, 'retriever');
    if (retriever === undefined) return undefined;
    const options = iniSection(sections, 'options');
    const server = iniOption(retriever, 'server');
    const password = iniOption(retriever, 'password');
    const settings = new Map(
      (options?.options ?? []).map(({ key, value, line }) => [key, { value, line }]),
    );
    return {
      settings,
      accounts: [
        {
          host: server?.value ?? 'a server that the file does not name',
          protocol: protocolOf(iniOption(retriever, 'type')?.value ?? ''),
          line: server?.line ?? retriever.line,
          removes:
            yes.test(settings.get('delete')?.value ?? '') ||
            /^[1-9]/.test(settings.get('delete_after')?.value ?? ''),
          ...(password === undefined ? {} : { secretLine: password.line }),
        },
      ],
    };
  },
  logs: ({ settings }, _, path) => {
    const file = settings.get('message_log');
    const syslog = settings.get('message_log_syslog');
    const hasFile = file !== undefined && !/^(?:|none)$/i.test(file.value);
    const hasSyslog = syslog !== undefined && yes.test(syslog.value);
    if (hasFile || hasSyslog) {
      return [
        {
          question: 'who read what',
          emitted: 'on',
          why: 'each message that it fetches is logged with account, message id of the server, size and destination',
          because: { path, line: (hasSyslog ? syslog : file)?.line ?? 1 },
          ...(hasSyslog
            ? { sink: { to: 'syslog', facility: 'mail', program: 'getmail' } as const }
            : file?.value.startsWith('/')
              ? {
                  sink: {
                    to: 'file',
                    path: file.value,
                    rotation: {
                      why: 'getmail only appends to its log and rotates nothing itself',
                      removes: { is: 'nothing' },
                    },
                  } as const,
                }
              : {}),
        },
      ];
    }
    return [
      {
        question: 'who read what',
        emitted: 'off',
        why: 'message_log and message_log_syslog are not set: no message is written down',
        because: { path },
        remedy: remedyOf(path, settings),
        sink: { to: 'nowhere' },
      },
    ];
  },
};
