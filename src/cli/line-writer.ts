import type { OutStream } from './out.ts';
import { writeAll } from './write-all.ts';

/** Whoever read our output has had enough (`| head`). */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

const bufferChars = 1 << 16;

/** Lines written together, and waited for while nobody reads: memory does not grow with the logs. */
export class LineWriter {
  private readonly out: OutStream | undefined;
  private text = '';
  private isGone = false;

  constructor(out: OutStream | undefined) {
    this.out = out;
  }

  write(line: string): void {
    this.text += `${line}\n`;
    if (this.text.length >= bufferChars) this.flush();
  }

  /** The same for a line that is written beside the work: that goes on when nobody reads any more. */
  offer(line: string): void {
    if (this.isGone) return;
    try {
      this.write(line);
    } catch (thrown) {
      if (!(thrown instanceof ReaderGone)) throw thrown;
      this.isGone = true;
    }
  }

  flush(): void {
    const bytes = Buffer.from(this.text);
    this.text = '';
    if (this.out !== undefined) this.out.write(bytes);
    else if (!writeAll(1, bytes)) throw new ReaderGone();
  }
}
