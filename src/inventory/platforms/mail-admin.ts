import type { Platform } from '../platform.ts';
import { hostPanelReads, hostPanels } from './mail-admin/host-panels.ts';
import { modoboaListeners, modoboaReads, modoboas } from './mail-admin/modoboa.ts';
import { phpPanelReads, phpPanels } from './mail-admin/php-panels.ts';
import { pythonPanelReads, pythonPanels } from './mail-admin/python-panels.ts';

/** Web administration that creates mailboxes and sets their passwords. */
export const mailAdmin: Platform = {
  id: 'mail-admin',
  title: 'Administration of mailboxes',
  reads: [...phpPanelReads, ...pythonPanelReads, ...modoboaReads, ...hostPanelReads],
  read: (files, packages) => ({
    components: [
      ...phpPanels(files, packages),
      ...pythonPanels(files, packages),
      ...modoboas(files, packages),
      ...hostPanels(files, packages),
    ],
    listeners: modoboaListeners(files),
  }),
};
