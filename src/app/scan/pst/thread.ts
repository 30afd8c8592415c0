import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PSTFile, PSTFolder, PSTMessage } from 'pst-extractor';
import { PSTUtil } from 'pst-extractor/dist/PSTUtil.class.js';
import { decodeText } from '../../../exposure/mail/charsets/decode.ts';
import { renderItem } from '../../../exposure/stores/pst/render.ts';
import { PstItemReader } from './item-reader.ts';
import type { PstAnswer, PstAsk, PstFolderTold, PstSetup } from './protocol.ts';

const foldersMax = 100_000;
const depthMax = 64;
/** Kinds of nodes (MS-PST, 2.2.2.1). */
const normalFolder = 0x02;
const normalMessage = 0x04;

/** The library opens by path, and cannot be told to leave times of access as they are. Of this thread alone. */
const openSync = fs.openSync;
fs.openSync = path => openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOATIME);

/** It takes all that is not UTF-16 for UTF-8; files of older Outlooks are in the code page of their country. */
PSTUtil.createJavascriptString = (data: Buffer, stringType: number, codePage?: string): string =>
  stringType === 0x1f
    ? data.toString('utf16le').replaceAll('\0', '')
    : decodeText(data, codePage === '' ? undefined : codePage).text.replaceAll('\0', '');

/** What it complains of quotes what it reads. */
for (const name of ['log', 'error', 'warn', 'info', 'debug'] as const) console[name] = () => {};

type PstNode = Parameters<typeof PSTUtil.detectAndLoadPSTObject>[1] & object;

class OpenPst {
  private readonly file: PSTFile;
  private readonly bytesMax: number;

  constructor({ path, messageBytesMax }: PstSetup) {
    this.file = new PSTFile(path);
    this.bytesMax = messageBytesMax;
  }

  answer(asked: PstAsk): PstAnswer {
    switch (asked.ask) {
      case 'folders':
        return { is: 'folders', folders: this.folders(), store: this.store() };
      case 'messages':
        return { is: 'messages', nodes: this.messages(asked.folder) };
      case 'read':
        return this.read(asked.message);
    }
  }

  /** The identity that Outlook gives each file: another export of the same mailbox has another. */
  private store(): string {
    const record = this.file.getMessageStore();
    const value: unknown = Reflect.get(record, 'pstTableItems', record);
    const item: unknown = value instanceof Map ? value.get(0x0ff9) : undefined;
    const data: unknown =
      typeof item === 'object' && item !== null ? Reflect.get(item, 'data', item) : undefined;
    return Buffer.isBuffer(data) ? data.subarray(0, 32).toString('hex') : '';
  }

  /** By the tree of nodes, which every thing in the file hangs in; lists of folders may be missing or damaged. */
  private folders(): readonly PstFolderTold[] {
    const tree = this.file.getChildDescriptorTree();
    const told: PstFolderTold[] = [];
    const seen = new Set<number>();
    const walk = (parent: number, names: readonly string[]): void => {
      if (seen.has(parent) || names.length > depthMax) return;
      seen.add(parent);
      for (const node of tree.get(parent) ?? []) {
        const { descriptorIdentifier } = node;
        const isFolder = (descriptorIdentifier & 0x1f) === normalFolder;
        if (!isFolder || seen.has(descriptorIdentifier) || told.length >= foldersMax) continue;
        const below = [...names, this.folderName(node)];
        told.push({ node: descriptorIdentifier, names: below });
        walk(descriptorIdentifier, below);
      }
    };
    walk(PSTFile.ROOT_FOLDER_DESCRIPTOR_IDENTIFIER, []);
    return told;
  }

  private folderName(node: PstNode): string {
    try {
      const folder: unknown = PSTUtil.detectAndLoadPSTObject(this.file, node);
      return folder instanceof PSTFolder ? folder.displayName : '';
    } catch {
      return '';
    }
  }

  /** All that the tree of nodes hangs below a folder: what a list of contents has lost is there too. */
  private messages(folder: number): Uint32Array {
    const nodes = this.file.getChildDescriptorTree().get(folder) ?? [];
    const numbers = nodes
      .map(node => node.descriptorIdentifier)
      .filter(node => (node & 0x1f) === normalMessage);
    return Uint32Array.from(numbers).sort();
  }

  private read(message: number): PstAnswer {
    const node = this.nodes().get(message);
    if (node === undefined) return { is: 'failed', why: 'damaged' };
    const found: unknown = PSTUtil.detectAndLoadPSTObject(this.file, node);
    if (!(found instanceof PSTMessage)) return { is: 'failed', why: 'damaged' };
    const item = new PstItemReader(this.bytesMax).item(found);
    const { received = item.sent } = item;
    return {
      is: 'read',
      bytes: new Uint8Array(renderItem(item)),
      isCut: item.isCut,
      ...(received === undefined ? {} : { received }),
    };
  }

  private known:
    | Map<number, Parameters<typeof PSTUtil.detectAndLoadPSTObject>[1] & object>
    | undefined;

  private nodes(): ReadonlyMap<number, PstNode> {
    if (this.known === undefined) {
      this.known = new Map();
      for (const nodes of this.file.getChildDescriptorTree().values()) {
        for (const node of nodes) this.known.set(node.descriptorIdentifier, node);
      }
    }
    return this.known;
  }
}

let open: OpenPst | undefined;

const answered = (asked: PstAsk): PstAnswer => {
  try {
    open ??= new OpenPst(workerData as PstSetup);
    return open.answer(asked);
  } catch (thrown) {
    const isEncrypted = thrown instanceof Error && thrown.message.includes('is encrypted');
    return { is: 'failed', why: isEncrypted ? 'encrypted' : 'damaged' };
  }
};

parentPort?.on('message', (asked: PstAsk) => {
  const answer = answered(asked);
  parentPort?.postMessage(answer, answer.is === 'read' ? [answer.bytes.buffer] : []);
});
