import type { Destination } from './destination.ts';
import { atLeast, mildest } from './severities.ts';

/** What access logs are written with: a place that gets no such lines is no copy of the log. */
const info = 6;

export const takesInfo = ({ sure }: Destination): boolean => (sure & (1 << info)) !== 0;

/** Where lines go from the daemon, sorted out. */
export interface Onward {
  readonly files: readonly Destination[];
  readonly shipped?: Destination;
  readonly unknown?: string;
  levelOf(destination: Destination): string | undefined;
}

export const joinUnknown = (...parts: readonly (string | undefined)[]): string | undefined => {
  const kept = [
    ...new Set(parts.filter((part): part is string => part !== undefined && part !== '')),
  ];
  return kept.length === 0 ? undefined : kept.join('; ');
};

/** Whether an address is another host's, as far as it can be told by its look. */
export const leavesHost = (address: string): boolean => {
  const hosts = address
    .split(/,\s*/)
    .map(each => each.replace(/^[\w+-]+:\/\//, '').replace(/\/.*$/s, ''))
    .map(each =>
      each.startsWith('[') ? each.slice(1, each.indexOf(']')) : each.replace(/:\d*$/, ''),
    );
  if (/^unix:|^\//.test(address)) return false;
  return hosts.some(
    host => host !== '' && !/^(?:localhost(?:\..*)?|127\.[\d.]+|::1|0\.0\.0\.0)$/i.test(host),
  );
};

const placed = ({ name, because }: Destination): string =>
  `${name} (${because.path}:${because.line ?? 1})`;

export const onwardOf = (destinations: readonly Destination[]): Onward => {
  const real = destinations.filter(({ to, name }) => to !== 'file' || !name.startsWith('/dev/'));
  const files = real.filter(({ to, sure }) => to === 'file' && sure !== 0);
  const away = real.filter(({ to, name }) => to === 'network' && leavesHost(name));
  const shipped = away.find(takesInfo);
  const some = away.find(({ sure, may }) => sure !== 0 && (may & (1 << info)) === 0);
  const perhaps = real.find(({ sure, may }) => sure === 0 && may !== 0);
  const odd = real.find(({ to, sure }) => to === 'unknown' && sure !== 0);
  const unknown = joinUnknown(
    files.length === 0 && odd !== undefined ? `its lines go to ${placed(odd)}` : undefined,
    shipped === undefined && some !== undefined
      ? `only lines of ${mildest(some.sure) ?? 'some'} and worse are sent to ${placed(some)}`
      : undefined,
    (files.length === 0 || (shipped === undefined && perhaps?.to === 'network')) &&
      perhaps !== undefined
      ? `whether its lines go to ${placed(perhaps)} hangs on a condition that was not understood`
      : undefined,
  );
  return {
    files,
    ...(shipped === undefined ? {} : { shipped }),
    ...(unknown === undefined ? {} : { unknown }),
    levelOf: ({ sure }) => {
      const level = mildest(sure);
      // A set with holes has no level; the mildest that surely passes with all worse ones is named.
      if (level === undefined) return undefined;
      for (let i = 7; i >= 0; i--) {
        if ((sure & atLeast(i)) === atLeast(i)) return mildest(atLeast(i));
      }
      return level;
    },
  };
};
