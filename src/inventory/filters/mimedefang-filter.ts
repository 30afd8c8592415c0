import type { FileView } from '../../core/files.ts';
import { dirOf, joinPath } from '../../core/paths.ts';
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

interface Line {
  readonly text: string;
  readonly because: Place;
}

/** Lines of Perl that are code, as far as their beginning tells. */
const codeLines = (files: FileView, path: string): readonly Line[] => {
  if (files.stat(path)?.kind !== 'file') return [];
  const lines = (files.text(path) ?? '').split('\n', linesMax);
  const end = lines.findIndex(raw => raw.trim() === '__END__');
  return lines
    .slice(0, end === -1 ? undefined : end)
    .map((raw, i) => ({
      text: raw.trimStart().slice(0, 2_000),
      because: { path, line: i + 1 },
    }))
    .filter(({ text }) => !text.startsWith('#'));
};

const matchOf = (lines: readonly Line[], pattern: RegExp): Line | undefined =>
  lines
    .map(({ text, because }) => ({ text: pattern.exec(text)?.[1] ?? '', because }))
    .findLast(({ text }) => text !== '');

/** `mimedefang.pl` reads it before the filter: which scanners there are, and where clamd listens. */
const settingsBeside = (files: FileView, filter: string): readonly Line[] =>
  codeLines(files, joinPath(dirOf(filter), 'mimedefang.pl.conf'));

/** Compiled into mimedefang.pl. */
const presetSocket = '/var/spool/MIMEDefang/clamd.sock';

/** The socket that scanners of no socket of their own ask. */
const socketOf = (lines: readonly Line[]): Line | undefined =>
  matchOf(lines, /^\$ClamdSock\s{0,10}=\s{0,10}['"](\/[^'"]{1,300})['"]/);

/**
 * `message_contains_virus` asks every scanner that is switched on in `%Features`. Whether one was
 * compiled in is not known: only what the settings switch on counts.
 */
const asksAll = (calls: readonly Line[], settings: readonly Line[]): Line | undefined => {
  const call = calls.find(({ text }) => /\b(?:message|entity)_contains_virus\s{0,10}\(/.test(text));
  const isOn = matchOf(
    [...settings, ...calls],
    /^\$Features\{\s{0,5}['"]?Virus:CLAMD['"]?\s{0,5}\}\s{0,10}=\s{0,10}(.{1,100})/,
  );
  return isOn === undefined || /^(?:0|''|""|undef)\s{0,10};/.test(isOn.text) ? undefined : call;
};

export const readFilterCalls = (files: FileView, path: string): FilterCalls => {
  const lines = codeLines(files, path);
  const settings = settingsBeside(files, path);
  const clamd = lines.flatMap(({ text, because }) => {
    const socket = /_contains_virus_clamd\s{0,10}\([^'"#)]{0,200}['"](\/[^'"]{1,300})['"]/.exec(
      text,
    );
    return socket?.[1] === undefined ? [] : [{ socket: socket[1], because }];
  });
  const set = socketOf([...settings, ...lines]);
  const asks =
    asksAll(lines, settings) ??
    lines.find(({ text }) =>
      /_contains_virus_clamd\s{0,10}\(\s{0,10}\$?\w{0,50}\s{0,10}\)/.test(text),
    );
  if (set !== undefined && (asks !== undefined || set.because.path === path)) {
    clamd.push({ socket: set.text, because: set.because });
  } else if (asks !== undefined) clamd.push({ socket: presetSocket, because: asks.because });
  const spamAssassin = lines.find(({ text }) =>
    /\bspam_assassin_(?:check|is_spam|mail|status)\b/.test(text),
  )?.because;
  return {
    clamd: clamd
      .filter(({ socket }, i) => clamd.findIndex(each => each.socket === socket) === i)
      .slice(0, socketsMax),
    ...(spamAssassin === undefined ? {} : { spamAssassin }),
  };
};
