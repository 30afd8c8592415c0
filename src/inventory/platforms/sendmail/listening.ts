import type { Component } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOfAll } from '../../daemons/daemon.ts';
import type { Listening } from '../../daemons/daemon-component.ts';
import type { Endpoint } from '../../platform.ts';
import { assigned, readAssignments } from '../../syntax/shell-defaults.ts';
import type { Sendmail } from './found.ts';

/** Debian's own settings, which its System V script sources. */
export const debianSettings = '/etc/mail/sendmail.conf';

/** One `DaemonPortOptions` (Operation Guide, section 5.6). */
export interface Port {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Filters of this port alone; absent: those of the whole server. */
  readonly filters?: readonly string[];
  /** `M=a`: only who has logged in may send. */
  readonly asksLogin: boolean;
  readonly because: Place;
}

const services: Readonly<Record<string, number>> = {
  smtp: 25,
  submission: 587,
  smtps: 465,
  submissions: 465,
};

/** Names of filters, apart by commas or semicolons. */
export const filterNames = (text: string): readonly string[] =>
  text
    .split(/[,;]/)
    .map(each => each.trim())
    .filter(each => each !== '');

const portOf = (text: string, because: Place): Port => {
  const fields = new Map<string, string>();
  for (const field of text.split(',').slice(0, 50)) {
    const equals = field.indexOf('=');
    if (equals < 0) continue;
    const key = field.slice(0, equals).trim();
    // One letter is enough; children and Children differ in case alone.
    const name = /^input/i.test(key) || key === 'I' ? 'I' : key.charAt(0);
    fields.set(
      name.toUpperCase() === 'C' ? name : name.toUpperCase(),
      field.slice(equals + 1).trim(),
    );
  }
  const address = (fields.get('A') ?? '').replace(/^\[(.*)\]$/, '$1').replace(/^IPv6:/i, '');
  const family = (fields.get('F') ?? 'inet').toLowerCase();
  const written = (fields.get('P') ?? 'smtp').toLowerCase();
  const port = services[written] ?? (/^\d{1,5}$/.test(written) ? Number(written) : 25);
  const filters = fields.get('I');
  const endpoint: Endpoint =
    family === 'local' || family === 'unix'
      ? { net: 'unix', path: address }
      : { net: 'tcp', host: /^(?:0\.0\.0\.0|::|)$/.test(address) ? '*' : address, port };
  return {
    name: fields.get('N') ?? 'MTA',
    endpoint,
    ...(filters === undefined ? {} : { filters: filterNames(filters) }),
    asksLogin: (fields.get('M') ?? '').includes('a'),
    because,
  };
};

interface Mode {
  readonly listens: boolean | null;
  readonly why: string;
  readonly because?: Place;
}

/** Whether a daemon is started that listens. */
const modeOf = (files: FileView, { daemon }: Sendmail): Mode => {
  const mode = assigned(readAssignments(files, debianSettings), 'DAEMON_MODE');
  if (mode !== undefined && /^none$/i.test(mode.value)) {
    return { listens: false, why: 'DAEMON_MODE is none: no daemon listens', because: mode.because };
  }
  if (mode !== undefined && /^inetd$/i.test(mode.value)) {
    return {
      listens: null,
      why: 'it is started by inetd, whose addresses are not known',
      because: mode.because,
    };
  }
  const unit = daemon?.unit;
  const words = daemon?.words ?? [];
  const isPlain = words.length > 0 && words.every(({ text }) => !text.includes('$'));
  if (
    unit !== undefined &&
    mode === undefined &&
    isPlain &&
    !words.some(({ text }) => /^-b[dDs]/.test(text)) &&
    words.some(({ text }) => text.startsWith('-q')) &&
    /\/sendmail/.test(daemon?.binary ?? '')
  ) {
    return { listens: false, why: 'its unit starts it without -bd', because: { path: unit.path } };
  }
  return { listens: true, why: '' };
};

/** Every port; none set means port 25 on all addresses. */
export const portsOf = ({ cf, path }: Sendmail): readonly Port[] => {
  const stated = cf.options.filter(({ name }) => name === 'daemonportoptions');
  return stated.length === 0
    ? [portOf('Name=MTA', { path })]
    : stated.slice(0, 200).map(({ value, at }) => portOf(value, at));
};

export const listeningOf = (files: FileView, found: Sendmail): readonly Listening[] =>
  modeOf(files, found).listens === true
    ? portsOf(found).map(({ endpoint, because }) => ({ endpoint, because }))
    : [];

export const sendmailExposure = (
  files: FileView,
  found: Sendmail,
  listening: readonly Listening[],
): Component['exposure'] => {
  const { listens, why, because } = modeOf(files, found);
  if (listens === true) return exposureOfAll(listening);
  return {
    internet: listens === null ? 'unknown' : 'no',
    why,
    ...(because === undefined ? {} : { because }),
  };
};
