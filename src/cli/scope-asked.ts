import { readFileSync, statSync } from 'node:fs';
import {
  type AskedBreach,
  type AskedCase,
  caseNamePattern,
  checkBreach,
  momentMs,
  parseCase,
} from '../app/scope/case-file.ts';
import { messageOf, UsageError } from '../core/errors.ts';
import { type Invocation, spellingOf } from './arguments.ts';

const fileBytesMax = 64 << 20;

/** A moment that an option names. @throws UsageError */
export const momentOf = (
  invocation: Invocation,
  flag: string,
  isEnd = false,
): number | undefined => {
  const given = invocation.values.get(flag);
  if (given === undefined) return undefined;
  const ms = momentMs(given, isEnd);
  if (ms === undefined) {
    throw new UsageError(
      `scope: ${spellingOf(invocation, flag)} "${given.slice(0, 60)}": expected a day or a time such as 2026-06-17 or 2026-06-17T09:00:00+09:00`,
    );
  }
  return ms;
};

/** Name of the case that is to be kept. @throws UsageError */
export const caseNameOf = (invocation: Invocation): string | undefined => {
  const name = invocation.values.get('case');
  if (name !== undefined && !caseNamePattern.test(name)) {
    throw new UsageError(
      `scope: ${spellingOf(invocation, 'case')} "${name.slice(0, 60)}": expected letters, digits, dots and dashes, a hundred at most`,
    );
  }
  return name;
};

const caseInFile = (path: string): AskedCase => {
  try {
    const { size } = statSync(path);
    if (size > fileBytesMax) throw new Error(`${size} bytes; at most ${fileBytesMax} are read`);
    return parseCase(path, readFileSync(path, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`scope: --file ${path}: cannot be read: ${messageOf(thrown)}`);
  }
};

const wordsOf = ({ values }: Invocation, flag: string): readonly string[] | undefined =>
  values.get(flag)?.split(' ');

const breachOf = (invocation: Invocation): AskedBreach | undefined => {
  const component = invocation.values.get('component');
  const narrows = {
    accounts: wordsOf(invocation, 'account'),
    addresses: wordsOf(invocation, 'address'),
    apps: wordsOf(invocation, 'app'),
    sessions: wordsOf(invocation, 'session'),
  };
  const given = Object.entries(narrows).filter(([, words]) => words !== undefined);
  if (component === undefined && given.length === 0) return undefined;
  const [fromMs, toMs] = [momentOf(invocation, 'from'), momentOf(invocation, 'to', true)];
  if (fromMs === undefined || toMs === undefined) {
    const missing = fromMs === undefined ? '--from' : '--to';
    throw new UsageError(
      `scope: ${missing} TIME is missing: the window in which it was in other hands`,
    );
  }
  const breach: AskedBreach = {
    fromMs,
    toMs,
    ...(component === undefined ? {} : { component }),
    ...(invocation.switches.has('controlled') ? { controlled: true } : {}),
    ...Object.fromEntries(given),
  };
  return checkBreach(breach, 'scope');
};

/** What the command line asks: of a file, of options, or both. @throws UsageError */
export const askedOf = (invocation: Invocation): AskedCase | undefined => {
  const path = invocation.values.get('file');
  const inFile = path === undefined ? undefined : caseInFile(path);
  const breach = breachOf(invocation);
  if (inFile === undefined && breach === undefined) return undefined;
  const moments = {
    awareMs: momentOf(invocation, 'aware'),
    materialMs: momentOf(invocation, 'material'),
  };
  return {
    malicious: true,
    measures: [],
    findings: [],
    ...inFile,
    ...(invocation.switches.has('mistake') ? { malicious: false } : {}),
    ...Object.fromEntries(Object.entries(moments).filter(([, ms]) => ms !== undefined)),
    breaches: [...(inFile?.breaches ?? []), ...(breach === undefined ? [] : [breach])],
  };
};
