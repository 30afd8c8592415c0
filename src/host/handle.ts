import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  type Stats,
} from 'node:fs';

/** O_PATH of Linux, which Node.js does not name: a handle on a file that opens nothing of it. */
const pathOnly = 0o10000000;

const sameFile = (a: Stats, b: Stats): boolean => a.ino === b.ino && a.dev === b.dev;

/** Where a descriptor's file lies, as Linux sees it; nothing where it cannot be asked. */
const placeOf = (fd: number): string | undefined => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
};

/** Whether every folder on the way is still a folder, and what lies at its end the one looked at. */
const stillLeadsTo = (hostPath: string, hostRoot: string, seen: Stats | undefined): boolean => {
  for (let end = hostPath.lastIndexOf('/'); end > hostRoot.length; ) {
    if (!lstatSync(hostPath.slice(0, end)).isDirectory()) return false;
    end = hostPath.lastIndexOf('/', end - 1);
  }
  const now = lstatSync(hostPath);
  return seen === undefined ? !now.isSymbolicLink() : sameFile(now, seen);
};

class ChangedMeanwhile extends Error {}

/** Why something that was there a moment ago could not be read or listed, for a note. */
export const whyNot = (
  thrown: unknown,
  done: 'read' | 'listed',
): { readonly why: string; readonly how: string } => {
  if (thrown instanceof ChangedMeanwhile) {
    return { why: 'changed while it was being opened', how: 'Run Postern again.' };
  }
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'error';
  return {
    why: `cannot be ${done} (${code})`,
    how: 'Run Postern as a user who may read it, and check what it is.',
  };
};

/**
 * Uses a file or folder at a path from which every link was taken out, and that alone. Whoever owns a
 * folder on the way may put a link in its place meanwhile: so Linux is asked for a handle that opens
 * nothing, where that handle is, and only then for the content behind the very same handle.
 *
 * @param use is given a path that leads to the file, whatever its name now leads to.
 * @param seen what it was when it was looked at; without it, it may be anything but a link.
 * @throws ChangedMeanwhile when the path leads elsewhere by now, and whatever the system says.
 */
export const withHandle = <T>(
  hostRoot: string,
  inner: string,
  seen: Stats | undefined,
  use: (path: string) => T,
): T => {
  const hostPath = inner === '/' && hostRoot !== '' ? hostRoot : hostRoot + inner;
  if (process.platform === 'linux') {
    const handle = openSync(hostPath, pathOnly | constants.O_NOFOLLOW);
    try {
      const place = placeOf(handle);
      if (place !== undefined) {
        const same = seen === undefined || sameFile(fstatSync(handle), seen);
        if (place !== hostPath || !same) throw new ChangedMeanwhile();
        return use(`/proc/self/fd/${handle}`);
      }
    } finally {
      closeSync(handle);
    }
  }
  if (!stillLeadsTo(hostPath, hostRoot, seen)) throw new ChangedMeanwhile();
  return use(hostPath);
};

/** The descriptor of a regular file, open to be read. A FIFO or device put in its place does not block. */
export const openFile = (hostRoot: string, inner: string, seen: Stats): number =>
  withHandle(hostRoot, inner, seen, path => {
    // Through a handle, the link to follow is the kernel's own.
    const follow = path.startsWith('/proc/self/fd/') ? 0 : constants.O_NOFOLLOW;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | follow);
    const opened = fstatSync(fd);
    if (opened.isFile() && sameFile(opened, seen)) return fd;
    closeSync(fd);
    throw new ChangedMeanwhile();
  });
