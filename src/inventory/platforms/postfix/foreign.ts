import type { FileView } from '../../../core/files.ts';
import { baseOf } from '../../../core/paths.ts';
import { rootReach } from '../../daemons/daemon.ts';
import type { Plugs } from './calls.ts';
import type { Instance } from './instance.ts';

/** Postfix's own daemons, of every version (master(5), `daemon_directory`). */
const own: ReadonlySet<string> = new Set(
  `
  anvil bounce cleanup discard dnsblog error flush lmtp local nbdb_reindexd nqmgr oqmgr pickup pipe
  postlogd postscreen proxymap qmgr qmqpd scache showq smtp smtpd spawn tlsmgr tlsproxy
  trivial-rewrite verify virtual
  `
    .trim()
    .split(/\s+/),
);

const folders = [
  '/usr/lib/postfix/sbin',
  '/usr/libexec/postfix',
  '/usr/lib/postfix',
  '/usr/local/libexec/postfix',
] as const;

/** Programs of others that master(8) itself starts: what they do with the connection is theirs. */
export const collectForeign = (files: FileView, instance: Instance, plugs: Plugs): void => {
  const owner = instance.params.get('mail_owner');
  const set = instance.params.get('daemon_directory').text;
  for (const service of instance.services) {
    const { command } = service;
    if (own.has(baseOf(command))) continue;
    const path = command.startsWith('/')
      ? command
      : ([set, ...folders]
          .filter(folder => folder.startsWith('/'))
          .map(folder => `${folder}/${command}`)
          .find(each => files.stat(each)?.kind === 'file') ?? command);
    const user = service.unprivileged
      ? { user: owner.text, because: owner.at }
      : { user: 'root', because: service.at };
    plugs.programs.push({
      words: [path],
      kind: 'content-filter',
      user,
      places: [service.at],
      reach: rootReach(user),
      enabled: true,
    });
  }
};
