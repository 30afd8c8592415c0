import type { EventKind } from '../../core/access-event.ts';

/** Kinds that tell that somebody was in a mailbox. What a server does with mail on its way is none of them. */
const entering: ReadonlySet<string> = new Set<EventKind>([
  'login',
  'login.impersonated',
  'mailbox.open',
  'message.read',
  'message.list',
  'message.change',
  'message.delete',
  'mailbox.sync',
  'mailbox.export',
  'search',
]);

/** Services that hand mail in or deliver it: who logs in there sees no mailbox. */
const handingIn: ReadonlySet<string> = new Set([
  'smtp',
  'submission',
  'submissions',
  'lmtp',
  'lda',
]);

export const isEntering = (kind: string): boolean => entering.has(kind);
export const isReading = (kind: string): boolean => kind === 'message.read';
export const isHandingIn = (service: string): boolean => handingIn.has(service);

/** What a browser or a mail program says of itself: a name and its version, of which there are many. */
const programPattern = /\/\d|\d\.\d/;

/**
 * The application as baselines know it: a program's versions are one program, so that an update makes none that was
 * never seen; ids of applications stay as they are.
 */
export const programOf = (app: string): string =>
  programPattern.test(app) ? app.replaceAll(/\d+(?:[._]\d+)*/g, '#') : app;

/** Whether people bring it with them, rather than that it was let in once. */
export const isProgram = (app: string): boolean => app.includes('#') || programPattern.test(app);
