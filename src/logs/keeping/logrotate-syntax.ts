import type { Place } from '../../core/place.ts';

export type Period = 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly';

/** What logrotate(8) is told of one set of files, global settings included. */
export interface RotateOptions {
  /** `size`: by size alone, whatever the time. */
  readonly when: Period | 'size';
  readonly count: number;
  readonly maxAgeDays?: number;
  /** Rotates earlier than its time when it has grown so large. */
  readonly maxSize?: string;
  /** Waits past its time until it has grown so large. */
  readonly minSize?: string;
  readonly size?: string;
  readonly copyOnly: boolean;
  readonly olddir?: string;
  readonly ignoreDuplicates: boolean;
}

/** logrotate's own defaults: by size, one megabyte, no old file kept. */
export const rotateDefaults: RotateOptions = {
  when: 'size',
  size: '1M',
  count: 0,
  copyOnly: false,
  ignoreDuplicates: false,
};

export interface Stanza {
  readonly patterns: readonly string[];
  readonly options: RotateOptions;
  readonly because: Place;
  /** Text of its scripts, which may remove what rotation keeps. */
  readonly script: string;
}

export interface RotateFault {
  readonly line: number;
  readonly why: string;
}

export type RotateItem =
  | { readonly is: 'stanza'; readonly stanza: Stanza }
  | { readonly is: 'taboo'; readonly patterns: readonly string[]; readonly adds: boolean };

const withNumber = new Set(['rotate', 'maxage', 'minage', 'start', 'shredcycles']);
const withSize = new Set(['size', 'minsize', 'maxsize']);
const withText = new Set([
  'olddir',
  'mail',
  'extension',
  'addextension',
  'dateformat',
  'compresscmd',
  'uncompresscmd',
  'compressext',
  'compressoptions',
  'include',
  'tabooext',
  'taboopat',
  'su',
  'create',
  'createolddir',
]);
const flags = new Set([
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'yearly',
  'missingok',
  'nomissingok',
  'ignoreduplicates',
  'ifempty',
  'notifempty',
  'nocreate',
  'noolddir',
  'nocreateolddir',
  'copy',
  'nocopy',
  'copytruncate',
  'nocopytruncate',
  'renamecopy',
  'norenamecopy',
  'shred',
  'noshred',
  'allowhardlink',
  'noallowhardlink',
  'compress',
  'nocompress',
  'delaycompress',
  'nodelaycompress',
  'dateext',
  'nodateext',
  'dateyesterday',
  'datehourago',
  'nomail',
  'mailfirst',
  'maillast',
  'sharedscripts',
  'nosharedscripts',
]);
const scripts = new Set(['prerotate', 'postrotate', 'firstaction', 'lastaction', 'preremove']);

/** One directive over the options so far; a text instead when logrotate would refuse its value. */
const apply = (
  options: RotateOptions,
  key: string,
  value: string,
): RotateOptions | { readonly refused: string } => {
  if (withNumber.has(key) && !/^-?\d{1,9}$/.test(value)) {
    return { refused: `${key} needs a number` };
  }
  if (withSize.has(key) && !/^\+?\d{1,15}[kMG]?$/.test(value)) {
    return { refused: `${key} needs a size such as 100k, 5M or 1G` };
  }
  switch (key) {
    case 'hourly':
    case 'daily':
    case 'weekly':
    case 'monthly':
    case 'yearly':
      return { ...options, when: key };
    case 'size':
      return { ...options, when: 'size', size: value.replace(/^\+/, '') };
    case 'maxsize':
      return { ...options, maxSize: value.replace(/^\+/, '') };
    case 'minsize': {
      const { minSize: _, ...others } = options;
      return /^\+?0+\D?$/.test(value) ? others : { ...others, minSize: value.replace(/^\+/, '') };
    }
    case 'rotate':
      return { ...options, count: Number(value) };
    case 'maxage':
      return { ...options, maxAgeDays: Number(value) };
    case 'copy':
      return { ...options, copyOnly: true };
    case 'nocopy':
    case 'copytruncate':
      return { ...options, copyOnly: false };
    case 'olddir':
      return { ...options, olddir: value };
    case 'noolddir': {
      const { olddir: _, ...rest } = options;
      return rest;
    }
    case 'ignoreduplicates':
      return { ...options, ignoreDuplicates: true };
  }
  return options;
};

/** Blank-separated words with the shell's quotes (popt's poptParseArgvString). */
const wordsOf = (text: string): readonly string[] => {
  const out: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"') word = (word ?? '') + text.charAt(++i);
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else if (c === '\\') word = (word ?? '') + text.charAt(++i);
    else word = (word ?? '') + c;
  }
  if (word !== undefined) out.push(word);
  return out.slice(0, 5_000);
};

interface Open {
  readonly patterns: readonly string[];
  readonly line: number;
  options: RotateOptions;
  script: string;
  refused: boolean;
}

const itemsMax = 20_000;

