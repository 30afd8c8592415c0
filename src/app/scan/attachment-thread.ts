/** A thread that opens attachments, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { Masks } from '../../exposure/index/masks.ts';
import { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { openedTexts } from './attachments.ts';
import { attachmentMsMax } from './lane-limits.ts';
import { MessageScan } from './message-scan.ts';
import type { AttachmentAnswer, AttachmentOrder, ThreadSetup } from './protocol.ts';

// Whoever starts the thread gives it this.
const { key, types, settings } = workerData as Omit<ThreadSetup, 'progress'>;
const scan = new MessageScan(new Pseudonyms(key), new Masks(types), settings);

const answer = async ({ id, name, type, bytes }: AttachmentOrder): Promise<void> => {
  // What can be ended in good order keeps what it found before; whoever goes on is ended with its thread.
  const signal = AbortSignal.timeout(attachmentMsMax * 0.8);
  const { texts, unseen } = await openedTexts({ name, type, bytes }, signal);
  const done: AttachmentAnswer = { id, scanned: scan.attachment(texts, unseen) };
  parentPort?.postMessage(done, []);
};

parentPort?.on('message', (order: AttachmentOrder) => void answer(order));
