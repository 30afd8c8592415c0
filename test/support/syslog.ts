import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Destination } from '../../src/logs/keeping/destination.ts';
import { type Message, severities } from '../../src/logs/keeping/severities.ts';

/** Facility and program of what is sent; each goes out at every severity. */
const senders = [
  ['mail', 'dovecot'],
  ['mail', 'postfix/smtpd'],
  ['daemon', 'spamd'],
  ['local3', 'wwsympa'],
] as const;

export const canSend: boolean = spawnSync('logger', ['--version']).error === undefined;

/** Starts a syslog daemon, sends every line to its socket, waits, and ends the daemon. */
export const sendThrough = async (
  program: string,
  args: readonly string[],
  socket: string,
): Promise<void> => {
  const daemon = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise(done => daemon.once('exit', done));
  for (let i = 0; i < 100 && !existsSync(socket); i++) await sleep(50);
  for (const [facility, tag] of senders) {
    for (const severity of severities) {
      const text = `sent ${facility} ${tag} ${severity} end`;
      spawnSync('logger', ['-u', socket, '-p', `${facility}.${severity}`, '-t', tag, text]);
    }
  }
  await sleep(300);
  daemon.kill('SIGTERM');
  await ended;
};

/** What arrived in files of a folder: `mail: mail dovecot info`. */
export const arrived = (root: string, names: Iterable<string>): readonly string[] =>
  [...new Set(names)]
    .filter(name => existsSync(`${root}/${name}`))
    .flatMap(name =>
      [...readFileSync(`${root}/${name}`, 'utf8').matchAll(/sent (\S+ \S+ \S+) end/g)].map(
        match => `${name}: ${match[1] ?? ''}`,
      ),
    )
    .filter((line, i, all) => all.indexOf(line) === i)
    .sort();

/** The same, as the settings are understood; `open` names what is left open. */
export const foretold = (
  root: string,
  destinationsOf: (message: Message) => readonly Destination[],
): { readonly lines: readonly string[]; readonly open: readonly string[] } => {
  const lines = new Set<string>();
  const open: string[] = [];
  for (const [facility, program] of senders) {
    for (const { name, sure, may } of destinationsOf({ facility, program })) {
      if (sure !== may) open.push(name);
      for (const [i, severity] of severities.entries()) {
        if ((sure & (1 << i)) === 0) continue;
        lines.add(`${name.slice(root.length + 1)}: ${facility} ${program} ${severity}`);
      }
    }
  }
  return { lines: [...lines].sort(), open };
};
