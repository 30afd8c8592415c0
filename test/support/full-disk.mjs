// Preloaded into a process of Postern: its disk is full when it has written so many bytes.
import { open } from 'node:fs/promises';

let room = Number(process.env.ROOM_BYTES);
const handle = await open('/dev/null', 'w');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
const { write } = prototype;
prototype.write = async function (bytes, at = 0, length = bytes.length - at, ...rest) {
  if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  // As a disk does: what has room is written, and the next write fails.
  const part = Math.min(length, room);
  room -= part;
  return await write.call(this, bytes, at, part, ...rest);
};
