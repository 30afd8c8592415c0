import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { baseOf, dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { programPaths } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import { type ProgramUse, programAt, programParts } from '../programs/piped-programs.ts';
import { spamcLinks } from '../programs/spamc.ts';
import { commandProgram } from '../syntax/command-program.ts';
import { type ProcmailStep, readProcmail } from '../syntax/procmail.ts';

const id = componentId('procmail');
const binaries = programPaths(['procmail']);
const globalFiles = ['/etc/procmailrc', '/usr/local/etc/procmailrc'];
const personalFiles = ['/home/*/.procmailrc', '/root/.procmailrc'];
const filesMax = 2_000;
const reachMax = 50;

/** Come with procmail or with every system, and only shape or test what is there. */
const plain = new Set(
  'formail lockfile mailstat echo printf test [ date true false cat sed grep egrep fgrep awk gawk tr cut head tail wc mkdir touch rm ls expr sort uniq hostname basename dirname tee exec :'.split(
    ' ',
  ),
);

interface Rc {
  readonly path: string;
  /** Home folder of the account that it belongs to; absent for all accounts. */
  readonly home?: string;
}

type Step = ProcmailStep & { readonly rc: Rc };

const withVariables = (text: string, home: string | undefined): string =>
  home === undefined ? text : text.replace(/^(?:\$HOME|\$\{HOME\}|~)(?=\/)/, home);

/** Files and what they include, each once; what another variable names cannot be followed. */
const readAll = (files: FileView, first: readonly Rc[]): readonly Step[] => {
  const out: Step[] = [];
  const seen = new Set<string>();
  const open = [...first];
  for (let rc = open.shift(); rc !== undefined; rc = open.shift()) {
    if (seen.has(rc.path) || seen.size >= filesMax) continue;
    if (files.stat(rc.path)?.kind !== 'file') continue;
    seen.add(rc.path);
    let own = '';
    for (const step of readProcmail(files.text(rc.path) ?? '', rc.path)) {
      out.push({ ...step, rc });
      if (step.does === 'set' && step.name === 'PMDIR') own = step.text;
      if (step.does !== 'include') continue;
      const put = step.text.replace(/^\$(?:PMDIR|\{PMDIR\})(?=\/)/, own || '$PMDIR');
      const path = withVariables(put, rc.home);
      if (path.startsWith('/') && !/[$`]/.test(path)) {
        open.unshift({ ...rc, path: joinPath(path) });
        continue;
      }
      // A variable as the whole name: any file of that folder may be meant.
      const folder = /^(\/[^$`]{1,1000})\/\$\{?\w{1,80}\}?$/.exec(path)?.[1];
      const inFolder = folder === undefined ? [] : files.list(folder);
      if (folder !== undefined && inFolder.length > 0) {
        open.unshift(...inFolder.map(({ name }) => ({ ...rc, path: joinPath(folder, name) })));
        continue;
      }
      files.note({
        what: `${rc.path}:${step.because.line ?? 1}`,
        why: 'includes a file whose name depends on the message or the user; it was not read',
        how: 'Look through the files that it may name for programs that mail is given to.',
      });
    }
  }
  return out;
};

const whose = ({ rc }: Step): string =>
  rc.home === undefined ? 'mail that procmail delivers' : `mail of the account ${baseOf(rc.home)}`;

const verbs: Readonly<Partial<Record<ProcmailStep['does'], string>>> = {
  pipe: 'it is given to it',
  filter: 'it passes through it (flag f)',
  ask: 'a condition asks it',
  backquote: 'a variable is set to what it says',
};

const usesOf = (files: FileView, steps: readonly Step[]): readonly ProgramUse[] =>
  steps.flatMap((step): readonly ProgramUse[] => {
    const how = verbs[step.does];
    if (how === undefined) return [];
    return step.text
      .slice(0, 4_000)
      .split(/\||&&|;/)
      .slice(0, 20)
      .flatMap((command): readonly ProgramUse[] => {
        const program = commandProgram(command.replace(/^[\s(]+/, ''));
        if (program === undefined || plain.has(baseOf(program.path))) return [];
        const asWritten = withVariables(program.path, step.rc.home).slice(0, 500);
        if (!/[\w]/.test(baseOf(asWritten)) || /^[<>&$]/.test(asWritten)) return [];
        const path = asWritten.startsWith('/')
          ? asWritten
          : (programAt(files, asWritten) ?? asWritten);
        return [
          {
            path,
            args: program.args,
            kind: 'content-filter',
            because: step.because,
            reach: [
              {
                resource: 'mail-in-transit',
                mode: step.does === 'filter' ? 'write' : 'read',
                extent: `${whose(step)}: ${how}`,
                because: step.because,
              },
            ],
          },
        ];
      });
  });

const forwardsOf = (steps: readonly Step[]): readonly Reach[] =>
  steps
    .filter(({ does, text }) => does === 'forward' && text !== '')
    .slice(0, reachMax)
    .map(step => ({
      resource: 'mail-in-transit',
      mode: 'send',
      extent: `${whose(step)}: sent on to ${step.text.slice(0, 200)}`,
      because: step.because,
    }));

const logOf = (steps: readonly Step[], place: Place): AccessLog => {
  const file = steps.findLast(
    ({ does, name, rc }) => does === 'set' && name === 'LOGFILE' && rc.home === undefined,
  );
  if (file === undefined || file.text === '') {
    return {
      question: 'what was changed',
      emitted: 'off',
      why: 'no LOGFILE is set for all accounts: neither deliveries nor what a program made of a message are written down',
      because: file?.because ?? place,
      remedy:
        '# Each account writes the file itself.\n# in /etc/procmailrc, at its top:\nLOGFILE=$HOME/.procmail.log',
    };
  }
  return {
    question: 'what was changed',
    emitted: 'partial',
    why: 'an abstract of each delivery: sender, subject, folder and size; what a filter made of a message is not told',
    because: file.because,
    ...(file.text.startsWith('/') && !/[$`]/.test(file.text)
      ? { sink: { to: 'file', path: file.text } as const }
      : {}),
  };
};

/** procmail, which delivers mail and has programs look through it: procmail(1), procmailrc(5). */
export const procmail: Platform = {
  id: 'procmail',
  title: 'procmail',
  reads: [...binaries, ...globalFiles, ...personalFiles],
  read: (files, packages: PackageIndex) => {
    const binary = binaries.find(path => files.stat(path)?.kind === 'file');
    if (binary === undefined && packages.named('procmail') === undefined) {
      return { components: [] };
    }
    const shared = globalFiles.filter(path => files.stat(path)?.kind === 'file');
    const personal = personalFiles.flatMap(pattern => files.glob(pattern));
    const steps = readAll(files, [
      ...shared.map(path => ({ path })),
      ...personal.map(path => ({ path, home: dirOf(path) })),
    ]);
    const place: Place = { path: shared[0] ?? personal[0] ?? binary ?? '/usr/bin/procmail' };
    const main: Component = {
      id,
      name: 'procmail',
      kind: 'content-filter',
      platform: 'procmail',
      // Who delivers through it says so: Postfix, Exim, Sendmail, an alias or a .forward.
      enabled: null,
      ...identify(packages, {
        files: binary === undefined ? [] : [binary],
        names: ['procmail'],
        otherwise: { origin: 'upstream', supplier: 'procmail project' },
      }),
      foundAt: [place],
      reach: forwardsOf(steps),
      logs: [logOf(steps, place)],
    };
    const host = { files, packages, id, platform: 'procmail' };
    const uses = usesOf(files, steps);
    return {
      components: [main, ...programParts(host, uses)],
      // Whether anything is delivered through procmail, its caller says.
      links: spamcLinks(
        id,
        uses.filter(
          ({ path }) => programAt(files, path) !== undefined || !tellsInstalled(packages),
        ),
      ).map(link => ({ ...link, isCertain: false })),
    };
  },
};
