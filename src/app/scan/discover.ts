import type { FileView } from '../../core/files.ts';
import type { MailLocation } from '../../core/mail-location.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { Wanted } from '../../exposure/mail-store.ts';
import { readTemplate } from '../../exposure/places/mailbox-template.ts';
import { openRoot } from '../../host/view.ts';
import { mailLocations } from '../../inventory/mail-locations.ts';

/** A folder of the inspected host that its mail servers keep mail in. */
export interface DiscoveredMail {
  readonly path: string;
  /** How paths in it name mailboxes; empty where the paths themselves have to tell. */
  readonly templates: readonly string[];
  /** Where within mail is to be looked for: a home holds other things too. */
  readonly wanted: (path: string) => Wanted;
  /** The settings that say so. */
  readonly because: readonly MailLocation[];
}

const isBelow = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

const wayTo = (asked: string, folder: string): Wanted =>
  isBelow(asked, folder) ? 'mail' : isBelow(folder, asked) ? 'way' : 'none';

const grouped = (path: string, locations: readonly MailLocation[]): DiscoveredMail => {
  const because = locations.filter(location => isBelow(location.path, path));
  const templates = because.flatMap(({ template }) => (template === undefined ? [] : [template]));
  const read = templates.map(readTemplate);
  const whole = because.filter(({ template }) => template === undefined);
  return {
    path,
    templates,
    because,
    wanted: asked => {
      const ways = [
        ...read.map(template => template.leadsTo(asked)),
        ...whole.map(location => wayTo(asked, location.path)),
      ];
      return ways.includes('mail') ? 'mail' : ways.includes('way') ? 'way' : 'none';
    },
  };
};

/** Folders that lie in none of the others. */
const uppermost = (locations: readonly MailLocation[]): readonly string[] => {
  const paths = [...new Set(locations.map(({ path }) => path))];
  return paths.filter(path => !paths.some(other => other !== path && isBelow(path, other)));
};

/** Servers whose settings lie where nobody starts them from are not looked for: a mail store is large. */
const withoutWalk = (view: FileView): FileView =>
  Object.assign(Object.create(view) as FileView, {
    glob: (pattern: string) => (pattern.startsWith('**/') ? [] : view.glob(pattern)),
    // What could be installed from where is much to read, and says nothing of where mail lies.
    list: (path: string) => (path.startsWith('/var/lib/apt/') ? [] : view.list(path)),
  });

/** Where the mail servers of a host keep mail, by their own settings; what could not be read of these is unseen. */
export const discoverMail = (
  root: string,
): { readonly places: readonly DiscoveredMail[]; readonly unseen: readonly Unseen[] } => {
  const view = openRoot(root);
  const locations = mailLocations(withoutWalk(view));
  return {
    places: uppermost(locations).map(path => grouped(path, locations)),
    unseen: view.unseen,
  };
};
