import type { HostLimits } from '../core/limits.ts';

interface Full {
  readonly why: string;
  /** It is the whole reading that has no room left. */
  readonly all: boolean;
}

/** How much text may be read: every text stays in memory for those who ask for it again. */
interface TextBudget {
  /** Answers what is full, or too long, when this text is not to be read. */
  take(path: string, sizeBytes: number): Full | undefined;
}

/** `.forward`, `.procmailrc`: what anybody with a home writes. */
const personal = /^\/(?:home\/[^/]+|root)\/\.[^/]+$/;

/** One program's configuration: `/etc/nginx` of `/etc/nginx/sites/a`, `/etc` of `/etc/aliases`. */
const settingsFolder = (path: string): string | undefined => {
  if (personal.test(path)) return '/home';
  const [, etc, folder, ...below] = path.split('/', 4);
  if (etc !== 'etc' || folder === undefined) return undefined;
  return below.length === 0 ? '/etc' : `/etc/${folder}`;
};

export const openTextBudget = ({
  textBytesMax,
  settingsBytesMax,
  personalBytesMax,
}: Pick<HostLimits, 'textBytesMax' | 'settingsBytesMax' | 'personalBytesMax'>): TextBudget => {
  const byFolder = new Map<string, number>();
  let all = 0;
  return {
    take: (path, sizeBytes) => {
      if (sizeBytes > personalBytesMax && personal.test(path)) {
        return { why: `it is longer than ${personalBytesMax} bytes`, all: false };
      }
      const folder = settingsFolder(path);
      const there = (folder === undefined ? 0 : (byFolder.get(folder) ?? 0)) + sizeBytes;
      if (folder !== undefined && there > settingsBytesMax) {
        return {
          why: `the settings in ${folder} that were read before it hold nearly ${settingsBytesMax} bytes`,
          all: false,
        };
      }
      if (all + sizeBytes > textBytesMax) {
        return {
          why: `the texts that were read before it hold nearly ${textBytesMax} bytes`,
          all: true,
        };
      }
      if (folder !== undefined) byFolder.set(folder, there);
      all += sizeBytes;
      return undefined;
    },
  };
};
