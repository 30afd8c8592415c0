import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sample: string = fileURLToPath(new URL('../sample/root', import.meta.url));

/** How large the made host is: the figures that issue and README quote. */
export const hostSize = {
  packages: 800,
  filesPerPackage: 90,
  /** What a Debian main list offers, in packages: about 50 MB. */
  offered: 63_000,
} as const;

const stanza = (name: string, version: string): string =>
  [
    `Package: ${name}`,
    'Status: install ok installed',
    'Priority: optional',
    'Section: libs',
    'Maintainer: Invented Team <team@packages.debian.org>',
    'Architecture: amd64',
    `Version: ${version}`,
    'Depends: libc6 (>= 2.34), libinvented (>= 1.0), libothers (>= 2.0~)',
    `Description: made up for a measurement`,
    ' Nothing of this package exists; its paragraph is as long as a real one so that reading',
    ' the database costs what it costs on a host. Several lines of description follow, as in',
    ' most packages.',
    '',
    '',
  ].join('\n');

/**
 * Makes a host to measure on below `folder`: the sample estate, with generated packages around it.
 * Everything generated says so.
 */
export const makeHost = (folder: string): void => {
  cpSync(sample, folder, { recursive: true });
  const statusPath = `${folder}/var/lib/dpkg/status`;
  const status = readFileSync(statusPath, 'utf8');
  const present = status.split('\nPackage: ').length;
  const added: string[] = [];
  for (let i = present; i < hostSize.packages; i++) {
    const name = `libinvented${i}`;
    added.push(stanza(name, `1.${i}-1`));
    const below = `/usr/share/${name}`;
    const files = Array.from({ length: hostSize.filesPerPackage }, (_, k) => `${below}/file-${k}`);
    writeFileSync(
      `${folder}/var/lib/dpkg/info/${name}.list`,
      ['/.', '/usr', '/usr/share', below, ...files, ''].join('\n'),
    );
    mkdirSync(folder + below, { recursive: true });
    for (const file of files) writeFileSync(folder + file, '');
  }
  writeFileSync(statusPath, `${status}\n${added.join('')}`);
  const list = `${folder}/var/lib/apt/lists/mirror.example.jp_debian_dists_bookworm_main_binary-amd64_Packages`;
  const offered = Array.from({ length: hostSize.offered }, (_, i) =>
    stanza(`offered${i}`, `2.${i}-1`).replace('Status: install ok installed\n', ''),
  );
  writeFileSync(list, `${readFileSync(list, 'utf8')}${offered.join('')}`);
};
