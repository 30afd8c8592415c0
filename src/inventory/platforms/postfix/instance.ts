import type { FileView } from '../../../core/files.ts';
import { joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { lineAt } from '../../syntax/postfix-lines.ts';
import { cut } from '../../syntax/postfix-list.ts';
import { compatibilityLevel, type Expander, makeExpander } from '../../syntax/postfix-macro.ts';
import { readSettings, type Setting } from '../../syntax/postfix-main.ts';
import { type MasterService, readMaster } from '../../syntax/postfix-master.ts';
import { defaults } from './defaults.ts';

/** One element of a list, with the line that it stands on. */
export interface Item {
  readonly text: string;
  readonly at: Place;
}

/** A parameter as one program of Postfix sees it: expanded, `-o` of its service included. */
export interface Value {
  readonly name: string;
  readonly text: string;
  /** Set in main.cf or master.cf; else the compiled-in value. */
  readonly isSet: boolean;
  readonly at: Place;
  /** Cut at commas and white space, `{…}` kept whole. */
  readonly items: readonly Item[];
}

export interface Params {
  get(name: string): Value;
  isOn(name: string): boolean;
  /** Names that are set, in main.cf or by `-o`. */
  readonly names: readonly string[];
  /** Names that `-o` sets. */
  readonly own: ReadonlySet<string>;
  readonly problems: ReadonlySet<string>;
}

/** An entry of master.cf with its parameters. */
export interface Service extends MasterService {
  readonly params: Params;
  readonly chrooted: boolean;
  readonly at: Place;
  /** As people name it: `submission`, `127.0.0.1:10025`. */
  readonly label: string;
}

/** One Postfix: a folder with main.cf and master.cf. */
export interface Instance {
  /** `postfix`, or `postfix@<folder>`. */
  readonly id: string;
  readonly folder: string;
  readonly mainPath: string;
  readonly masterPath: string;
  readonly params: Params;
  readonly services: readonly Service[];
  readonly queue: string;
}

const itemsMax = 2_000;
const servicesMax = 200;

interface Layer {
  readonly path: string;
  readonly settings: ReadonlyMap<string, Setting>;
}

const makeParams = (
  layers: readonly Layer[],
  builtIn: (name: string) => string | undefined,
  home: string,
  budget: { lengthLeft: number },
): Params => {
  const find = (name: string): { setting: Setting; path: string } | undefined => {
    for (const { path, settings } of layers) {
      const setting = settings.get(name);
      if (setting !== undefined) return { setting, path };
    }
    return undefined;
  };
  const expander: Expander = makeExpander(
    name => find(name)?.setting.value.text ?? builtIn(name),
    budget,
  );
  const known = new Map<string, Value>();
  const read = (name: string): Value => {
    const found = find(name);
    const raw = found?.setting.value.text ?? builtIn(name) ?? '';
    const { text, from } = expander.expand(raw);
    const placeAt = (offset: number): Place =>
      found === undefined
        ? { path: home }
        : { path: found.path, line: lineAt(found.setting.value, from(offset)) };
    let items: readonly Item[] | undefined;
    return {
      name,
      text: text.trim(),
      isSet: found !== undefined,
      at: found === undefined ? { path: home } : { path: found.path, line: found.setting.line },
      get items() {
        items ??= cut(text)
          .slice(0, itemsMax)
          .map(token => ({ text: token.text, at: placeAt(token.offset) }));
        return items;
      },
    };
  };
  const get = (name: string): Value => {
    const value = known.get(name) ?? read(name);
    known.set(name, value);
    return value;
  };
  return {
    get,
    isOn: name => get(name).text.toLowerCase() === 'yes',
    names: [...new Set(layers.flatMap(({ settings }) => [...settings.keys()]))],
    own: new Set(layers.slice(0, -1).flatMap(({ settings }) => [...settings.keys()])),
    problems: expander.problems,
  };
};

/** Names that the host itself answers for: what `gethostname` and the build would say. */
const hostDefaults = (
  files: FileView,
  folder: string,
  version: string,
): Readonly<Record<string, string>> => {
  const name = /^[\w.-]{1,255}/.exec((files.text('/etc/hostname') ?? '').trim())?.[0] ?? '';
  const isWhole = name.includes('.');
  return {
    config_directory: folder,
    mail_version: version,
    // Without a dot, $mydomain is put behind it: localdomain unless set (postconf(5), myhostname).
    ...(name === '' ? {} : { myhostname: isWhole ? name : `${name}.localdomain` }),
    mydomain: isWhole ? name.slice(name.indexOf('.') + 1) : 'localdomain',
  };
};

/** What a Postfix without master.cf at hand is taken for: the services that it ships. */
const stock = `smtp inet n - - - - smtpd
pickup unix n - - 60 1 pickup
cleanup unix n - - - 0 cleanup
smtp unix - - - - - smtp
relay unix - - - - - smtp
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - - - - lmtp
`;

const noteProblems = (
  files: FileView,
  path: string,
  problems: readonly { readonly line: number; readonly why: string }[],
): void => {
  for (const { line, why } of problems.slice(0, 50)) {
    files.note({
      what: `${path}, line ${line}`,
      why,
      how: `Mend the line; \`postconf -n\` and \`postconf -M\` complain about it too.`,
    });
  }
};

export const readInstance = (
  files: FileView,
  id: string,
  folder: string,
  version: string,
): Instance => {
  const mainPath = `${folder}/main.cf`;
  const masterPath = `${folder}/master.cf`;
  const main = readSettings(files.text(mainPath) ?? '');
  noteProblems(files, mainPath, main.problems);
  const hasMaster = files.stat(masterPath)?.kind === 'file';
  const master = readMaster(hasMaster ? (files.text(masterPath) ?? '') : stock);
  noteProblems(files, masterPath, master.problems);
  if (!hasMaster && files.stat(mainPath) !== undefined) {
    files.note({
      what: masterPath,
      why: 'is not there: the services that Postfix ships were taken for those that run',
      how: 'Collect the whole folder.',
    });
  }
  if (master.services.length > servicesMax) {
    files.note({
      what: masterPath,
      why: `has ${master.services.length} services; only the first ${servicesMax} were looked at`,
      how: 'Check what the file is.',
    });
  }
  const host = hostDefaults(files, folder, version);
  const layer: Layer = { path: mainPath, settings: main.settings };
  const builtIn = (name: string): string | undefined =>
    Object.hasOwn(host, name)
      ? host[name]
      : Object.hasOwn(defaults, name)
        ? defaults[name]
        : undefined;
  const domainOf = (name: string): string | undefined => {
    if (name !== 'mydomain') return builtIn(name);
    // $mydomain follows $myhostname without its first label.
    const own = main.settings.get('myhostname')?.value.text ?? '';
    return own.includes('.') && !own.includes('$')
      ? own.slice(own.indexOf('.') + 1)
      : builtIn(name);
  };
  // Whoever writes main.cf may let every service expand a long text anew.
  const budget = { lengthLeft: 16 << 20 };
  const params = makeParams([layer], domainOf, mainPath, budget);
  const old = compatibilityLevel(params.get('compatibility_level').text) < compatibilityLevel('1');
  const disabled = params.get('master_service_disable').items.map(({ text }) => text);
  const enabled = master.services.filter(service => !isDisabled(disabled, service));
  const services = enabled.slice(0, servicesMax).map(
    (service): Service => ({
      ...service,
      // `-` means chroot up to compatibility_level 0 (master(5)).
      chrooted: service.chroot ?? old,
      label: service.name,
      at: { path: hasMaster ? masterPath : mainPath, ...(hasMaster ? { line: service.line } : {}) },
      params:
        service.overrides.size === 0
          ? params
          : makeParams(
              [{ path: masterPath, settings: service.overrides }, layer],
              domainOf,
              mainPath,
              budget,
            ),
    }),
  );
  const queue = params.get('queue_directory').text;
  return {
    id,
    folder,
    mainPath,
    masterPath,
    params,
    services,
    queue: queue.startsWith('/') ? joinPath(queue) : '/var/spool/postfix',
  };
};

/** Whether `master_service_disable` switches it off: `type`, `name/type`, `!` before either. */
const isDisabled = (patterns: readonly string[], { name, type }: MasterService): boolean => {
  for (const pattern of patterns) {
    const bare = pattern.replace(/^!/, '');
    // Before Postfix 3.0 a dot stood for the slash.
    if (bare === type || bare === `${name}/${type}` || bare === `${name}.${type}`) {
      return !pattern.startsWith('!');
    }
  }
  return false;
};

/** Says what could not be expanded; to be called when everything has been asked. */
export const noteExpansions = (files: FileView, instance: Instance): void => {
  const seen = new Set<string>();
  for (const { params } of [instance, ...instance.services]) {
    for (const problem of params.problems) seen.add(problem);
  }
  for (const problem of [...seen].slice(0, 20)) {
    files.note({
      what: instance.mainPath,
      why: problem,
      how: `Compare with \`postconf -c ${instance.folder} -x\`.`,
    });
  }
};

/** Services that run a program of Postfix of that name. */
export const running = (instance: Instance, ...commands: readonly string[]): readonly Service[] =>
  instance.services.filter(({ command }) =>
    commands.includes(command.slice(command.lastIndexOf('/') + 1)),
  );
