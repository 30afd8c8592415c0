import type { ComponentId, Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';
import { isAnyAddress, isLoopback } from '../joining/endpoint.ts';
import type { Endpoint, Link } from '../platform.ts';
import { ownNames } from './own-names.ts';

/** A mail server as a webmail's setting names it: `ssl://imap.example.jp:993`, `localhost`, `%d`. */
export interface MailServer {
  /** As people read it. */
  readonly shown: string;
  /** Absent when the name holds variables or is not decided. */
  readonly endpoint?: Endpoint;
  readonly because: Place;
  /** Why it may be another one. */
  readonly maybe?: string;
}

/** What an IMAP server on another host is given; of one on this host its own platform knows. */
const handedOver = (because: Place): readonly Reach[] => [
  {
    resource: 'credentials',
    mode: 'read',
    extent: 'the name and mail password of everybody who logs in to the webmail',
    because,
  },
  {
    resource: 'stored-mail',
    mode: 'admin',
    extent: 'the mailbox of everybody who logs in to the webmail: it keeps them',
    because,
  },
];

/**
 * Links from a webmail to the servers that it logs its users in to. An IMAP server on another host
 * becomes a component of its own; to a server on this host they say who talks to it, and where that
 * is set.
 */
export const clientLinks = (
  files: FileView,
  from: ComponentId,
  as: 'imap' | 'mta',
  servers: readonly MailServer[],
): readonly Link[] => {
  const own = ownNames(files);
  return servers
    .filter(({ maybe }) => maybe === undefined)
    .flatMap(({ endpoint, because }): readonly Link[] => {
      if (endpoint === undefined) return [];
      const isHere =
        endpoint.net === 'unix' ||
        isLoopback(endpoint.host) ||
        isAnyAddress(endpoint.host) ||
        own.has(endpoint.host.toLowerCase());
      if (!isHere && as !== 'imap') return [];
      const to: Endpoint =
        isHere && endpoint.net === 'tcp' ? { ...endpoint, host: 'localhost' } : endpoint;
      const reach = isHere ? [] : handedOver(because);
      return [{ from, to, as, reach, because, isClient: true }];
    });
};
