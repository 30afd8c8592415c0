import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { MailFolder, ReadMessage, StoredMessage } from '../../exposure/mail-store.ts';
import type { PstAnswer, PstAsk, PstSetup } from './pst/protocol.ts';

const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? './pst/thread.ts' : './pst/thread.js',
  import.meta.url,
);

/** The library holds the tree of nodes: some hundred bytes for each message. */
const memoryMbMax = 768;
const listMsMax = 120_000;
const readMsMax = 20_000;
/** Threads that died or hung over one file, after which the rest of it is left. */
const deathsMax = 5;

export interface PstSource {
  /** Opens the file within the root. @returns its descriptor, or nothing where it may not be read */
  open(): number | undefined;
  readonly state: string | undefined;
  readonly messageBytesMax: number;
  note(why: string): void;
}

/** Asks one thing after the other, and ends the thread that does not answer in time: a hostile file may have it loop. */
class PstThread {
  private readonly fd: number;
  private readonly messageBytesMax: number;
  private worker: Worker | undefined;
  private deaths = 0;
  private before: Promise<unknown> = Promise.resolve();

  constructor(fd: number, messageBytesMax: number) {
    this.fd = fd;
    this.messageBytesMax = messageBytesMax;
  }

  ask(asked: PstAsk): Promise<PstAnswer> {
    const answer = this.before.then(() => this.asked(asked));
    this.before = answer;
    return answer;
  }

  private async asked(asked: PstAsk): Promise<PstAnswer> {
    if (this.deaths >= deathsMax) return { is: 'failed', why: 'damaged' };
    const worker = this.started();
    const timer = new AbortController();
    const over = sleep(asked.ask === 'read' ? readMsMax : listMsMax, undefined, {
      signal: timer.signal,
    });
    try {
      const answer = await Promise.race([
        answerOf(worker, asked),
        over.then(
          () => undefined,
          () => undefined,
        ),
      ]);
      if (answer !== undefined) return answer;
    } catch {
      // Out of memory, or what the library throws outside of a call.
    } finally {
      timer.abort();
    }
    this.deaths += 1;
    await this.end();
    return { is: 'failed', why: 'damaged' };
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    const setup: PstSetup = {
      path: `/proc/self/fd/${this.fd}`,
      messageBytesMax: this.messageBytesMax,
    };
    this.worker = new Worker(threadUrl, {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: memoryMbMax },
      stdout: true,
      stderr: true,
    });
    this.worker.on('error', () => {});
    return this.worker;
  }
}

const answerOf = (worker: Worker, asked: PstAsk): Promise<PstAnswer> =>
  new Promise((resolve, reject) => {
    const off = (): void => {
      worker.off('message', take);
      worker.off('error', fail);
      worker.off('exit', fail);
    };
    const take = (answer: PstAnswer): void => {
      off();
      resolve(answer);
    };
    const fail = (): void => {
      off();
      reject(new Error('the thread ended'));
    };
    worker.on('message', take);
    worker.on('error', fail);
    worker.on('exit', fail);
    worker.postMessage(asked, []);
  });

/** What stands above a user's folders in every file, by Outlook's language; the one of searches holds no mail of its own. */
const isTop = (name: string): boolean =>
  /^(?:Top of |Root - |Racine|Oberste |IPM_SUBTREE|Principio|Livello|Início)/i.test(name) ||
  name.includes('先頭') ||
  name.endsWith('データ ファイル');

const folderName = (names: readonly string[]): string => {
  const top = names.findLastIndex(isTop);
  const below = names.slice(top + 1);
  return (below.length === 0 ? names : below).map(name => name.replaceAll('/', '_')).join('/');
};

/** Folders of a PST or OST; each message becomes one of MIME. */
export async function* pstFolders(source: PstSource, mailbox: string): AsyncGenerator<MailFolder> {
  const fd = source.open();
  if (fd === undefined) return;
  const thread = new PstThread(fd, source.messageBytesMax);
  try {
    const told = await thread.ask({ ask: 'folders' });
    if (told.is !== 'folders') {
      const why = told.is === 'failed' ? told.why : 'damaged';
      source.note(
        why === 'encrypted' ? 'is an encrypted file of Outlook' : 'is a damaged file of Outlook',
      );
      return;
    }
    for (const { node, names } of told.folders) {
      yield {
        store: 'pst',
        mailbox,
        name: folderName(names),
        ...(source.state === undefined ? {} : { state: `${source.state} ${node}` }),
        messages: () => messagesOf(thread, node, told.store, source),
      };
    }
  } finally {
    await thread.end();
    closeSync(fd);
  }
}

async function* messagesOf(
  thread: PstThread,
  folder: number,
  store: string,
  source: PstSource,
): AsyncGenerator<StoredMessage> {
  const listed = await thread.ask({ ask: 'messages', folder });
  if (listed.is !== 'messages') {
    source.note('has a folder that cannot be listed');
    return;
  }
  for (const node of listed.nodes) {
    yield { key: `${store}.${node}`, read: () => read(thread, node) };
  }
}

const read = async (thread: PstThread, message: number): Promise<ReadMessage> => {
  const answer = await thread.ask({ ask: 'read', message });
  if (answer.is !== 'read') return { state: 'unseen', why: 'damaged' };
  const { bytes, isCut, received } = answer;
  return { state: 'read', bytes, isCut, ...(received === undefined ? {} : { received }) };
};
