import type { Place } from '../../core/place.ts';

/** What a line of a procmailrc does beyond filing (procmailrc(5)). */
export interface ProcmailStep {
  /** `filter`: the message is replaced by what comes out. `ask`: a condition runs it. */
  readonly does: 'pipe' | 'filter' | 'ask' | 'backquote' | 'forward' | 'include' | 'set';
  /** The command, the addresses, the file or the value; variables as written. */
  readonly text: string;
  /** Of `set`: the variable. */
  readonly name?: string;
  readonly because: Place;
}

const linesMax = 20_000;
const stepsMax = 5_000;

interface Line {
  readonly text: string;
  readonly line: number;
}

/** A backslash at its end continues a line, in comments too. */
const linesOf = (text: string): readonly Line[] => {
  const out: Line[] = [];
  let held = '';
  let from = 0;
  for (const [i, raw] of text.split('\n').slice(0, linesMax).entries()) {
    if (held === '') from = i + 1;
    const whole = held + raw.replace(/\r$/, '');
    if (whole.endsWith('\\') && whole.length < 65_536) {
      held = `${whole.slice(0, -1)} `;
      continue;
    }
    held = '';
    out.push({ text: whole.trim(), line: from });
  }
  if (held !== '') out.push({ text: held.trim(), line: from });
  return out;
};

const backquoted = (text: string): readonly string[] =>
  [...text.slice(0, 8_192).matchAll(/`([^`]{1,2000})`/g)].map(match => match[1] ?? '');

/** `:0 fw: lock` and, in old files, `:2`, which counts conditions that have no star. */
const recipe = /^:(\d{1,2})\s*([A-Za-z]*)/;

/**
 * Reads procmailrc(5): recipes (`:0 flags`, conditions, one action), nested blocks, assignments. A
 * message that is filed in a folder is no step.
 */
export const readProcmail = (text: string, path: string): readonly ProcmailStep[] => {
  const steps: ProcmailStep[] = [];
  /** Flags of the recipe whose action is still to come; undefined between recipes. */
  let flags: string | undefined;
  const action = (bare: string, because: Place): void => {
    const doing = flags?.includes('f') === true ? 'filter' : 'pipe';
    flags = undefined;
    // `VAR=| command` keeps what comes out.
    const piped = /^(?:[A-Za-z_]\w{0,80}\s*=\s*)?\|(.*)$/s.exec(bare);
    if (piped !== null) {
      const command = (piped[1] ?? '').trim();
      if (command !== '') steps.push({ does: doing, text: command, because });
    } else if (bare.startsWith('!')) {
      steps.push({ does: 'forward', text: bare.slice(1).trim(), because });
    }
  };
  for (const { text: bare, line } of linesOf(text)) {
    if (bare === '' || bare.startsWith('#') || steps.length >= stepsMax) continue;
    const because = { path, line };
    const head = recipe.exec(bare);
    if (head !== null) {
      flags = head[2] ?? '';
      continue;
    }
    if (bare.startsWith('}')) continue;
    if (bare.startsWith('*')) {
      const asked = /^\*[\s!$]*(?:-?[\d.]+\^[-\d.]+\s*)?[\s!$]*\?\s*(.+)$/s.exec(bare);
      if (asked !== null) steps.push({ does: 'ask', text: asked[1] ?? '', because });
      continue;
    }
    if (bare.startsWith('{')) {
      flags = undefined;
      continue;
    }
    const set = /^([A-Za-z_]\w{0,80})\s*=\s*(?!\|)(.*)$/s.exec(bare);
    if (flags !== undefined && set === null) {
      action(bare, because);
      continue;
    }
    if (flags !== undefined && /^[A-Za-z_]\w{0,80}\s*=\s*\|/.test(bare)) {
      action(bare, because);
      continue;
    }
    if (set === null) continue;
    const name = set[1] ?? '';
    const value = (set[2] ?? '').replace(/^"([^"]*)".*$/s, '$1').replace(/^'([^']*)'.*$/s, '$1');
    for (const command of backquoted(set[2] ?? '')) {
      steps.push({ does: 'backquote', text: command, because });
    }
    if (name === 'INCLUDERC' || name === 'SWITCHRC') {
      if (value !== '') steps.push({ does: 'include', text: value, because });
    } else {
      // At its end procmail runs what TRAP holds, and hands it the message.
      const does = name === 'TRAP' && value !== '' ? 'pipe' : 'set';
      steps.push({ does, name, text: value, because });
    }
  }
  return steps;
};
