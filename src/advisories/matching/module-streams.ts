import type { AffectedProduct } from '../../core/advisory.ts';

/** The claims that are about an installed rpm, and why none of them is proof, where that is so. */
interface OfStream {
  readonly claims: readonly AffectedProduct[];
  readonly doubt?: string;
}

/** Modules put their build into the release: `1.module_el9.8.0+297+88e7f1bf`, `2.module+el9.8.0+24958`. */
const isModular = (version: string): boolean => version.includes('.module');

const isOfModule = ({ stream, fixed, spans }: AffectedProduct): boolean =>
  stream !== undefined ||
  fixed.some(isModular) ||
  spans.some(({ before, through }) => isModular(before ?? through ?? ''));

/** Whether a version is of the series that a stream names: 8.3.33-1 of `php:8.3`. */
const isInSeries = (version: string, stream: string): boolean => {
  const series = stream.slice(stream.lastIndexOf(':') + 1);
  const upstream = version.replace(/^\d+:/, '');
  return upstream.startsWith(`${series}.`) || upstream.startsWith(`${series}-`);
};

/**
 * Whether an installed rpm is of a stream (`php:8.3`; empty: of none). Undefined: its version does not count
 * as the stream does (libzip in `php:8.2`), and shows nothing. `name`: of the package, where it is known.
 */
export const isOfStream = (
  version: string,
  stream: string,
  name: string | undefined,
): boolean | undefined => {
  if (stream === '' || !isModular(version)) return (stream === '') === !isModular(version);
  if (isInSeries(version, stream)) return true;
  return name !== undefined && stream.startsWith(`${name}:`) ? false : undefined;
};

/**
 * A module's streams are mended side by side, and beside the same package outside of any module: a fix in
 * one says nothing of another, in either direction. Where a package's own versions count as its stream
 * does (php, httpd), the installed version shows which stream it is of; where they do not (libzip in
 * `php:8.2`), nobody can tell.
 */
export const ofInstalledStream = (
  claims: readonly AffectedProduct[],
  version: string,
): OfStream => {
  if (claims.every(({ scheme }) => scheme !== 'rpm')) return { claims };
  const modular = isModular(version);
  const alike = claims.filter(claim => isOfModule(claim) === modular);
  if (!modular) return { claims: alike };
  const own = alike.filter(({ stream, fixed }) => {
    if (stream === undefined) return true;
    const counts = fixed.some(each => isInSeries(each, stream));
    return !counts || isInSeries(version, stream);
  });
  const open = own.find(({ stream }) => stream !== undefined && !isInSeries(version, stream));
  return open === undefined
    ? { claims: own }
    : {
        claims: own,
        doubt: `the fix is for the module stream ${open.stream}, and whether ${version} is of that stream cannot be told from its version`,
      };
};
