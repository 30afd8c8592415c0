import { existsSync } from 'node:fs';
import { zonesOf } from '../app/ingest/zones.ts';
import { givenKey, keyPath, openKey } from '../app/people/key.ts';
import type { AskedCase } from '../app/scope/case-file.ts';
import { casesIn, keepVersion, readCase } from '../app/scope/cases.ts';
import { fingerprintOf } from '../app/scope/link-store.ts';
import { lookForOrigin } from '../app/scope/origin.ts';
import { peopleKeys } from '../app/scope/person-keys.ts';
import { type Scoped, type ScopeRequest, scopeCase } from '../app/scope/scope.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import type { ScopeReport } from '../core/scope-report.ts';
import { safeJson } from '../report/plain.ts';
import { scopeJson } from '../report/scope/json.ts';
import { originText } from '../report/scope/origin-text.ts';
import { sheetText } from '../report/scope/sheet.ts';
import { scopeText } from '../report/scope/text.ts';
import { type Invocation, spellingOf } from './arguments.ts';
import { formatOf, progressLine } from './manner.ts';
import type { Outcome } from './outcome.ts';
import { askedOf, caseNameOf, momentOf } from './scope-asked.ts';
import { bundleCase } from './scope-bundle.ts';
import { exportPeople } from './scope-exports.ts';
import { scopeFormats } from './scope-verb.ts';
import { storeToRead } from './store-folder.ts';
import { type Aim, type Prepared, prepare } from './target.ts';

type Format = (typeof scopeFormats)[number];

const render = async (format: Format, report: ScopeReport): Promise<string> => {
  switch (format) {
    case 'text':
      return scopeText(report);
    case 'json':
      return scopeJson(report);
    case 'html':
      return (await import('../report/scope/html.ts')).scopeHtml(report);
  }
};

/** The key of the store, where it is there; without it, whoever logs name is not found, and that is said. */
const keyOf = (
  store: string,
  { values }: Invocation,
  { configuration }: Aim,
): { readonly pseudonyms?: ReturnType<typeof openKey> } => {
  const given =
    values.get('key') ?? givenKey(process.env, configuration.exposure.key, configuration.folder);
  const expected = fingerprintOf(store);
  const request = {
    store,
    ...(given === undefined ? {} : { given }),
    ...(expected === undefined ? {} : { expected }),
  };
  if (given === undefined && !existsSync(keyPath(request))) return {};
  return { pseudonyms: openKey(request) };
};

const memoryOf = (invocation: Invocation): number => {
  const given = invocation.values.get('memory') ?? '1024';
  if (!/^[1-9]\d{1,5}$/.test(given)) {
    throw new UsageError(
      `scope: ${spellingOf(invocation, 'memory')} "${given.slice(0, 20)}": expected MiB, such as 1024`,
    );
  }
  return Number(given) * (1 << 20);
};

/** All that a scoping of a case takes, but the case. */
export const requestFor = (
  invocation: Invocation,
  aim: Aim,
  say: (stage: string) => void,
): Omit<ScopeRequest, 'asked' | 'take'> => {
  const store = storeToRead(invocation);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    store,
    files: aim.files,
    configuration: aim.configuration,
    root: 'root' in aim.target ? aim.target.root : undefined,
    pseudonyms: undefined,
    ...keyOf(store, invocation, aim),
    zoneOf: zonesOf(
      invocation.values.get('zone'),
      `scope: ${spellingOf(invocation, 'zone')}`,
      here,
    ),
    now: aim.now,
    memoryBytesMax: memoryOf(invocation),
    say,
  };
};

/** Nothing is known for sure where something could not be seen. */
const exitOf = ({ unknown, coverage }: ScopeReport): Outcome['exit'] =>
  unknown.length > 0 || coverage.some(({ days }) => days.some(({ is }) => is !== 'kept'))
    ? exitCodes.unseen
    : exitCodes.done;

/** What was asked: on the command line, or when the case was kept last. */
const caseToAsk = (
  invocation: Invocation,
): { readonly asked: AskedCase; readonly name?: string } => {
  const asked = askedOf(invocation);
  const name = caseNameOf(invocation) ?? asked?.name;
  const named = name === undefined ? {} : { name };
  if (asked !== undefined) return { asked, ...named };
  if (name !== undefined) return { asked: readCase(storeToRead(invocation), name).asked, name };
  throw new UsageError(
    'scope: --component ID with --from and --to, or --file FILE, or --case NAME is missing; see postern scope --help',
  );
};

