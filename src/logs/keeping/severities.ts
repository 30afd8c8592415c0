/** Syslog severities by their numbers (RFC 5424): the lower, the worse. */
export const severities = [
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
  'info',
  'debug',
] as const;

const aliases: Readonly<Record<string, string>> = {
  panic: 'emerg',
  error: 'err',
  warn: 'warning',
};

/** A number of 0 to 7; -1 for a word that is none. */
export const severityOf = (word: string): number => {
  const name = word.toLowerCase();
  if (/^[0-7]$/.test(name)) return Number(name);
  return (severities as readonly string[]).indexOf(
    Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name,
  );
};

export const facilities = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'console',
  'cron2',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

/** `security` is the old name of `auth`. */
export const facilityName = (word: string): string => {
  const name = word.toLowerCase().replace(/^log_/, '');
  if (/^\d{1,2}$/.test(name)) return facilities[Number(name)] ?? name;
  return name === 'security' ? 'auth' : name;
};

/** A set of severities, one bit each. */
export type Severities = number;
export const allSeverities: Severities = 0xff;

/** Severities at least as bad as that. */
export const atLeast = (severity: number): Severities => (1 << (severity + 1)) - 1;

/** The mildest of the set, which is the level down to which lines pass. */
export const mildest = (set: Severities): string | undefined => {
  for (let i = 7; i >= 0; i--) if ((set & (1 << i)) !== 0) return severities[i];
  return undefined;
};

/** For which severities something holds: surely, and at all possibly. `sure` lies within `may`. */
export interface Passing {
  readonly sure: Severities;
  readonly may: Severities;
}

export const always: Passing = { sure: allSeverities, may: allSeverities };
export const never: Passing = { sure: 0, may: 0 };
export const perhaps: Passing = { sure: 0, may: allSeverities };

export const both = (a: Passing, b: Passing): Passing => ({
  sure: a.sure & b.sure,
  may: a.may & b.may,
});
export const either = (a: Passing, b: Passing): Passing => ({
  sure: a.sure | b.sure,
  may: a.may | b.may,
});
export const not = ({ sure, may }: Passing): Passing => ({
  sure: allSeverities & ~may,
  may: allSeverities & ~sure,
});
export const exactly = (set: Severities): Passing => ({ sure: set, may: set });

/** One log line as far as it is known before it is written. */
export interface Message {
  readonly facility: string;
  /** The tag without its process number; undefined when it is not known. */
  readonly program?: string;
}
