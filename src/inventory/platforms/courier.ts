import { courierReads } from '../courier-suite/layout.ts';
import type { Platform } from '../platform.ts';
import { authReads, readAuth } from './courier/auth.ts';
import { filterReads } from './courier/filters.ts';
import { readMailboxDaemons } from './courier/mailboxes.ts';
import { readMta } from './courier/mta.ts';
import { readServices, serviceReads } from './courier/services.ts';

/**
 * The Courier suite: mail server, IMAP and POP3 servers, authentication, webmail and what is plugged
 * into them. Each is a package of its own and may be there without the others.
 */
export const courier: Platform = {
  id: 'courier',
  title: 'Courier',
  reads: [...courierReads, ...authReads, ...filterReads, ...serviceReads],
  read: (files, packages) => {
    const mta = readMta(files, packages);
    const mailboxes = readMailboxDaemons(files, packages);
    const components = [
      ...mta.components,
      ...mailboxes.components,
      ...readAuth(files, packages),
      ...readServices(files, packages),
    ];
    const ids = new Set(components.map(({ id }) => id));
    return {
      // Without the mail server there is nothing that its extensions are part of.
      components: components.map(component => {
        const { partOf, ...rest } = component;
        return partOf === undefined || ids.has(partOf) ? component : rest;
      }),
      listeners: [...(mta.listeners ?? []), ...(mailboxes.listeners ?? [])],
      links: mta.links ?? [],
    };
  },
};
