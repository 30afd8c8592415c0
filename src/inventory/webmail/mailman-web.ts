import type { FileView } from '../../core/files.ts';
import { readUnit, unitNames, unitValue, unitValues } from '../../core/formats/systemd.ts';
import { joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Endpoint } from '../platform.ts';
import { readDirectives } from '../syntax/directives.ts';
import { shellWords } from '../syntax/shell-defaults.ts';

/** Settings of the uWSGI that runs the web interface of Mailman 3, in the places of Debian and upstream. */
export const mailmanUwsgiFiles = [
  '/etc/mailman3/uwsgi.ini',
  '/opt/mailman/mm/uwsgi.ini',
  '/etc/uwsgi/apps-enabled/mailman3-web.ini',
  '/etc/uwsgi/apps-enabled/mailman.ini',
  '/etc/uwsgi.d/mailman.ini',
  '/etc/uwsgi.d/mailman-web.ini',
] as const;

interface Listening {
  readonly endpoint: Endpoint;
  readonly because: Place;
}

/** What runs the web interface, uWSGI or gunicorn, as systemd and its own files tell. */
export interface MailmanWebServer {
  readonly listens: readonly Listening[];
  /** `User=` of the unit that starts it. */
  readonly user?: { readonly user: string; readonly because: Place };
}

/** `127.0.0.1:8000`, `:8000`, `unix:/run/x.sock`, `/run/x.sock`, `http://…` is not taken. */
const addressOf = (text: string): Endpoint | undefined => {
  const path = text.replace(/^unix:(?:\/\/(?=\/))?/, '');
  return path.startsWith('/') ? { net: 'unix', path: joinPath(path) } : parseHostPort(text);
};

const heard = (text: string, because: Place): readonly Listening[] => {
  const endpoint = addressOf(text);
  return endpoint === undefined ? [] : [{ endpoint, because }];
};

const textOf = (files: FileView, path: string): string =>
  files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '';

const uwsgiSockets = (files: FileView, path: string): readonly Listening[] =>
  readDirectives(textOf(files, path))
    .filter(({ name }) => /^(?:(?:uwsgi|http|https|fastcgi|scgi)-)?socket$|^https?$/.test(name))
    .slice(0, 20)
    // `https = address,certificate,key`
    .flatMap(({ value, line }) => heard(value.split(',')[0] ?? '', { path, line }));

/** Values of an option: `-b X`, `-bX`, `--bind X`, `--bind=X`. */
const optionValues = (words: readonly string[], short: string, long: string): readonly string[] =>
  words.flatMap((word, i) => {
    if (word === short || word === long) return words[i + 1] ?? [];
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
    return word.startsWith(short) && !word.startsWith('--') ? word.slice(short.length) : [];
  });

/** `bind = '…'` or a list of such, of gunicorn's configuration in Python. */
const boundIn = (text: string): readonly string[] =>
  [...text.slice(0, 65_536).matchAll(/^[ \t]*bind[ \t]*=[ \t]*(\[[^\]\n]*\]|.*)$/gm)].flatMap(
    ([, value = '']) => [...value.matchAll(/['"]([^'"\n]{1,200})['"]/g)].map(([, at = '']) => at),
  );

const gunicornBinds = (
  files: FileView,
  words: readonly string[],
  because: Place,
): readonly Listening[] => {
  const given = optionValues(words, '-b', '--bind').map(text => ({ text, because }));
  const configured = optionValues(words, '-c', '--config')
    .map(path => path.replace(/^file:/, ''))
    .filter(path => path.startsWith('/'))
    .flatMap(path => boundIn(textOf(files, path)).map(text => ({ text, because: { path } })));
  const all = given.length > 0 ? given : configured;
  // gunicorn's own default (docs.gunicorn.org, Settings, bind).
  const told = all.length > 0 ? all : [{ text: '127.0.0.1:8000', because }];
  return told.slice(0, 20).flatMap(each => heard(each.text, each.because));
};

const unitsMax = 20;

/** Units that start the web interface itself, by its module or by a file of its own. */
const startedByUnits = (files: FileView): readonly MailmanWebServer[] =>
  unitNames(files, '.service')
    .filter(name => /mailman|postorius|hyperkitty|gunicorn|uwsgi/i.test(name))
    .slice(0, unitsMax)
    .flatMap((name): readonly MailmanWebServer[] => {
      const unit = readUnit(files, name);
      const started = unit === undefined ? [] : unitValues(unit, 'Service', 'ExecStart');
      const words = started.flatMap(({ value }) => [...shellWords(value.slice(0, 4_000))]);
      const ini = words.find(word => word.startsWith('/') && word.endsWith('.ini'));
      const isWeb =
        words.some(word => /\bmailman_web\b/.test(word)) ||
        (ini !== undefined && /\bmailman_web\b/.test(textOf(files, ini)));
      if (unit === undefined || !isWeb) return [];
      const user = unitValue(unit, 'Service', 'User');
      const isGunicorn = words.some(word => /(?:^|\/)gunicorn\d?$/.test(word));
      return [
        {
          listens: [
            ...(ini === undefined ? [] : uwsgiSockets(files, ini)),
            ...(isGunicorn
              ? gunicornBinds(files, words, started[0]?.because ?? { path: unit.path })
              : []),
          ],
          ...(user === undefined ? {} : { user: { user: user.value, because: user.because } }),
        },
      ];
    });

const known = new WeakMap<FileView, MailmanWebServer>();

/** Where the web interface of Mailman 3 listens, and as whom it runs. */
export const mailmanWebServer = (files: FileView): MailmanWebServer => {
  const before = known.get(files);
  if (before !== undefined) return before;
  const started = startedByUnits(files);
  const user = started.find(each => each.user !== undefined)?.user;
  const found = {
    listens: [
      ...mailmanUwsgiFiles.flatMap(path => uwsgiSockets(files, path)),
      ...started.flatMap(({ listens }) => listens),
    ],
    ...(user === undefined ? {} : { user }),
  };
  known.set(files, found);
  return found;
};
