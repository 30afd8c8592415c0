import { type Component, componentId } from '../../../core/component.ts';
import { findDaemon } from '../../daemons/daemon.ts';
import { daemonComponent } from '../../daemons/daemon-component.ts';
import { identify } from '../../identify.ts';
import type { Listener } from '../../platform.ts';
import { type Exim, partOf } from './context.ts';
import type { LocalScan } from './scanners.ts';

const greylistdNames = {
  programs: ['greylistd'],
  packages: ['greylistd'],
  units: ['greylistd'],
  configuration: [],
};
const greylistdConfig = '/etc/greylistd/config';
const scanLibrary = '/usr/lib/exim4/local_scan/sa-exim.so';

/** greylistd(8): tells Exim whether to take a message now; listens on a socket of its own. */
const greylistd = (
  exim: Exim,
): { readonly component: Component; readonly listeners: readonly Listener[] } | undefined => {
  const { files, packages } = exim;
  const daemon = findDaemon(files, packages, greylistdNames);
  if (daemon === undefined) return undefined;
  const text =
    files.stat(greylistdConfig)?.kind === 'file' ? (files.text(greylistdConfig) ?? '') : '';
  const lines = text.split('\n');
  const section = lines.findIndex(line => /^\s*\[socket\]/i.test(line));
  const line =
    section < 0 ? -1 : lines.findIndex((each, i) => i > section && /^\s*path\s*=/.test(each));
  const path = /=\s*(\/\S+)/.exec(lines[line] ?? '')?.[1] ?? '/var/run/greylistd/socket';
  const because = {
    path: text === '' ? (daemon.binary ?? greylistdConfig) : greylistdConfig,
    ...(line < 0 ? {} : { line: line + 1 }),
  };
  return daemonComponent(packages, {
    id: 'greylistd',
    name: 'greylistd',
    platform: 'exim',
    kind: 'policy-service',
    daemon,
    packages: ['greylistd'],
    supplier: 'Tor Slettnes',
    foundAt: [because],
    listening: [{ endpoint: { net: 'unix', path }, because }],
    userOtherwise: 'greylist',
    reach: [],
    logs: [],
  });
};

/** SA-Exim is installed, and no local_scan_path loads it. */
const idleScan = (exim: Exim, scan: LocalScan | undefined): readonly Component[] =>
  scan !== undefined || exim.files.stat(scanLibrary)?.kind !== 'file'
    ? []
    : [
        partOf(exim, 'content-filter', 'sa-exim', {
          ...identify(exim.packages, { files: [scanLibrary] }),
          enabled: false,
          foundAt: [{ path: scanLibrary }],
        }),
      ];

/** Software that is made for Exim alone and has no platform of its own. */
export const companions = (
  exim: Exim,
  scan: LocalScan | undefined,
): { readonly components: readonly Component[]; readonly listeners: readonly Listener[] } => {
  // A second copy of Exim on the host has the same companions.
  if (exim.id !== componentId('exim')) return { components: [], listeners: [] };
  const grey = greylistd(exim);
  return {
    components: [...(grey === undefined ? [] : [grey.component]), ...idleScan(exim, scan)],
    listeners: grey?.listeners ?? [],
  };
};
