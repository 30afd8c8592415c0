import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { argv } from 'node:process';
import { DatabaseSync } from 'node:sqlite';

/**
 * Builds the root of an rpm-based host from a folder: `packages` says what is installed and offered,
 * `shipped/` holds the contents that matter of files in packages, `admin/` is copied over it all.
 *
 *   node test/hosts/rpm/build.ts FOLDER DIR
 *
 * Lines of `packages`:
 *
 *   database sqlite /var/lib/rpm              the form (sqlite, ndb, bdb) and the folder of rpm's database
 *   vendor epel Fedora Project                what stands behind a short name below
 *   postfix 2:3.5.25-1.el9 x86_64 alma appstream   name, version, architecture, vendor, repository or `-`
 *     /usr/sbin/postfix                       a file of the package above; `%config /x`, `/a -> /b` a link
 *   offer postfix 2:3.5.25-2.el9 x86_64 alma appstream   a build that the repository offers
 *   advisory ALSA-2026:1 security 2026-09-01 appstream postfix 2:3.5.25-2.el9 x86_64
 */
export interface RpmHost {
  readonly root: string;
  /** Folder of rpm's database, for `rpm --dbpath`: always in a form that this machine's rpm reads. */
  readonly database: string;
}

interface Build {
  readonly name: string;
  readonly evr: string;
  readonly arch: string;
  readonly vendor: string;
  readonly repository: string;
  readonly installed: boolean;
  readonly files: string[];
}

interface Advisory {
  readonly id: string;
  readonly kind: string;
  readonly issued: string;
  readonly repository: string;
  readonly name: string;
  readonly evr: string;
  readonly arch: string;
}

