/** Whether bytes begin with these; `Buffer.compare` throws where there are fewer. */
export const startsWith = (bytes: Uint8Array, magic: Buffer): boolean =>
  bytes.length >= magic.length && magic.compare(bytes, 0, magic.length) === 0;
