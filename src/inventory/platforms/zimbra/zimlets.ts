import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { readXmlFile, type XmlElement, xmlAll } from '../../../core/formats/xml.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';

/** A zimlet as it lies on the server. */
export interface Zimlet {
  readonly name: string;
  readonly version?: string;
  /** Unpacked where the server serves it from; else only its archive is there. */
  readonly deployed: boolean;
  readonly places: readonly Place[];
  readonly reach: readonly Reach[];
}

const deployedFolder = '/opt/zimbra/zimlets-deployed';
const archiveFolders = [
  '/opt/zimbra/zimlets',
  '/opt/zimbra/zimlets-network',
  '/opt/zimbra/zimlets-extra',
  '/opt/zimbra/zimlets-experimental',
] as const;
const zimletsMax = 1_000;
const bytesMax = 1 << 20;

export const zimletReads: readonly string[] = [
  `${deployedFolder}/*`,
  ...archiveFolders.map(folder => `${folder}/*.zip`),
];

const redeploy = 'Deploy the zimlet again.';

/** Hosts that the server's own proxy fetches from for this zimlet (zimlet developer guide). */
const allowedDomains = (root: XmlElement, path: string): readonly Reach[] =>
  xmlAll(root, 'property')
    .filter(
      property =>
        property.attributes.get('name') === 'allowedDomains' && property.text.trim() !== '',
    )
    .map(property => ({
      resource: 'stored-mail',
      mode: 'send',
      extent: `may send what it sees to ${property.text.trim().slice(0, 300)} through the server's proxy`,
      because: { path, line: property.line },
    }));

const deployedZimlet = (files: FileView, name: string): Zimlet => {
  const folder = `${deployedFolder}/${name}`;
  const path = `${folder}/${baseOf(name)}.xml`;
  const config = `${folder}/config_template.xml`;
  const root = readXmlFile(files, path, redeploy, bytesMax);
  const template = readXmlFile(files, config, redeploy, bytesMax);
  const version = root?.attributes.get('version') ?? template?.attributes.get('version');
  const because = {
    path: root === undefined ? folder : path,
    ...(root === undefined ? {} : { line: root.line }),
  };
  return {
    // One that is being developed may have the name of a deployed one.
    name: name.startsWith('_dev/') ? name : (root?.attributes.get('name') ?? name),
    ...(version === undefined || version === '' ? {} : { version }),
    deployed: true,
    places: [because],
    reach: [
      {
        resource: 'stored-mail',
        mode: 'read',
        extent:
          'all that a user sees in the web client, in the session of everybody who has it: its code runs there',
        because,
      },
      ...(template === undefined ? [] : allowedDomains(template, config)),
    ],
  };
};

/** Zimlets that are deployed, and archives that are not. */
export const zimletsOf = (files: FileView): readonly Zimlet[] => {
  const folders = files
    .list(deployedFolder)
    .filter(({ name, kind }) => kind === 'folder' && !name.startsWith('.') && name !== '_dev')
    .slice(0, zimletsMax)
    .map(({ name }) => deployedZimlet(files, name));
  const developed = files
    .list(`${deployedFolder}/_dev`)
    .filter(({ kind }) => kind === 'folder')
    .slice(0, zimletsMax)
    .map(({ name }) => deployedZimlet(files, `_dev/${name}`));
  const known = new Map([...folders, ...developed].map(zimlet => [zimlet.name, zimlet]));
  for (const path of archiveFolders
    .flatMap(folder => files.glob(`${folder}/*.zip`))
    .slice(0, zimletsMax)) {
    const name = baseOf(path).replace(/\.zip$/, '');
    const zimlet = known.get(name);
    known.set(
      name,
      zimlet === undefined
        ? { name, deployed: false, places: [{ path }], reach: [] }
        : { ...zimlet, places: [...zimlet.places, { path }] },
    );
  }
  return [...known.values()];
};
