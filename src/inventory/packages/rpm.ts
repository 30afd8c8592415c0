import { messageOf } from '../../core/errors.ts';
import type { FileView } from '../../core/files.ts';
import type { Distribution, InstalledPackage } from '../../core/packages.ts';
import { purlOf } from '../../core/purl.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';
import { type RpmHeader, readRpmHeader, rpmTags } from './rpm/header.ts';
import { rpmNamespace, rpmOrigin } from './rpm/origin.ts';
import { type Ownership, openOwnership } from './rpm/ownership.ts';
import { findStore, strangeStore } from './rpm/stores.ts';

const packagesMax = 50_000;

/** `postfix-3.5.25-1.el9.src.rpm`: name and version of the source package. */
const sourceOf = (file: string | undefined): { name: string; version: string } | undefined => {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file ?? '');
  return match === null ? undefined : { name: match[1] ?? '', version: match[2] ?? '' };
};

const stampOf = (seconds: number | undefined): string | undefined =>
  seconds === undefined || seconds === 0 ? undefined : new Date(seconds * 1000).toISOString();

/** What rpmbuild lets into a name and into a version or release; anything else is damage. */
const isName = (name: string): boolean => /^[A-Za-z0-9_][\w.+-]{0,199}$/.test(name);
const isVersion = (version: string): boolean => /^[\w.+~^]{1,200}$/.test(version);

const packageOf = (header: RpmHeader, distribution: Distribution): InstalledPackage | undefined => {
  const name = header.text(rpmTags.name);
  const number = header.text(rpmTags.version);
  const release = header.text(rpmTags.release);
  if (name === undefined || number === undefined || release === undefined) return undefined;
  if (!isName(name) || !isVersion(number) || !isVersion(release)) return undefined;
  const [epoch] = header.numbers(rpmTags.epoch);
  const version = `${epoch === undefined || epoch === 0 ? '' : `${epoch}:`}${number}-${release}`;
  const maker = rpmOrigin(header.text(rpmTags.vendor), header.text(rpmTags.packager), distribution);
  const arch = header.text(rpmTags.arch);
  const source = sourceOf(header.text(rpmTags.sourceRpm));
  const description = header.text(rpmTags.summary);
  const installed = stampOf(header.numbers(rpmTags.installTime)[0]);
  const built = stampOf(header.numbers(rpmTags.buildTime)[0]);
  const { id, versionId } = distribution;
  return {
    ecosystem: 'rpm',
    name,
    version,
    ...(source === undefined || (source.name === name && source.version === `${number}-${release}`)
      ? {}
      : { source }),
    ...(arch === undefined ? {} : { arch }),
    supplier: maker.supplier,
    origin: maker.origin,
    originWhy: maker.why,
    purl: purlOf({
      type: 'rpm',
      ...(maker.origin === 'distribution'
        ? { namespace: rpmNamespace(maker.supplier, distribution) }
        : {}),
      name,
      version: `${number}-${release}`,
      qualifiers: {
        arch,
        distro: id === '' ? '' : `${id}-${versionId}`,
        epoch: epoch === undefined || epoch === 0 ? '' : String(epoch),
      },
    }),
    ...(description === undefined ? {} : { description }),
    ...(installed === undefined ? {} : { installed }),
    ...(built === undefined ? {} : { built }),
  };
};

const read = (files: FileView, distribution: Distribution): PackageReading => {
  const store = findStore(files);
  if (store === undefined) {
    const strange = strangeStore(files);
    if (strange !== undefined) {
      files.note({
        what: strange,
        why: 'holds files of rpm, but no database in a form that is known: no rpm package was seen',
        how: 'Rebuild it in its present form (rpmdb --rebuilddb) and run Postern again.',
      });
    }
    return {
      packages: [],
      ...(strange === undefined
        ? {}
        : { doubt: `the rpm database in ${strange} has no known form` }),
    };
  }
  let isDamaged = false;
  const damaged = (why: string): void => {
    isDamaged = true;
    files.note({
      what: store.path,
      why: `the rpm database could not be read whole: ${why}`,
      how: 'Check it with rpmdb --verifydb, mend it with rpmdb --rebuilddb, and run Postern again.',
    });
  };

  /** Goes over every header, and ends with what it had when the database turns out to be damaged. */
  function* headers(): Iterable<RpmHeader> {
    let count = 0;
    try {
      for (const blob of store?.headers() ?? []) {
        count += 1;
        if (count > packagesMax) return damaged(`it holds more than ${packagesMax} packages`);
        const header = readRpmHeader(blob);
        if (header === undefined) damaged(`header ${count} is broken`);
        else yield header;
      }
    } catch (thrown) {
      damaged(messageOf(thrown));
    }
  }

  const packages: InstalledPackage[] = [];
  for (const header of headers()) {
    const found = packageOf(header, distribution);
    if (found === undefined) damaged('a header names no package, or no version of it');
    // Imported signing keys are kept among the packages.
    else if (found.name !== 'gpg-pubkey') packages.push(found);
  }
  let ownership: Ownership | undefined;
  const owned = (): Ownership => (ownership ??= openOwnership(headers()));
  return {
    packages,
    ...(isDamaged ? { doubt: `the rpm database ${store.path} could not be read whole` } : {}),
    ownerOf: path => owned().ownerOf(path),
    filesOf: name => owned().filesOf(name),
  };
};

/** rpm's database in its three forms: sqlite, ndb (SUSE) and Berkeley DB (RHEL 8 and older). */
export const rpm: PackageSource = {
  id: 'rpm',
  title: 'rpm',
  scope: 'system',
  reads: [
    '/var/lib/rpm/rpmdb.sqlite',
    '/var/lib/rpm/Packages.db',
    '/var/lib/rpm/Packages',
    '/usr/lib/sysimage/rpm/rpmdb.sqlite',
    '/usr/lib/sysimage/rpm/Packages.db',
    '/usr/lib/sysimage/rpm/Packages',
    '/usr/share/rpm/rpmdb.sqlite',
  ],
  read,
};
