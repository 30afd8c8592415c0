import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { LoadedConfiguration } from '../app/configuration.ts';
import { loadConfiguration } from '../app/load-configuration.ts';
import { givenKey, openOrMakeKey } from '../app/people/key.ts';
import { scanCustomers } from '../app/people/scan-customers.ts';
import { takeStock } from '../app/people/take-stock.ts';
import { type DiscoveredMail, discoverMail } from '../app/scan/discover.ts';
import { isImapUrl } from '../app/scan/imap/server.ts';
import { imapPlaces } from '../app/scan/imap-places.ts';
import type { ScanSettings } from '../app/scan/protocol.ts';
import { scan } from '../app/scan/scan.ts';
import type { ScanAnswer } from '../app/scan/scan-answer.ts';
import type { ScanCounts } from '../app/scan/scan-counts.ts';
import { scanText } from '../app/scan/scan-text.ts';
import { scanSettings } from '../app/scan/settings.ts';
import { type ImapPlace, openSources } from '../app/scan/sources.ts';
import type { TriedMessage } from '../app/scan/try-message.ts';
import { fingerprintOf } from '../app/scope/link-store.ts';
import { exitCodes, messageOf, UsageError } from '../core/errors.ts';
import { safeJson } from '../report/plain.ts';
import { type Invocation, spellingOf, withFileOptions } from './arguments.ts';
import { destroyedKey } from './destroy-key.ts';
import { formatOf, progressLine } from './manner.ts';
import type { Outcome } from './outcome.ts';
import { scanFormats } from './scan-verb.ts';
import { storeFolder } from './store-folder.ts';

const sayEveryMs = 250;

