import type { Component } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import {
  readUnit,
  type Unit,
  type UnitSetting,
  unitValue,
  unitValues,
} from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { baseOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type StartedUnit, startedUnits, type Word } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Endpoint } from '../platform.ts';
import { isAnyAddress, isLoopback, parseMilterSocket, reaches } from './endpoint.ts';

/** What is known of something that no platform knows, by the unit that starts it. */
export type Service = Pick<
  Component,
  'name' | 'version' | 'supplier' | 'purl' | 'origin' | 'thirdParty' | 'package' | 'runsAs'
> & { readonly foundAt: readonly Place[] };

const streams = new WeakMap<Unit, readonly UnitSetting[]>();

/** `ListenStream=` of the socket unit beside it. */
const streamsOf = (files: FileView, unit: Unit): readonly UnitSetting[] => {
  const before = streams.get(unit);
  if (before !== undefined) return before;
  const socket = readUnit(files, unit.name.replace(/\.service$/, '.socket'));
  const found = socket === undefined ? [] : unitValues(socket, 'Socket', 'ListenStream');
  streams.set(unit, found);
  return found;
};

/** Options that say where something listens, and those that say whom it calls. */
const listening =
  /^--?(?:p|port|s|socket|l|listen[\w-]*|b|bind[\w-]*|addr|address|[\w-]*-port|[\w-]*-socket|inet|unix)$/i;
const calling =
  /relay|dest|upstream|forward|backend|remote|connect|server|target|proxy|client|next|db|sql|redis|ldap/i;

/** `127.0.0.1:9999`, `inet:9999@localhost`, `unix:/run/x.sock`, a path. */
const endpointIn = (text: string): Endpoint | undefined => {
  if (text.startsWith('/')) return { net: 'unix', path: joinPath(text) };
  const milter = /^(?:inet6?|unix|local):/i.test(text) ? parseMilterSocket(text) : undefined;
  if (milter !== undefined) return milter;
  const match = /^(?:tcp:\/\/)?(\[[0-9a-f:]{2,45}\]|[\w.*-]{0,255}):(\d{1,5})$/i.exec(text);
  if (match === null) return undefined;
  const host = (match[1] ?? '').replace(/^\[(.*)\]$/, '$1');
  return { net: 'tcp', host: host === '' ? '*' : host, port: Number(match[2]) };
};

interface Argument {
  readonly option: string;
  readonly value: string;
}

/** Values with the option that each belongs to; what follows no option has none. */
const argumentsOf = (words: readonly Word[]): readonly Argument[] =>
  words.slice(0, 200).map(({ text }, i) => {
    const equals = /^(--?[\w-]{1,60})=(.*)$/.exec(text.slice(0, 2_000));
    if (equals !== null) return { option: equals[1] ?? '', value: equals[2] ?? '' };
    const before = words[i - 1]?.text ?? '';
    return { option: /^--?[\w-]{1,60}$/.test(before) ? before : '', value: text.slice(0, 2_000) };
  });

/** Whether the command says that it listens there: an address that may be whom it calls is none. */
const listensAt = (words: readonly Word[], to: Endpoint): boolean => {
  const all = argumentsOf(words.slice(1));
  const said = all.filter(
    ({ option }) => option !== '' && listening.test(option) && !calling.test(option),
  );
  if (said.some(({ value }) => isAt(value, to))) return true;
  const port = said.some(
    ({ option, value }) => to.net === 'tcp' && value === String(to.port) && !/socket/i.test(option),
  );
  if (port) return true;
  const addresses = all.filter(
    ({ option, value }) => !value.startsWith('-') && !calling.test(option) && isAddress(value),
  );
  // One address and no option beside it: it cannot be anything else.
  return addresses.length === 1 && isAt(addresses[0]?.value ?? '', to);
};

const isAt = (value: string, to: Endpoint): boolean => {
  const at = endpointIn(value);
  return at !== undefined && reaches(to, at);
};

const isAddress = (value: string): boolean =>
  /\.sock(?:et)?$/.test(value) || (!value.startsWith('/') && endpointIn(value) !== undefined);

const socketAt = (all: readonly UnitSetting[], to: Endpoint): Place | undefined =>
  all.find(({ value }) => isAt(/^\d+$/.test(value) ? `*:${value}` : value, to))?.because;

const interpreters = /^(?:env|sh|bash|perl|python[\d.]*|php[\d.]*|ruby|node|java)$/;

/** Behind an interpreter its script is meant. */
const programOf = (words: readonly Word[]): string | undefined => {
  const [first, ...rest] = words.map(({ text }) => text);
  if (first === undefined || !first.startsWith('/')) return undefined;
  if (!interpreters.test(baseOf(first))) return first;
  return rest.slice(0, 10).find(word => word.startsWith('/')) ?? first;
};

const serviceOf = (
  packages: PackageIndex,
  { unit, words }: StartedUnit,
  places: readonly Place[],
): Service => {
  const program = programOf(words);
  const user = unitValue(unit, 'Service', 'User');
  const identity = identify(packages, {
    files: program === undefined ? [unit.path] : [program, unit.path],
    ownVersion: {
      unknown: `systemd starts it (${unit.name}), no package owns it and its files state no version`,
    },
  });
  return {
    name: program === undefined ? unit.name.replace(/\.service$/, '') : baseOf(program),
    ...identity,
    ...(identity.package === undefined ? {} : { version: { value: identity.package.version } }),
    // Without User= it starts as root, and may become somebody else by itself.
    ...(user === undefined || user.value.includes('%')
      ? {}
      : { runsAs: { user: user.value, because: user.because } }),
    foundAt: places,
  };
};

/**
 * The service of systemd on this host whose command line, or socket unit, says that it listens on
 * that address. Undefined when none does, or more than one.
 */
export const serviceAt = (
  files: FileView,
  packages: PackageIndex,
  to: Endpoint,
): Service | undefined => {
  if (to.net === 'tcp' && !isLoopback(to.host) && !isAnyAddress(to.host)) return undefined;
  const found = startedUnits(files).flatMap((started): readonly Service[] => {
    const { unit, words } = started;
    const socket = socketAt(streamsOf(files, unit), to);
    const command = listensAt(words, to) ? (words[0]?.because ?? { path: unit.path }) : undefined;
    const places = [command, socket].filter(place => place !== undefined);
    return places.length === 0 ? [] : [serviceOf(packages, started, places)];
  });
  return found.length === 1 ? found[0] : undefined;
};
