import type { OwnRotation } from '../../core/access-log.ts';

const nothing = (why: string): OwnRotation => ({ why, removes: { is: 'nothing' } });

const appends = (program: string): OwnRotation =>
  nothing(`${program} only appends to its log and rotates nothing itself`);

/**
 * Platforms whose programs, and the web servers before them, only append to the file that they are
 * given and open it anew when they are told to.
 */
const appending: ReadonlyMap<string, OwnRotation> = new Map([
  ['amavis', appends('amavisd')],
  ['dovecot', appends('Dovecot')],
  ['maildrop', appends('maildrop')],
  ['mailman', appends('Mailman')],
  ['mailman2', appends('Mailman')],
  [
    'postfix',
    nothing(
      'Postfix renames its log only when somebody calls `postfix logrotate`, and removes none',
    ),
  ],
  ['roundcube', appends('Roundcube')],
  ['rspamd', appends('Rspamd')],
  ['sogo', appends('SOGo')],
  ['spamassassin', appends('spamd')],
  ['web-front', appends('the web server')],
]);

/** What is known of a platform whose settings say nothing of rotation. */
export const ownRotationOf = (platform: string): OwnRotation | undefined => appending.get(platform);
