import type { ComponentId } from '../../core/component.ts';
import { baseOf } from '../../core/paths.ts';
import type { Endpoint, Link } from '../platform.ts';
import type { ProgramUse } from './piped-programs.ts';

/** Where spamc(1) reaches spamd: `-d host -p port`, or `-U socket`. */
export const spamcTarget = (words: readonly string[]): Endpoint | undefined => {
  if (!/^spamc$/.test(baseOf(words[0] ?? ''))) return undefined;
  const after = (...names: readonly string[]): string | undefined => {
    for (let i = 1; i < words.length; i++) {
      const word = words[i] ?? '';
      for (const name of names) {
        if (word === name) return words[i + 1];
        if (name.startsWith('--') && word.startsWith(`${name}=`))
          return word.slice(name.length + 1);
        if (!name.startsWith('--') && word.startsWith(name)) return word.slice(name.length);
      }
      if (word === '-e') break;
    }
    return undefined;
  };
  const socket = after('-U', '--socket');
  if (socket?.startsWith('/') === true) return { net: 'unix', path: socket };
  const host = after('-d', '--dest')?.split(',')[0] ?? '127.0.0.1';
  const port = Number(after('-p', '--port') ?? 783);
  return Number.isInteger(port) && port > 0 && port < 65_536 && /^[\w.:-]{1,255}$/.test(host)
    ? { net: 'tcp', host, port }
    : undefined;
};

/** What spamc hands over goes on to SpamAssassin's daemon. */
export const spamcLinks = (from: ComponentId, uses: readonly ProgramUse[]): readonly Link[] =>
  uses.flatMap(({ path, args = [], because, reach, idle = false }): readonly Link[] => {
    const to = idle === true ? undefined : spamcTarget([path, ...args]);
    if (to === undefined) return [];
    const certainty = idle === null ? { isCertain: false } : {};
    return [{ from, to, as: 'spam-filter', name: 'spamd', reach, because, ...certainty }];
  });