/**
 * Reads what an `include` names, in its place: what stands there goes before what follows, and its
 * settings outside of stanzas stay in force. Answers those settings.
 */
export type Include = (
  path: string,
  options: RotateOptions,
  before: readonly RotateItem[],
) => RotateOptions;

/**
 * Reads one configuration file of logrotate 3.x as its own reader does: a directive it does not know
 * is passed over, a bad value drops the stanza that it stands in, and a line that is neither
 * directive nor name ends the reading of the file.
 */
export const parseLogrotate = (
  text: string,
  path: string,
  start: RotateOptions,
  include: Include,
): {
  readonly items: readonly RotateItem[];
  readonly options: RotateOptions;
  readonly faults: readonly RotateFault[];
} => {
  const items: RotateItem[] = [];
  const faults: RotateFault[] = [];
  let globals = start;
  let open: Open | undefined;
  let at = 0;
  let line = 1;

  const skipTo = (end: number): void => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < end; ) {
      line += 1;
      next = text.indexOf('\n', next + 1);
    }
    at = end;
  };
  const lineEnd = (): number => {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  };
  /** A stanza with a fault is passed over to the next closing brace, wherever that stands. */
  const refuse = (): void => {
    if (open === undefined) return;
    open.refused = true;
    const end = text.indexOf('}', at);
    skipTo(end < 0 ? text.length : end);
  };
  const close = (): void => {
    if (open !== undefined && !open.refused) {
      const { patterns, options, script } = open;
      items.push({
        is: 'stanza',
        stanza: { patterns, options, script, because: { path, line: open.line } },
      });
    }
    open = undefined;
  };
  const directive = (key: string, value: string): void => {
    const current = open?.options ?? globals;
    if (key === 'include' && open === undefined) {
      globals = include(value, globals, items.splice(0));
      return;
    }
    if (key === 'tabooext' || key === 'taboopat') {
      const words = value.split(/[\s,]+/).filter(word => word !== '');
      const adds = words[0] === '+';
      const patterns = words
        .filter(word => word !== '+')
        .map(word => (key === 'tabooext' ? `*${word}` : word));
      items.push({ is: 'taboo', patterns, adds });
      return;
    }
    const next = apply(current, key, value);
    if ('refused' in next) {
      faults.push({ line, why: next.refused });
      refuse();
      return;
    }
    if (open === undefined) globals = next;
    else open.options = next;
  };

  while (at < text.length && items.length < itemsMax) {
    const c = text.charAt(at);
    if (c === '\n') {
      line += 1;
      at += 1;
    } else if (/\s/.test(c)) at += 1;
    else if (c === '#') at = lineEnd();
    else if (c === '}') {
      close();
      at += 1;
    } else if (/[A-Za-z]/.test(c)) {
      const key = /^[A-Za-z]{1,60}/.exec(text.slice(at, at + 60))?.[0] ?? c;
      const after = text.charAt(at + key.length);
      if (after !== '' && !/[\s=]/.test(after)) {
        faults.push({ line, why: `"${key}" is followed by "${after}"` });
        at += key.length;
        refuse();
        continue;
      }
      at += key.length;
      if (scripts.has(key)) {
        const rest = text.slice(at);
        const end = /^[ \t]*endscript\b/m.exec(rest);
        const script = end === null ? rest : rest.slice(0, end.index);
        if (open !== undefined) open.script += script.slice(0, 1 << 16);
        skipTo(end === null ? text.length : at + end.index + end[0].length);
        continue;
      }
      if (withNumber.has(key) || withSize.has(key) || withText.has(key)) {
        const value = text
          .slice(at, lineEnd())
          .replace(/^[\s=]+/, '')
          .trim();
        at = lineEnd();
        directive(key, value);
      } else if (!flags.has(key)) {
        faults.push({ line, why: `"${key}" is not one of its words` });
        at = lineEnd();
      } else {
        // `weekly 1` names a weekday; everything else takes no value.
        if (key === 'weekly') at += /^[ \t=]*[0-7]?/.exec(text.slice(at, at + 20))?.[0].length ?? 0;
        directive(key, '');
      }
    } else if (c === '/' || c === '"' || c === "'" || c === '~') {
      const end = text.indexOf('{', at);
      const from = line;
      if (end < 0) {
        faults.push({ line, why: 'a file name is followed by no brace' });
        break;
      }
      if (open !== undefined) {
        faults.push({ line, why: 'a file name stands within a stanza' });
        refuse();
        continue;
      }
      const patterns = wordsOf(text.slice(at, end));
      skipTo(end + 1);
      open = { patterns, line: from, options: globals, script: '', refused: false };
    } else if (open === undefined) {
      faults.push({
        line,
        why: 'it is neither a directive nor a file name: logrotate reads no further',
      });
      break;
    } else {
      faults.push({ line, why: 'it is neither a directive nor a file name' });
      refuse();
    }
  }
  close();
  return { items, options: globals, faults };
};
