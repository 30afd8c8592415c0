import type { Account, MailReader } from './reader.ts';

interface Block {
  readonly kind: string;
  readonly name: string;
  readonly line: number;
  readonly values: Map<string, { value: string; line: number }>;
}

const wordOf = (text: string): string =>
  /^"([^"]*)"|^(\S+)/
    .exec(text.trim())
    ?.slice(1)
    .find(each => each !== undefined) ?? '';

/** Blocks that begin with what they are and end at an empty line (mbsync(1), CONFIGURATION). */
const blocksOf = (text: string): readonly Block[] => {
  const out: Block[] = [{ kind: 'global', name: '', line: 0, values: new Map() }];
  let current: Block | undefined;
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    if (bare === '') current = undefined;
    if (bare === '' || bare.startsWith('#')) continue;
    const match = /^(\S+)\s*(.*)$/s.exec(bare);
    const key = (match?.[1] ?? '').toLowerCase();
    const value = match?.[2] ?? '';
    if (/^(?:imapaccount|imapstore|maildirstore|channel|group)$/.test(key)) {
      current = { kind: key, name: wordOf(value), line, values: new Map() };
      out.push(current);
    } else (current ?? out[0])?.values.set(key, { value, line });
  }
  return out;
};

/** `:store:box`, or `Store` of an older file. */
const storeOf = (value: string | undefined): string => {
  const word = wordOf(value ?? '');
  return word.startsWith(':') ? (word.split(':')[1] ?? '') : word;
};

export const mbsync: MailReader = {
  tool: 'mbsync',
  supplier: 'isync project',
  binaries: ['/usr/bin/mbsync', '/usr/local/bin/mbsync'],
  packages: ['isync'],
  system: ['/etc/mbsyncrc', '/etc/isyncrc'],
  home: ['.mbsyncrc', '.config/isyncrc'],
  fileOptions: ['-c', '--config'],
  read: text => {
    const blocks = blocksOf(text);
    const channels = blocks.filter(({ kind }) => kind === 'channel');
    const stores = blocks.filter(({ kind }) => kind === 'imapstore');
    const named = blocks.filter(({ kind }) => kind === 'imapaccount');
    if (channels.length + stores.length + named.length === 0) return undefined;
    const accounts = stores.flatMap((store): readonly Account[] => {
      const use = channels.filter(({ values }) =>
        ['far', 'near', 'master', 'slave'].some(
          side => storeOf(values.get(side)?.value) === store.name,
        ),
      );
      // An account that no channel names is never opened.
      if (use.length === 0) return [];
      const account = named.find(
        ({ name }) => name === wordOf(store.values.get('account')?.value ?? ''),
      );
      const get = (key: string) => store.values.get(key) ?? account?.values.get(key);
      const host = get('host');
      const tunnel = get('tunnel');
      const secret = get('pass');
      const syncs = use.map(({ values }) => (values.get('sync')?.value ?? 'all').toLowerCase());
      const writes = syncs.some(
        sync =>
          /all|push|full|flags|new|delete|upgrade|gone/.test(sync) && !/^\s*pull\s*$/.test(sync),
      );
      return [
        {
          host:
            host === undefined
              ? tunnel === undefined
                ? 'a server that the file does not name'
                : 'a server behind a tunnel'
              : wordOf(host.value),
          protocol: 'IMAP',
          line: host?.line ?? tunnel?.line ?? store.line,
          writes,
          ...(secret === undefined ? {} : { secretLine: secret.line }),
        },
      ];
    });
    return { accounts, settings: new Map() };
  },
  logs: (_, started, path) => [
    {
      question: 'who read what',
      emitted: 'off',
      why: 'mbsync prints how many messages it moved and writes down none of them',
      because: { path },
      remedy:
        '# no setting of mbsync logs messages: read it from the log of the IMAP server it talks to',
      sink:
        started.by === 'systemd' && started.unit !== undefined
          ? { to: 'journal', unit: started.unit }
          : { to: 'nowhere' },
    },
  ],
};
