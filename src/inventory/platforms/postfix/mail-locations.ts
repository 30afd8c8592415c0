import type { FileView } from '../../../core/files.ts';
import type { MailLocation } from '../../../core/mail-location.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { findDaemon } from '../../daemons/daemon.ts';
import { homeTemplates, locationAt } from '../../mail-template.ts';
import { configReads, findHomes } from './found.ts';
import { type Instance, readInstance } from './instance.ts';

const names = {
  programs: ['postfix'],
  packages: ['postfix', 'postfix3', 'postfix-lts'],
  units: ['postfix', 'postfix@-'],
  configuration: configReads,
};

/** A slash at the end makes it a Maildir (local(8), virtual(8)). */
const kindOf = (text: string): 'maildir' | 'mbox' => (text.endsWith('/') ? 'maildir' : 'mbox');

const locationsOf = (
  files: FileView,
  { params }: Instance,
): readonly (MailLocation | undefined)[] => {
  const out: (MailLocation | undefined)[] = [];
  const takenOver = ['mailbox_command', 'mailbox_transport'].some(
    name => params.get(name).text !== '',
  );
  const home = params.get('home_mailbox');
  const spool = params.get('mail_spool_directory');
  if (!takenOver && home.text !== '') {
    for (const template of homeTemplates(files.text('/etc/passwd') ?? '')) {
      out.push(locationAt(kindOf(home.text), `${template}/${home.text}`, home.at));
    }
  } else if (!takenOver && spool.text !== '') {
    out.push(locationAt(kindOf(spool.text), `${spool.text}/%n`, spool.at));
  }
  const base = params.get('virtual_mailbox_base');
  // Where each mailbox lies in it stands in tables; mostly by domain and name.
  if (params.get('virtual_mailbox_maps').text !== '' && base.text.startsWith('/')) {
    out.push(locationAt('unknown', base.text, base.at));
  }
  return out;
};

/** Mailboxes that Postfix's own agents write: postconf(5), home_mailbox, mail_spool_directory, virtual_mailbox_base. */
export const postfixLocations = (
  files: FileView,
  packages: PackageIndex,
): readonly MailLocation[] => {
  const daemon = findDaemon(files, packages, names);
  return findHomes(files, daemon)
    .filter(({ enabled }) => enabled !== false)
    .flatMap(({ folder }) => locationsOf(files, readInstance(files, 'postfix', folder, '')))
    .filter(location => location !== undefined);
};
