import type { Platform } from '../platform.ts';
import { phpPanelReads, phpPanels } from './mail-admin/php-panels.ts';
import { pythonPanelReads, pythonPanels } from './mail-admin/python-panels.ts';

/** Web administration that creates mailboxes and sets their passwords. */
export const mailAdmin: Platform = {
  id: 'mail-admin',
  title: 'Administration of mailboxes',
  reads: [...phpPanelReads, ...pythonPanelReads],
  read: (files, packages) => ({
    components: [...phpPanels(files, packages), ...pythonPanels(files, packages)],
  }),
};