const runNow = async (
  { invocation, aim }: Prepared,
  format: Format,
  say: (stage: string) => void,
): Promise<Outcome> => {
  const { asked, name } = caseToAsk(invocation);
  const at = await aim();
  const request = requestFor(invocation, at, say);
  const scoped: Scoped = await scopeCase({ ...request, asked });
  let { report } = scoped;
  if (name !== undefined) {
    say('keeping this version');
    const people = peopleKeys(request.store, scoped.linked, scoped.answer);
    const key = process.env['POSTERN_EVIDENCE_KEY'];
    const where = { store: request.store, now: () => new Date(), key };
    ({ report } = await keepVersion(where, { name, asked, report, people }));
  }
  return {
    text: await render(format, report),
    exit: exitOf(report),
    out: invocation.values.get('out'),
  };
};

const days = (invocation: Invocation, flag: string, otherwise: number): number => {
  const given = invocation.values.get(flag);
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d{0,3}$/.test(given)) {
    throw new UsageError(
      `scope: ${spellingOf(invocation, flag)} "${given.slice(0, 20)}": expected a number of days`,
    );
  }
  return Number(given);
};

const historyDays = 90;

const runOrigin = async (
  invocation: Invocation,
  format: Format,
  say: (stage: string) => void,
): Promise<Outcome> => {
  const beforeMs = momentOf(invocation, 'before', true);
  if (beforeMs === undefined) {
    throw new UsageError(
      'scope origin: --before TIME is missing: the moment by which it had begun',
    );
  }
  if (format === 'html') throw new UsageError('scope origin: --format is text or json');
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const origin = await lookForOrigin({
    store: storeToRead(invocation),
    beforeMs,
    windowDays: days(invocation, 'days', 30),
    historyDays,
    zoneOf: zonesOf(
      invocation.values.get('zone'),
      `scope: ${spellingOf(invocation, 'zone')}`,
      here,
    ),
    progress: (done, of) => say(`segment ${done} of ${of}`),
  });
  const text =
    format === 'json'
      ? `${safeJson({ schema: 'postern.scope-origin/1', ...origin }, 2)}\n`
      : originText(origin);
  return {
    text,
    exit: origin.unseen.length > 0 ? exitCodes.unseen : exitCodes.done,
    out: invocation.values.get('out'),
  };
};

const versionOf = (invocation: Invocation): number | undefined => {
  const given = invocation.values.get('case-version');
  if (given !== undefined && !/^[1-9]\d{0,8}$/.test(given)) {
    throw new UsageError(
      `scope: ${spellingOf(invocation, 'case-version')} "${given.slice(0, 20)}": expected a number`,
    );
  }
  return given === undefined ? undefined : Number(given);
};

const casesText = (store: string): string => {
  const cases = casesIn(store);
  if (cases.length === 0) return 'no case is kept\n';
  return cases.map(({ name, version, at }) => `${name}, version ${version}, ${at}\n`).join('');
};

/** `postern scope [now | cases | show | people | tenants | sheet | bundle | origin]`. */
export const runScope = async (given: Invocation): Promise<Outcome> => {
  const prepared = await prepare(given);
  const { invocation } = prepared;
  const format = formatOf(invocation, scopeFormats, 'text');
  const { name: action, words } = invocation.action ?? { name: 'now', words: [] };
  const out = invocation.values.get('out');
  const store = storeToRead(invocation);
  const [name = ''] = words;
  const { say, end } = progressLine(invocation);
  try {
    switch (action) {
      case 'cases': {
        const value = { schema: 'postern.scope-cases/1', cases: casesIn(store) };
        const text = format === 'json' ? `${safeJson(value, 2)}\n` : casesText(store);
        return { text, exit: exitCodes.done, out };
      }
      case 'show': {
        const { report } = readCase(store, name, versionOf(invocation));
        return { text: await render(format, report), exit: exitOf(report), out };
      }
      case 'sheet': {
        const { report, asked } = readCase(store, name, versionOf(invocation));
        return { text: sheetText(report, asked), exit: exitOf(report), out };
      }
      case 'people':
      case 'tenants':
        return await exportPeople({ prepared, name, isFanOut: action === 'tenants', say });
      case 'bundle':
        return await bundleCase(invocation, name, versionOf(invocation));
      case 'origin':
        return await runOrigin(invocation, format, say);
      default:
        return await runNow(prepared, format, say);
    }
  } finally {
    end();
  }
};
