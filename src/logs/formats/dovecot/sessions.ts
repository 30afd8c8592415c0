import type { Endpoint } from '../../../core/access-event.ts';
import type { OpenThings } from '../../draft.ts';

/** What a login line said of a session; its later lines name the session only. */
interface Session {
  readonly user: string | undefined;
  /** The master user, where the login line had one. */
  readonly actor: string | undefined;
  readonly from: Endpoint | undefined;
  readonly tls: boolean | undefined;
}

export type Sessions = OpenThings<Session>;
