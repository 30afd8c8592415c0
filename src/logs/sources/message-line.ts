/**
 * A message may hold line feeds; a line may not. On its line a line feed is `␊` (U+240A), and these three marks,
 * where a message has them itself, stand behind `␛` (U+241B). `␘` (U+2418) at the end says that the message was
 * cut there, at the beginning that the line goes on with a message that was. All other bytes stand as they came.
 */
const lineFeedMark = 0x8a;
const cutMark = 0x98;
const escapeMark = 0x9b;
/** First two bytes of all three, in UTF-8. */
const lead = Buffer.from([0xe2, 0x90]);

const mark = (last: number): Buffer => Buffer.from([0xe2, 0x90, last]);
const [lineFeedText, cutText, escapeText] = [mark(lineFeedMark), mark(cutMark), mark(escapeMark)];

const lineFeed = 0x0a;

const isMark = (byte: number | undefined): boolean =>
  byte === lineFeedMark || byte === cutMark || byte === escapeMark;

/** A message, or a piece of one that is longer than is read at once. */
export interface MessagePiece {
  readonly bytes: Uint8Array;
  /** It goes on with a message whose first piece came before. */
  readonly isContinued?: boolean;
  /** The message does not end here: its rest comes next, or never came. */
  readonly isCut?: boolean;
}

const escaped = (message: Buffer): Buffer => {
  const parts: Buffer[] = [];
  let from = 0;
  const put = (to: number, text: Buffer, next: number): void => {
    parts.push(message.subarray(from, to), text);
    from = next;
  };
  for (let at = 0; at < message.length; at += 1) {
    const byte = message[at];
    if (byte === lineFeed) put(at, lineFeedText, at + 1);
    else if (byte === 0xe2 && message[at + 1] === 0x90 && isMark(message[at + 2])) {
      put(at, escapeText, at);
      at += 2;
    }
  }
  parts.push(message.subarray(from));
  return Buffer.concat(parts);
};

/** The one line of a piece, without its line end. */
export const lineOfMessage = ({ bytes, isContinued, isCut }: MessagePiece): Buffer => {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const plain = !message.includes(lineFeed) && !message.includes(lead);
  const text = plain ? message : escaped(message);
  if (isContinued !== true && isCut !== true) return text;
  return Buffer.concat([
    ...(isContinued === true ? [cutText] : []),
    text,
    ...(isCut === true ? [cutText] : []),
  ]);
};

/** The piece that a line was made of: what `lineOfMessage` did, undone. */
export const messageOfLine = (line: Uint8Array): Required<MessagePiece> => {
  let text = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const isContinued = text.subarray(0, 3).equals(cutText);
  if (isContinued) text = text.subarray(3);
  const parts: Buffer[] = [];
  let isCut = false;
  let from = 0;
  for (let at = text.indexOf(lead); at >= 0; at = text.indexOf(lead, at)) {
    const last = text[at + 2];
    if (last === escapeMark) {
      parts.push(text.subarray(from, at));
      from = at + 3;
      at += 6;
    } else if (last === lineFeedMark) {
      parts.push(text.subarray(from, at), Buffer.from([lineFeed]));
      at += 3;
      from = at;
    } else if (last === cutMark && at + 3 === text.length) {
      isCut = true;
      parts.push(text.subarray(from, at));
      at += 3;
      from = at;
    } else at += 2;
  }
  parts.push(text.subarray(from));
  return { bytes: Buffer.concat(parts), isContinued, isCut };
};