const run = (program: string, args: readonly string[], input?: string | Buffer): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr.toString('utf8')}`);
  return stdout.toString('utf8');
};

const partsOf = (evr: string): { epoch: string; version: string; release: string } => {
  const match = /^(?:(\d+):)?(.+)-([^-]+)$/.exec(evr);
  if (match === null) throw new Error(`${evr} is no version-release`);
  return { epoch: match[1] ?? '', version: match[2] ?? '', release: match[3] ?? '' };
};

const readList = (folder: string) => {
  const vendors = new Map<string, string>();
  const builds: Build[] = [];
  const advisories: Advisory[] = [];
  let database = { form: 'sqlite', folder: '/var/lib/rpm' };
  for (const line of readFileSync(join(folder, 'packages'), 'utf8').split('\n')) {
    const words = line.split(/\s+/).filter(word => word !== '');
    const [first = '', ...rest] = words;
    const [a = '', b = '', c = '', d = '', e = '', f = '', g = ''] = rest;
    if (first === '' || first.startsWith('#')) continue;
    if (/^\s/.test(line)) builds.at(-1)?.files.push(line.trim());
    else if (first === 'database') database = { form: a, folder: b };
    else if (first === 'vendor') vendors.set(a, rest.slice(1).join(' '));
    else if (first === 'advisory') {
      advisories.push({ id: a, kind: b, issued: c, repository: d, name: e, evr: f, arch: g });
    } else {
      const installed = first !== 'offer';
      const [name, evr, arch, vendor, repository] = installed
        ? [first, a, b, c, d]
        : [a, b, c, d, e];
      builds.push({
        name,
        evr,
        arch,
        vendor: vendors.get(vendor) ?? vendor,
        repository,
        installed,
        files: [],
      });
    }
  }
  return { builds, advisories, database };
};

/** Lays the files of a package below `stage`, with the contents that `shipped/` has for them. */
const stageFiles = (shipped: string, stage: string, files: readonly string[]): void => {
  for (const each of files) {
    const [path = '', target] = each.replace(/^%\S+ /, '').split(' -> ');
    const to = join(stage, path);
    if (path.endsWith('/')) {
      mkdirSync(to, { recursive: true });
      continue;
    }
    mkdirSync(dirname(to), { recursive: true });
    const from = join(shipped, path);
    if (target !== undefined) symlinkSync(target, to);
    else if (existsSync(from)) cpSync(from, to);
    else
      writeFileSync(to, /\/s?bin\/|\/libexec\//.test(path) ? '\u007fELF\n' : '', { mode: 0o755 });
  }
};

const specOf = ({ name, evr, vendor, files }: Build, stage: string): string => {
  const { epoch, version, release } = partsOf(evr);
  return [
    `Name: ${name}`,
    `Version: ${version}`,
    `Release: ${release}`,
    ...(epoch === '' ? [] : [`Epoch: ${epoch}`]),
    ...(vendor === '-' ? [] : [`Vendor: ${vendor}`]),
    'Summary: Small stand-in',
    'License: none',
    'AutoReqProv: no',
    '%description',
    'Small.',
    '%install',
    `cp -a ${stage}/. %{buildroot}/`,
    '%files',
    ...files.map(each => {
      const path = each.split(' -> ')[0] ?? '';
      return path.endsWith('/') ? `%dir ${path.replace(/\/$/, '')}` : path;
    }),
  ].join('\n');
};

const makeRpm = (build: Build, scratch: string, stage: string): string => {
  const top = mkdtempSync(join(scratch, 'build-'));
  const spec = join(top, 'one.spec');
  writeFileSync(spec, specOf(build, stage));
  run('rpmbuild', [
    '-bb',
    '--quiet',
    '--target',
    `${build.arch}-linux`,
    ...[
      '_topdir ' + top,
      '__os_install_post %{nil}',
      '_binary_payload w1.gzdio',
      'debug_package %{nil}',
      '_build_id_links none',
    ].flatMap(define => ['--define', define]),
    spec,
  ]);
  const [file = ''] = readdirSync(join(top, 'RPMS', build.arch));
  return join(top, 'RPMS', build.arch, file);
};

/** The index of one repository as dnf caches it: made by createrepo_c, advisories beside it. */
const cacheRepository = (
  root: string,
  scratch: string,
  id: string,
  rpms: readonly string[],
  advisories: readonly Advisory[],
): void => {
  const folder = join(scratch, 'repositories', id);
  mkdirSync(folder, { recursive: true });
  for (const rpm of rpms) cpSync(rpm, join(folder, basename(rpm)));
  run('createrepo_c', ['-q', folder]);
  if (advisories.length > 0) {
    const updates = advisories.map(({ id: name, kind, issued, name: of, evr, arch }) => {
      const { epoch, version, release } = partsOf(evr);
      return `<update from="x" status="final" type="${kind}" version="1"><id>${name}</id><title>t</title><issued date="${issued} 08:00:00"/><pkglist><collection short="c"><name>c</name><package name="${of}" version="${version}" release="${release}" epoch="${epoch || '0'}" arch="${arch}" src="x"><filename>x.rpm</filename></package></collection></pkglist></update>`;
    });
    const xml = join(scratch, `${id}.xml`);
    writeFileSync(xml, `<?xml version="1.0"?><updates>${updates.join('')}</updates>`);
    run('modifyrepo_c', ['--mdtype=updateinfo', xml, join(folder, 'repodata')]);
  }
  const dnf5 = existsSync(join(root, 'usr/bin/dnf5'));
  const zypp = existsSync(join(root, 'usr/lib/postfix/bin'));
  const cache = join(
    root,
    zypp
      ? `var/cache/zypp/raw/${id}`
      : `var/cache/${dnf5 ? 'libdnf5' : 'dnf'}/${id}-0123456789abcdef`,
  );
  mkdirSync(cache, { recursive: true });
  cpSync(join(folder, 'repodata'), join(cache, 'repodata'), { recursive: true });
};

/** Headers of a database in SQLite, each with its number. */
const headersIn = (database: string): readonly (readonly [number: number, header: Buffer])[] => {
  const open = new DatabaseSync(join(database, 'rpmdb.sqlite'), { readOnly: true });
  const rows = open.prepare('select hnum, blob from Packages').all();
  open.close();
  return rows.flatMap(({ hnum, blob }) =>
    typeof hnum === 'number' && blob instanceof Uint8Array ? [[hnum, Buffer.from(blob)]] : [],
  );
};

const uint32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
};

/** rpm of today writes no Berkeley DB: its headers are loaded into one by Berkeley DB's own tool. */
const toBerkeley = (database: string, to: string): void => {
  const rows = headersIn(database).map(
    ([number, header]) => ` ${uint32(number).toString('hex')}\n ${header.toString('hex')}\n`,
  );
  const head =
    'VERSION=3\nformat=bytevalue\ntype=hash\nh_nelem=200\ndb_pagesize=4096\nHEADER=END\n';
  mkdirSync(to, { recursive: true });
  run('db5.3_load', [join(to, 'Packages')], `${head}${rows.join('')}DATA=END\n`);
};

/** SUSE's form, which Debian's rpm is built without: slots of 16 bytes, then blobs. */
const toNdb = (database: string, to: string): void => {
  const rows = headersIn(database);
  const pages = Math.ceil((rows.length + 2) / 256);
  const slots: Buffer[] = [];
  const blobs: Buffer[] = [];
  let at = (pages * 4096) / 16;
  for (const [number, header] of rows) {
    const blocks = Math.ceil((16 + header.length + 12) / 16);
    const blob = Buffer.alloc(blocks * 16);
    Buffer.concat([Buffer.from('BlbS'), uint32(number), uint32(1), uint32(header.length)]).copy(
      blob,
    );
    header.copy(blob, 16);
    Buffer.concat([uint32(0), uint32(header.length), Buffer.from('BlbE')]).copy(
      blob,
      blob.length - 12,
    );
    slots.push(Buffer.from('Slot'), uint32(number), uint32(at), uint32(blocks));
    blobs.push(blob);
    at += blocks;
  }
  for (let i = rows.length; i < pages * 256 - 2; i++) {
    slots.push(Buffer.from('Slot'), Buffer.alloc(12));
  }
  const head = [
    Buffer.from('RpmP'),
    ...[0, 1, pages, rows.length + 1].map(uint32),
    Buffer.alloc(12),
  ];
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'Packages.db'), Buffer.concat([...head, ...slots, ...blobs]));
};

export const buildRpmHost = (folder: string, root: string): RpmHost => {
  const { builds, advisories, database } = readList(folder);
  // Beside the root, for whoever made its folder to remove with it.
  const scratch = `${root}.build`;
  mkdirSync(scratch, { recursive: true });
  const shipped = join(folder, 'shipped');
  mkdirSync(root, { recursive: true });
  const byRepository = new Map<string, string[]>();
  const installed: string[] = [];
  for (const [i, build] of builds.entries()) {
    const stage = join(scratch, `stage-${i}`);
    mkdirSync(stage, { recursive: true });
    stageFiles(shipped, stage, build.files);
    const rpm = makeRpm(build, scratch, stage);
    if (build.repository !== '-') {
      byRepository.set(build.repository, [...(byRepository.get(build.repository) ?? []), rpm]);
    }
    if (!build.installed) continue;
    cpSync(stage, root, { recursive: true, verbatimSymlinks: true });
    installed.push(rpm);
  }
  const place = join(root, database.folder);
  const written = database.form === 'sqlite' ? place : join(scratch, 'rpmdb');
  mkdirSync(written, { recursive: true });
  run('rpm', [
    '--dbpath',
    written,
    '--define',
    '_db_backend sqlite',
    '-i',
    '--justdb',
    '--nodeps',
    '--noscripts',
    '--ignorearch',
    '--ignoreos',
    '--nosignature',
    ...installed,
  ]);
  if (database.form === 'bdb') toBerkeley(written, place);
  if (database.form === 'ndb') toNdb(written, place);
  for (const [id, rpms] of byRepository) {
    cacheRepository(
      root,
      scratch,
      id,
      rpms,
      advisories.filter(({ repository }) => repository === id),
    );
  }
  const admin = join(folder, 'admin');
  if (existsSync(admin)) {
    cpSync(admin, root, { recursive: true, verbatimSymlinks: true });
  }
  return { root, database: written };
};

const [, self = '', from, to] = argv;
if (basename(self) === 'build.ts' && from !== undefined && to !== undefined) {
  buildRpmHost(from, to);
}
