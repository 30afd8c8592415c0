import type { Component, Exposure } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Served } from '../syntax/served.ts';
import { exposureOfServed, unreadWebSettings, webServers } from '../syntax/web-server.ts';

/** Web servers whose configuration is not read here. */
const otherServers = [
  'lighttpd',
  'caddy',
  'openlitespeed',
  'litespeed',
  'hiawatha',
  'h2o',
] as const;

/** Whether a web server hands out a copy; null where none was found, or one whose configuration is not known. */
export const isServed = (
  files: FileView,
  packages: PackageIndex,
  routes: readonly Served[],
): boolean | null => {
  if (routes.some(({ listens }) => listens.length > 0)) return true;
  const another = otherServers.some(
    name => packages.named(name) !== undefined || files.stat(`/usr/sbin/${name}`) !== undefined,
  );
  if (webServers(files, packages).length === 0 || another) return null;
  return unreadWebSettings(files, packages) !== undefined || files.cut !== undefined ? null : false;
};

/** Who can talk to a copy. */
export const exposureOfCopy = (
  files: FileView,
  packages: PackageIndex,
  routes: readonly Served[],
  served: boolean | null,
): Exposure => {
  const known = exposureOfServed(routes);
  if (known !== undefined) return known;
  if (served === false) return { internet: 'no', why: 'no web server of this host serves it' };
  const path = unreadWebSettings(files, packages);
  return path === undefined
    ? { internet: 'unknown', why: 'no web server was found whose configuration tells' }
    : {
        internet: 'unknown',
        why: `no web server is seen to serve it, but ${path} could not be read`,
        because: { path },
      };
};

/** What browsers are handed pages by; databases and mail servers behind it they never see. */
const pages: readonly Component['kind'][] = ['webmail', 'webmail-plugin'];

/**
 * A part of a copy, as what becomes of the copy makes it: what nobody is served runs nowhere, though the settings
 * switch it on. Where it cannot be told whether the copy is served, they alone decide, and the doubt is told.
 */
export const asItsCopy =
  (copy: Component) =>
  (part: Component): Component => {
    if (copy.enabled === true || part.enabled === false) return part;
    const isPage = pages.includes(part.kind) && part.exposure === undefined;
    const loads = part.enabled === true ? 'its settings load it' : 'its settings may load it';
    if (copy.enabled === false) {
      const why = copy.exposure?.internet === 'no' ? copy.exposure.why : 'it cannot start';
      return {
        ...part,
        enabled: false,
        ...(isPage
          ? { exposure: { internet: 'no', why: `${loads}, but of its copy: ${why}` } }
          : {}),
      };
    }
    return isPage
      ? {
          ...part,
          exposure: {
            internet: 'unknown',
            why: `${loads}; whether its copy is served cannot be told`,
          },
        }
      : part;
  };
