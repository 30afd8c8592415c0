import type { MailAttachment, MailFault, MailLimits, MailText } from '../message.ts';

const faultsMax = 100;
const attachmentsMax = 10_000;

/** What reading a message has brought so far, and what is left of its limits. */
export class Collected {
  readonly limits: MailLimits;
  readonly texts: MailText[] = [];
  /** What stands outside of parts comes last. */
  readonly outside: MailText[] = [];
  readonly attachments: MailAttachment[] = [];
  readonly faults: MailFault[] = [];
  private partsLeft: number;
  private bytesLeft: number;

  constructor(limits: MailLimits) {
    this.limits = limits;
    this.partsLeft = limits.partsMax;
    this.bytesLeft = limits.decodedBytesMax;
  }

  get parts(): number {
    return this.partsLeft;
  }

  takePart(): boolean {
    if (this.partsLeft <= 0) return false;
    this.partsLeft--;
    return true;
  }

  /** As much of the bytes as may still be decoded. */
  allowed(bytes: Buffer): Buffer {
    if (bytes.length <= this.bytesLeft) return bytes;
    this.fault(
      'decoded-bytes',
      `only ${this.bytesLeft} of ${bytes.length} bytes of a part were read`,
    );
    return bytes.subarray(0, this.bytesLeft);
  }

  spend(bytes: number): void {
    this.bytesLeft = Math.max(0, this.bytesLeft - bytes);
  }

  /** A message with a million broken parts has a hundred faults. */
  fault(kind: MailFault['kind'], detail: string): void {
    if (this.faults.length < faultsMax) this.faults.push({ kind, detail });
  }

  attach(attachment: MailAttachment): void {
    if (this.attachments.length < attachmentsMax) this.attachments.push(attachment);
    else this.fault('parts', `more than ${attachmentsMax} attachments`);
  }

  /** Of an empty file the name is kept. */
  text(text: MailText): void {
    if (text.text !== '' || text.name !== undefined) this.texts.push(text);
  }
}
