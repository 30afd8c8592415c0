import type { RunningBytes } from '../../places/running-bytes.ts';

/** A message in a file of dbox. */
export interface DboxPiece {
  /** Of its header in the file. */
  readonly offset: number;
  /** Of its first byte, and behind its last. */
  readonly from: number;
  readonly end: number;
  /** Milliseconds since 1970. */
  readonly received?: number;
  readonly guid?: string;
  /** Its attachments lie in files of their own (mail_attachment_dir). */
  readonly hasOutside: boolean;
  /** Behind its metadata. */
  readonly next: number;
}

const lineBytesMax = 256;
/** Mostly two hundred bytes. */
const metadataBytes = 1_024;
const metadataBytesMax = 1 << 16;
const metadataMagic = '\n\x01\x03\n';

/** `2 M1e C5d3f2a10`: version, length of each message's header, and when the file was made. */
export const fileHeader = async (
  bytes: RunningBytes,
): Promise<{ readonly end: number; readonly headerBytes: number } | undefined> => {
  const front = (await bytes.at(0, lineBytesMax)).toString('latin1');
  const line = /^2 ([^\n]*)\n/.exec(front);
  const headerBytes = Number.parseInt(
    /(?:^| )M([0-9a-f]{1,4})(?: |$)/.exec(line?.[1] ?? '')?.[1] ?? '',
    16,
  );
  if (line === null || Number.isNaN(headerBytes) || headerBytes < 30) return undefined;
  return { end: line[0].length, headerBytes };
};

/** Lines of a key and a value, up to an empty one; at the end of a file that was cut off there are none. */
const metadataAt = (
  text: string,
  isLast = text.length < metadataBytes,
): { readonly members: ReadonlyMap<string, string>; readonly bytes: number } | undefined => {
  if (!text.startsWith(metadataMagic)) return undefined;
  const members = new Map<string, string>();
  for (let at = metadataMagic.length; ; ) {
    const feed = text.indexOf('\n', at);
    if (feed < 0) return isLast ? { members, bytes: text.length } : undefined;
    if (feed === at) return { members, bytes: feed + 1 };
    members.set(text.slice(at, at + 1), text.slice(at + 1, feed));
    at = feed + 1;
  }
};

/**
 * The message whose header stands at an offset (dbox-file.h): two bytes of magic, `N`, its size in sixteen
 * hexadecimal digits, itself, and its metadata. Nothing where none stands there.
 */
export const pieceAt = async (
  bytes: RunningBytes,
  offset: number,
  headerBytes: number,
): Promise<DboxPiece | undefined> => {
  const header = (await bytes.at(offset, headerBytes)).toString('latin1');
  if (header.length < headerBytes || !header.startsWith('\x01\x02')) return undefined;
  const digits = header.slice(13, 29);
  const size = /^[0-9A-Fa-f]{16}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
  if (!Number.isSafeInteger(size)) return undefined;
  const from = offset + headerBytes;
  const end = from + size;
  const metadata =
    metadataAt((await bytes.at(end, metadataBytes)).toString('latin1')) ??
    metadataAt((await bytes.at(end, metadataBytesMax)).toString('latin1'), true);
  const seconds = Number.parseInt(metadata?.members.get('R') ?? '', 16);
  const guid = metadata?.members.get('G');
  return {
    offset,
    from,
    end,
    hasOutside: metadata?.members.has('X') === true,
    next: end + (metadata?.bytes ?? 0),
    ...(Number.isNaN(seconds) ? {} : { received: seconds * 1_000 }),
    ...(guid === undefined ? {} : { guid }),
  };
};