const timeLeft = (seconds: number): string =>
  seconds < 90
    ? `${Math.ceil(seconds)} s`
    : seconds < 5_400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3_600).toFixed(1)} h`;

/** How far it has come, now and then. */
const told = (say: (stage: string) => void): ((counts: ScanCounts) => void) => {
  const startedMs = performance.now();
  let lastMs = 0;
  return ({ listed, messages, bytes, folders, foldersOfAll = 0 }) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < sayEveryMs) return;
    lastMs = nowMs;
    const seconds = Math.max(0.001, (nowMs - startedMs) / 1_000);
    const rate = (bytes / 1e6 / seconds).toFixed(0);
    const of = (value: number): string => value.toLocaleString('en-US');
    // Folders differ; with many of them it comes out.
    const share = Math.min(folders, foldersOfAll) / Math.max(1, foldersOfAll);
    const left = share < 0.02 ? '' : `, about ${timeLeft((seconds * (1 - share)) / share)} left`;
    const all = foldersOfAll > folders ? ` of ${of(foldersOfAll)}` : '';
    say(
      `${of(folders)}${all} folders, ${of(listed)} messages seen, ${of(messages)} read, ${of(Math.floor(bytes / 1e6))} MB, ${rate} MB/s${left}`,
    );
  };
};

/** SIGINT and SIGTERM end what is under way in good order; a second one ends it at once. */
const stopping = (): { readonly isStopped: () => boolean; readonly end: () => void } => {
  let signal: NodeJS.Signals | undefined;
  const stop = (given: NodeJS.Signals): void => {
    signal = given;
    end();
  };
  const end = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { isStopped: () => signal !== undefined, end };
};

const answered = (answer: ScanAnswer, format: (typeof scanFormats)[number]): string =>
  format === 'json' ? `${safeJson(answer, 2)}\n` : scanText(answer);

interface Places {
  readonly paths: readonly string[];
  readonly servers: readonly ImapPlace[];
  readonly wanted?: ReadonlyMap<string, DiscoveredMail['wanted']>;
}

/** What the mail servers' own settings say, where nobody names anything. */
const discoveredPlaces = (discovered: readonly DiscoveredMail[], hasList: boolean): Places => {
  if (discovered.length === 0) {
    // A list alone tells whose records somebody could read.
    if (hasList) return { paths: [], servers: [] };
    throw new UsageError(
      'scan: PATH is missing, and no mail server’s settings name a folder of mail: name it, or put it into postern.yaml, exposure.mail',
    );
  }
  return {
    paths: discovered.map(({ path }) => path),
    servers: [],
    wanted: new Map(discovered.map(({ path, wanted }) => [path, wanted])),
  };
};

/** What is to be read: as the command line names it, else `exposure.mail` of postern.yaml, else as mail servers have it. */
const placesOf = (
  { words = [], values }: Invocation,
  { exposure, folder }: LoadedConfiguration,
  root: string,
  discovered: readonly DiscoveredMail[],
): Places => {
  const named = words.length > 0 ? words : exposure.mail;
  if (named.length === 0) {
    return discoveredPlaces(discovered, values.has('customers') || exposure.customers.length > 0);
  }
  // Of postern.yaml, they are relative to its folder.
  const from = root !== '/' ? '/' : words.length > 0 ? '.' : (folder ?? '.');
  return {
    paths: named.filter(place => !isImapUrl(place)).map(place => resolve(from, place)),
    servers: imapPlaces({
      urls: named.filter(isImapUrl),
      policy: exposure,
      folder,
      accounts: values.get('accounts'),
      passwordFile: values.get('password-file'),
      environment: process.env,
    }),
  };
};

const messageBytesMax = 64 << 20;

/** What the detectors say of some files; nothing is kept. */
const runDry = async (
  { words = [], values }: Invocation,
  format: (typeof scanFormats)[number],
  settings: ScanSettings,
): Promise<Outcome> => {
  if (words.length === 0) {
    throw new UsageError('scan: --dry-run: name the file of a message: message.eml');
  }
  // All that reads mail is with the threads else.
  const { tryMessage } = await import('../app/scan/try-message.ts');
  const { tryText } = await import('../app/scan/try-text.ts');
  const tried: TriedMessage[] = [];
  for (const path of words) {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path).subarray(0, messageBytesMax);
    } catch (thrown) {
      throw new UsageError(`scan: ${path}: cannot be read: ${messageOf(thrown)}`);
    }
    tried.push(await tryMessage(path, bytes, settings));
  }
  const text =
    format === 'json'
      ? `${safeJson(tried.length === 1 ? tried[0] : tried, 2)}\n`
      : tried.map(tryText).join('\n');
  const exit = tried.some(({ unseen }) => unseen.length > 0) ? exitCodes.unseen : exitCodes.done;
  return { text, exit, out: values.get('out') };
};

export const runScan = async (given: Invocation): Promise<Outcome> => {
  const configuration = await loadConfiguration(
    given.values.get('config'),
    spellingOf(given, 'config'),
  );
  const invocation = withFileOptions(given, configuration.options);
  const { values, switches } = invocation;
  const format = formatOf(invocation, scanFormats, 'text');
  const policy = configuration.exposure;
  const settings = await scanSettings(policy, configuration.folder);
  if (switches.has('dry-run')) return await runDry(invocation, format, settings);
  const store = storeFolder(invocation);
  const key = values.get('key') ?? givenKey(process.env, policy.key, configuration.folder);
  const doomed = values.get('destroy-key');
  if (doomed !== undefined) {
    const request = { store, ...(key === undefined ? {} : { given: key }) };
    return {
      text: destroyedKey(request, doomed),
      exit: exitCodes.done,
      out: values.get('out'),
    };
  }
  const root = values.get('root') ?? '/';
  const discovered = discoverMail(root);
  const places = placesOf(invocation, configuration, root, discovered.places);
  const templates = discovered.places.flatMap(each => each.templates);
  const { say, end } = progressLine(invocation);
  const { isStopped, end: endStopping } = stopping();
  const pseudonyms = (expected: string | undefined): ReturnType<typeof openOrMakeKey> =>
    openOrMakeKey({
      store,
      ...(key === undefined ? {} : { given: key }),
      ...(expected === undefined ? {} : { expected }),
    });
  const work = async (): Promise<ScanAnswer> => {
    // A list that cannot be read says so before hours of reading mail.
    const unused = await scanCustomers({
      store,
      given: values.get('customers'),
      configuration,
      environment: process.env,
      pseudonyms: () => pseudonyms(fingerprintOf(store)),
      now: new Date(),
      say,
    });
    const scanned = await scan({
      store,
      pseudonyms,
      sources: opened => openSources({ root, ...places, templates, pseudonyms: opened }),
      settings,
      full: switches.has('full'),
      attachments: !switches.has('no-attachments'),
      threads: Math.max(1, availableParallelism()),
      now: () => Date.now(),
      progress: told(say),
      countsAhead: process.stderr.isTTY && !switches.has('quiet'),
      isStopped,
    });
    const people = isStopped() ? undefined : await takeStock(store, new Date(), say);
    return {
      ...scanned,
      ...(people === undefined ? {} : { people }),
      unseen: [
        ...[...unused, ...(places.wanted === undefined ? [] : discovered.unseen)].map(each => ({
          ...each,
          count: 1,
        })),
        ...scanned.unseen,
      ],
    };
  };
  const answer = await work().finally(() => {
    end();
    endStopping();
  });
  return {
    text: answered(answer, format),
    exit: answer.unseen.length > 0 || answer.run.stopped ? exitCodes.unseen : exitCodes.done,
    out: values.get('out'),
  };
};
