const metaPattern =
  /<meta[^>]{0,200}?charset\s{0,10}=\s{0,10}["']?\s{0,10}([a-zA-Z0-9_:.-]{1,40})/i;

/** What an HTML document says of itself, where the part's header says nothing (HTML 4.2.5.4). */
export const metaCharset = (bytes: Buffer): string | undefined => {
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, 2_048));
  const label = metaPattern.exec(head)?.[1];
  // A document that says UTF-16 in ASCII is not.
  return label === undefined || /utf-?(?:16|32)/i.test(label) ? undefined : label;
};
