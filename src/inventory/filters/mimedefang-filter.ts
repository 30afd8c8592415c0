import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';

/** What the Perl of mimedefang-filter(5) calls for each message, as far as its own lines say. */
export interface FilterCalls {
  /** Sockets of clamd. */
  readonly clamd: readonly { readonly socket: string; readonly because: Place }[];
  /** Where SpamAssassin is called, which MIMEDefang loads into itself. */
  readonly spamAssassin?: Place;
}

export const mimedefangFilters: readonly string[] = [
  '/etc/mail/mimedefang-filter',
  '/etc/mimedefang-filter',
];

const linesMax = 50_000;
const socketsMax = 20;

export const readFilterCalls = (files: FileView, path: string): FilterCalls => {
  const clamd: { socket: string; because: Place }[] = [];
  let spamAssassin: Place | undefined;
  const lines = (files.text(path) ?? '').split('\n', linesMax);
  for (const [i, raw] of lines.entries()) {
    const bare = raw.trimStart().slice(0, 2_000);
    if (bare === '__END__') break;
    if (bare.startsWith('#')) continue;
    const because = { path, line: i + 1 };
    const socket =
      /_contains_virus_clamd\s{0,10}\([^'"#)]{0,200}['"](\/[^'"]{1,300})['"]/.exec(bare)?.[1] ??
      /^\$ClamdSock\s{0,10}=\s{0,10}['"](\/[^'"]{1,300})['"]/.exec(bare)?.[1];
    if (socket !== undefined && !clamd.some(known => known.socket === socket)) {
      clamd.push({ socket, because });
    }
    if (/\bspam_assassin_(?:check|is_spam|mail|status)\b/.test(bare)) spamAssassin ??= because;
  }
  return {
    clamd: clamd.slice(0, socketsMax),
    ...(spamAssassin === undefined ? {} : { spamAssassin }),
  };
};
