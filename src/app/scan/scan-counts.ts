/** What a scan has done so far. */
export class ScanCounts {
  /** Messages that were listed, known ones too. */
  listed = 0;
  /** That were read. */
  messages = 0;
  bytes = 0;
  folders = 0;
  /** Of all that there are, as far as somebody counts ahead; absent until they are counted. */
  foldersOfAll: number | undefined;
  foldersUnchanged = 0;
  /** Of those that were read: ones that other settings had read before. */
  readAnew = 0;
  gone = 0;
  /** Messages that may not be read. */
  forbidden = 0;
}
