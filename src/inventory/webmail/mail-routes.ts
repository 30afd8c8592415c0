import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Served } from '../syntax/served.ts';
import { servedAt, servedFolders } from '../syntax/web-server.ts';
import { copiesOf, type MailSoftware, softwareBehind } from './mail-software.ts';

/** A route with the mail software that it serves. */
export interface MailRoute {
  readonly route: Served;
  readonly software: MailSoftware;
}

const key = ({ route, software }: MailRoute): string =>
  [
    software.name,
    route.server.config,
    route.because.path,
    route.because.line,
    route.url,
    ...route.listens.map(({ because }) => `${because.path}:${because.line}`),
  ].join('\0');

/** Every route of nginx and Apache that serves mail software, each once. */
export const mailRoutes = (files: FileView, packages: PackageIndex): readonly MailRoute[] => {
  const all = servedFolders(files, packages);
  if (all.length === 0) return [];
  const byFolder = copiesOf(files).flatMap(({ software, folder }) =>
    servedAt(files, packages, folder)
      // Pictures and style sheets are served without anybody's mail behind them.
      .filter(route => software.php === true || route.runs === true)
      .map(route => ({ route, software })),
  );
  const byTarget = all.flatMap(route => {
    const software = softwareBehind(files, route);
    return software === undefined ? [] : [{ route, software }];
  });
  return [...new Map([...byFolder, ...byTarget].map(each => [key(each), each])).values()];
};
