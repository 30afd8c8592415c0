import type { AccessEvent } from '../../../core/access-event.ts';
import { quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Teller, tell, withWords } from './told.ts';

type Kind = 'account.changed' | 'password.changed' | 'permission.changed';

interface Shape {
  readonly pattern: RegExp;
  readonly kind: Kind;
  /** What was done; the first group is the account. */
  readonly operation: string;
  readonly outcome?: AccessEvent['outcome'];
  /** Names of the groups behind the first. */
  readonly names?: readonly string[];
}

const name = String.raw`['"]?([^\s'",]{1,256})['"]?`;

/** shadow(5)'s programs and those of Debian's adduser. */
const shapes: readonly Shape[] = [
  {
    pattern: new RegExp(
      String.raw`^new user: name=${name}, UID=(\d+), GID=(\d+), home=([^,]*), shell=([^,]*)`,
    ),
    kind: 'account.changed',
    operation: 'create',
    names: ['uid', 'gid', 'home', 'shell'],
  },
  { pattern: new RegExp(`^delete user ${name}`), kind: 'account.changed', operation: 'delete' },
  {
    pattern: new RegExp(`^failed adding user ${name}`),
    kind: 'account.changed',
    operation: 'create',
    outcome: 'failure',
  },
  {
    pattern: new RegExp(`^change user ${name} password`),
    kind: 'password.changed',
    operation: 'change',
  },
  {
    pattern: new RegExp(`^lock user ${name} password`),
    kind: 'account.changed',
    operation: 'lock',
  },
  {
    pattern: new RegExp(`^unlock user ${name} password`),
    kind: 'account.changed',
    operation: 'unlock',
  },
  {
    pattern: new RegExp(`^change user ${name} (\\w{1,40}) from ${name} to ${name}`),
    kind: 'account.changed',
    operation: 'change',
    names: ['what', 'from', 'to'],
  },
  {
    pattern: new RegExp(`^add ${name} to group ${name}`),
    kind: 'permission.changed',
    operation: 'add',
    names: ['group'],
  },
  {
    pattern: new RegExp(`^delete ${name} from group ${name}`),
    kind: 'permission.changed',
    operation: 'remove',
    names: ['group'],
  },
  {
    pattern: new RegExp(`^user ${name} added by \\S{1,256} to group ${name}`),
    kind: 'permission.changed',
    operation: 'add',
    names: ['group'],
  },
  {
    pattern: new RegExp(`^user ${name} removed by \\S{1,256} from group ${name}`),
    kind: 'permission.changed',
    operation: 'remove',
    names: ['group'],
  },
  {
    pattern: new RegExp(`^changed password expiry for ${name}`),
    kind: 'account.changed',
    operation: 'change password expiry',
  },
];

/** useradd(8), usermod(8), userdel(8), gpasswd(1), chage(1). */
export const accounts: Teller = (message, envelope, context) => {
  for (const { pattern, kind, operation, outcome, names = [] } of shapes) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const event = tell(
      kind,
      outcome ?? 'success',
      printable(envelope.program ?? 'shadow'),
      envelope,
      context,
    );
    event.user = { name: printable(match[1] ?? '') };
    const change: Record<string, string> = { operation };
    for (const [i, each] of names.entries()) {
      const value = match[i + 2];
      if (value !== undefined) change[each] = printable(value);
    }
    event.change = change;
    if (outcome === 'failure') withWords(event, message);
    return { event };
  }
  return quiet('accounts');
};
