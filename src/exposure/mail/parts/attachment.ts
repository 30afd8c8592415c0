import type { MailAttachment } from '../message.ts';
import type { TransferEncoding } from '../transfer/transfer.ts';
import { undoTransfer } from '../transfer/transfer.ts';

/** A part whose content is decoded when somebody asks: most attachments never are. */
export class EncodedAttachment implements MailAttachment {
  readonly name: string;
  readonly type: string;
  readonly encrypted?: boolean;
  private readonly raw: Buffer;
  private readonly encoding: TransferEncoding;
  private readonly bytesMax: number;

  constructor(
    about: { readonly name: string; readonly type: string; readonly encrypted?: boolean },
    raw: Buffer,
    encoding: TransferEncoding,
    bytesMax: number,
  ) {
    this.name = about.name;
    this.type = about.type;
    if (about.encrypted === true) this.encrypted = true;
    this.raw = raw;
    this.encoding = encoding;
    this.bytesMax = bytesMax;
  }

  bytes(): Uint8Array {
    // No encoding makes more than twice as much of what is worth reading.
    const raw = this.raw.subarray(0, this.bytesMax * 4);
    return undoTransfer(raw, this.encoding).bytes.subarray(0, this.bytesMax);
  }

  head(bytesMax: number): Uint8Array {
    // Base64 needs four bytes for three, quoted-printable three for one, and lines have ends.
    const raw = this.raw.subarray(0, bytesMax * 4);
    return undoTransfer(raw, this.encoding).bytes.subarray(0, bytesMax);
  }

  get sizeBytes(): number {
    return this.encoding === 'identity'
      ? Math.min(this.raw.length, this.bytesMax)
      : this.bytes().length;
  }
}
