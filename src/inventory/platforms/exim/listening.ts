import type { Component } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOfAll, optionOf, type Word } from '../../daemons/daemon.ts';
import type { Listening } from '../../daemons/daemon-component.ts';
import { settingNamed } from '../../syntax/exim.ts';
import { splitEximList } from '../../syntax/exim-lists.ts';
import { assigned, readAssignments } from '../../syntax/shell-defaults.ts';
import type { Exim } from './context.ts';
import { defaultsPath } from './setup.ts';

const services: Readonly<Record<string, number>> = {
  smtp: 25,
  submission: 587,
  smtps: 465,
  submissions: 465,
  ssmtp: 465,
};

const portOf = (text: string): number | undefined => {
  const port = services[text.trim()] ?? (/^\d{1,5}$/.test(text.trim()) ? Number(text) : 0);
  return port > 0 && port < 65_536 ? port : undefined;
};

/** `[address]:port`, `a.b.c.d.port`, or an address alone (spec 13.6). */
const interfaceOf = (item: string): { readonly host: string; readonly port?: number } => {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(item);
  const dotted =
    /^(\d+(?:\.\d+){3})\.(\d+)$/.exec(item) ??
    /^([\da-f:]{0,40}:[\da-f:]{0,40})\.(\d+)$/i.exec(item);
  const [, host = item, port] = bracketed ?? dotted ?? [];
  const any = /^(?:0\.0\.0\.0|::0?)$/.test(host) ? '*' : host;
  const number = port === undefined ? undefined : portOf(port);
  return { host: any, ...(number === undefined ? {} : { port: number }) };
};

interface Daemon {
  readonly listens: boolean;
  readonly why: string;
  readonly because?: Place;
}

/** Whether a daemon is started that listens: `-bd`, or what Debian's script makes of QUEUERUNNER. */
const daemonOf = ({ files, setup }: Exim): Daemon => {
  const { daemon } = setup;
  const yes = { listens: true, why: '' };
  if (daemon.unit !== undefined) {
    // A unit may run a script: only Exim's own options tell that it runs the queue and no more.
    const option = (start: string): boolean =>
      daemon.words.some(({ text }) => text.startsWith(start));
    if (option('-bd')) return yes;
    if (option('-q') && daemon.words.every(({ text }) => !text.includes('$'))) {
      const because = { path: daemon.unit.path };
      return { listens: false, why: 'its unit starts it without -bd', because };
    }
  }
  const runner = assigned(readAssignments(files, defaultsPath), 'QUEUERUNNER');
  return runner !== undefined && /^(?:queueonly|nodaemon)$/.test(runner.value)
    ? {
        listens: false,
        why: `QUEUERUNNER is ${runner.value}: no daemon listens`,
        because: runner.because,
      }
    : yes;
};

const interfaces = (
  items: readonly string[],
  ports: readonly number[],
  because: Place,
): readonly Listening[] =>
  items.slice(0, 200).flatMap(item => {
    const { host, port } = interfaceOf(item);
    return (port === undefined ? ports : [port]).map(
      (each): Listening => ({ endpoint: { net: 'tcp', host, port: each }, because }),
    );
  });

/** `-oX` of the command line: ports alone, or interfaces, or both (spec 5.2). */
const asked = (
  words: readonly Word[],
):
  | {
      readonly ports: readonly number[];
      readonly hosts: readonly string[];
      readonly because: Place;
    }
  | undefined => {
  const option = optionOf(words, '-oX');
  const at = words.findIndex(({ text }) => text === '-oX');
  const word = at < 0 ? option : words[at + 1];
  if (word === undefined || at < 0) return undefined;
  const items = splitEximList(word.text);
  const ports = items.flatMap(item => portOf(item) ?? []);
  const hosts = items.filter(item => portOf(item) === undefined);
  return { ports, hosts, because: word.because };
};

/** Where the daemon listens. */
export const listeningOf = (exim: Exim): readonly Listening[] => {
  if (!daemonOf(exim).listens) return [];
  const { main } = exim.setup.config;
  const option = asked(exim.setup.words);
  const portSetting =
    settingNamed(main, 'daemon_smtp_ports') ?? settingNamed(main, 'daemon_smtp_port');
  const interfaceSetting = settingNamed(main, 'local_interfaces');
  const stated = splitEximList(portSetting?.value ?? 'smtp').flatMap(item => portOf(item) ?? []);
  const ports = option !== undefined && option.ports.length > 0 ? option.ports : stated;
  const hosts =
    option !== undefined && option.hosts.length > 0
      ? option.hosts
      : interfaceSetting === undefined
        ? ['0.0.0.0']
        : splitEximList(interfaceSetting.value);
  const because = (option !== undefined && option.hosts.length > 0 ? option.because : undefined) ??
    interfaceSetting?.at ??
    option?.because ??
    portSetting?.at ?? { path: exim.setup.path };
  const all = interfaces(hosts, ports, because);
  const key = ({ endpoint }: Listening): string => JSON.stringify(endpoint);
  return all.filter((each, i) => all.findIndex(other => key(other) === key(each)) === i);
};

export const eximExposure = (
  exim: Exim,
  listening: readonly Listening[],
): Component['exposure'] => {
  const { listens, why, because } = daemonOf(exim);
  if (!listens) return { internet: 'no', why, ...(because === undefined ? {} : { because }) };
  return (
    exposureOfAll(listening) ?? {
      internet: 'unknown',
      why: 'the addresses that it listens on could not be read',
    }
  );
};
