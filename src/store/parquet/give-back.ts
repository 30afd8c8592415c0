/**
 * Frees memory at once that would else wait until it is collected: what is unpacked of many files makes V8 collect
 * again and again, though it keeps next to nothing. Whoever uses it afterwards finds it empty. Node.js 20 cannot.
 */
export const giveBack = ({ buffer }: Uint8Array): void => {
  // Small ones lie in a pool of that size, of which others have a share.
  const isOwn = buffer.byteLength > Buffer.poolSize / 2 && buffer.byteLength !== Buffer.poolSize;
  if (!(buffer instanceof ArrayBuffer) || !isOwn) return;
  const transfer: unknown = Reflect.get(buffer, 'transfer');
  if (typeof transfer === 'function') Reflect.apply(transfer, buffer, [0]);
};
