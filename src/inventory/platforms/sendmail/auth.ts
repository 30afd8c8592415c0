import type { Component, ComponentId, Reach } from '../../../core/component.ts';
import { componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { pathAtEnd } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { saslauthd } from '../../daemons/saslauthd.ts';
import { identify } from '../../identify.ts';
import { cfOption } from '../../syntax/sendmail-cf.ts';
import type { Sendmail } from './found.ts';

/** Cyrus SASL's settings for Sendmail, where distributions put them. */
export const saslPaths: readonly string[] = [
  '/etc/sasl2/Sendmail.conf',
  '/etc/mail/sasl/Sendmail.conf.2',
  '/usr/lib64/sasl2/Sendmail.conf',
  '/usr/lib/sasl2/Sendmail.conf',
];

export const saslSettings = (
  files: FileView,
): { readonly path: string; readonly text: string } | undefined => {
  const path = saslPaths.find(each => files.stat(each)?.kind === 'file');
  const text = path === undefined ? undefined : files.text(path);
  return path === undefined || text === undefined ? undefined : { path, text };
};

/** What checks the passwords of those who log in: `pwcheck_method` of Cyrus SASL. */
export const authParts = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
): readonly Component[] => {
  const settings = saslSettings(files);
  if (settings === undefined) return [];
  const lines = settings.text.split('\n');
  const at = lines.findLastIndex(line => /^\s*pwcheck_method\s*:/i.test(line));
  const method = /:\s*(\S+)/.exec(lines[at] ?? '')?.[1] ?? 'auxprop';
  const because: Place = { path: settings.path, ...(at < 0 ? {} : { line: at + 1 }) };
  const given = [
    { extent: 'user name and password of everybody who logs in to send mail', because },
  ];
  if (/saslauthd/i.test(method)) {
    return [saslauthd(files, packages, { id, foundAt: [because], given })];
  }
  return [
    {
      id: componentId(`${id}/cyrus_sasl`),
      name: 'cyrus_sasl',
      kind: 'auth-backend',
      platform: 'sendmail',
      partOf: id,
      enabled: true,
      ...identify(packages, { names: ['libsasl2-2', 'cyrus-sasl-lib'] }),
      foundAt: [because],
      reach: given.map(each => ({ resource: 'credentials', mode: 'read', ...each })),
      logs: [],
    },
  ];
};

/** Files that hold Sendmail's own accounts at other servers. */
const accountFiles = (files: FileView, found: Sendmail): readonly Reach[] => {
  const map = found.cf.maps.find(({ name }) => name === 'authinfo');
  const path = map === undefined ? undefined : pathAtEnd(map.args);
  const option = cfOption(found.cf, 'DefaultAuthInfo');
  const candidates = [
    ...(map === undefined || path === undefined
      ? []
      : [path, path.replace(/\.db$/, ''), `${path}.db`].map(each => ({ path: each, at: map.at }))),
    ...(option === undefined ? [] : [{ path: option.value, at: option.at }]),
  ];
  return candidates
    .filter(
      (each, i) =>
        files.stat(each.path)?.kind === 'file' &&
        candidates.findIndex(other => other.path === each.path) === i,
    )
    .map(each => ({
      resource: 'credentials',
      mode: 'read',
      extent: `its own accounts at other mail servers, with passwords, in ${each.path}`,
      because: each.at,
    }));
};

/** Lines `AuthInfo:host` of the access table. */
const accessAccounts = (files: FileView, found: Sendmail): readonly Reach[] => {
  const map = found.cf.maps.find(({ name }) => name === 'access');
  const path = map === undefined ? undefined : pathAtEnd(map.args);
  if (path === undefined || files.stat(path)?.kind !== 'file' || path.endsWith('.db')) return [];
  const line = (files.text(path) ?? '').split('\n').findIndex(each => /^AuthInfo:/i.test(each));
  return line < 0
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `its own accounts at other mail servers, with passwords, in ${path}`,
          because: { path, line: line + 1 },
        },
      ];
};

export const accountReach = (files: FileView, found: Sendmail): readonly Reach[] => [
  ...accountFiles(files, found),
  ...accessAccounts(files, found),
];
