import type { Endpoint } from '../../../core/access-event.ts';
import type { OpenThings } from '../../draft.ts';
import type { EventParts } from '../../reading.ts';

/** What a login said of its session; later lines of it name the session only. */
export interface Seen {
  readonly user: string | undefined;
  readonly from: Endpoint | undefined;
}

export type SeenSessions = OpenThings<Seen>;

/** What every line has. */
export type Base = Pick<EventParts, 'time' | 'component' | 'service' | 'pid'>;

const services: readonly (readonly [RegExp, string])[] = [
  [/^imap/, 'imap'],
  [/^pop3/, 'pop3'],
  [/^lmtp/, 'lmtp'],
  [/sieve/, 'sieve'],
  [/^nntp/, 'nntp'],
  [/^http|^jmap/, 'http'],
  [/^mupdate/, 'mupdate'],
  [/^sync/, 'sync'],
];

/** `imap` of `cyrus/imaps`. */
export const serviceOf = (program: string | undefined): string | undefined => {
  const name = program?.slice(program.lastIndexOf('/') + 1) ?? '';
  return services.find(([pattern]) => pattern.test(name))?.[1];
};
