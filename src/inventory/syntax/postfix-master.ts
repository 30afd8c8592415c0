import {
  blank,
  type LinedText,
  lineAt,
  onLine,
  readLogicalLines,
  sliceLined,
} from './postfix-lines.ts';
import { cut, unbrace } from './postfix-list.ts';
import { type Setting, splitSetting } from './postfix-main.ts';

/** What stands behind the command: one word, or one `{ … }` without its braces. */
interface Argument {
  readonly text: string;
  readonly line: number;
}

/** One entry of `master.cf` (master(5)). */
export interface MasterService {
  readonly name: string;
  readonly type: 'inet' | 'unix' | 'fifo' | 'pass' | 'unix-dgram';
  readonly private: boolean;
  /** Runs as `mail_owner`, not as root. */
  readonly unprivileged: boolean;
  /** Undefined where the entry says `-`: `compatibility_level` decides. */
  readonly chroot?: boolean;
  readonly wakeup: string;
  readonly processes: string;
  readonly command: string;
  /** Everything behind the command, `-o` and its setting included. */
  readonly args: readonly Argument[];
  /** Settings of `-o`, by name; the last of several wins. */
  readonly overrides: ReadonlyMap<string, Setting>;
  /** Words behind the options: attributes of pipe(8) and spawn(8). */
  readonly words: readonly Argument[];
  readonly line: number;
}

export interface MasterReading {
  /** In order; of two with the same name and type, the last (as master(8) does). */
  readonly services: readonly MasterService[];
  readonly problems: readonly { readonly line: number; readonly why: string }[];
}

/** Far more than anybody writes. */
const argumentsMax = 20_000;

const types: ReadonlySet<string> = new Set(['inet', 'unix', 'fifo', 'pass', 'unix-dgram']);
const isType = (text: string): text is MasterService['type'] => types.has(text);

/** Reads `master.cf`: commented-out services are none, `-` stands for the default. */
export const readMaster = (text: string): MasterReading => {
  const { lines, skipped } = readLogicalLines(text);
  const services = new Map<string, MasterService>();
  const problems = skipped.map(({ line }) => ({
    line,
    why: 'starts with white space and continues no service: Postfix skips it',
  }));
  for (const logical of lines) {
    const service = readService(logical);
    if (typeof service === 'string') problems.push({ line: lineAt(logical, 0), why: service });
    else {
      const key = `${service.name}\0${service.type}`;
      services.delete(key);
      services.set(key, service);
    }
  }
  return { services: [...services.values()], problems };
};

const yesNo = (field: string, otherwise: boolean): boolean | undefined =>
  field === '-' ? otherwise : field === 'y' ? true : field === 'n' ? false : undefined;

const readService = (logical: LinedText): MasterService | string => {
  const tokens = cut(logical.text, blank);
  const fields = tokens.slice(0, 8).map(token => token.text);
  const [name, type, privacy, privilege, root, wakeup, processes, command] = fields;
  if (
    name === undefined ||
    type === undefined ||
    privacy === undefined ||
    privilege === undefined ||
    root === undefined ||
    wakeup === undefined ||
    processes === undefined ||
    command === undefined
  ) {
    return 'has fewer than the eight fields of a service';
  }
  if (!isType(type)) return `has the service type "${type.slice(0, 40)}", which is none`;
  const isPrivate = yesNo(privacy, true);
  const unprivileged = yesNo(privilege, true);
  const chroot = yesNo(root, false);
  if (isPrivate === undefined || unprivileged === undefined || chroot === undefined) {
    return 'has a private, unprivileged or chroot field that is neither y, n nor -';
  }
  if (tokens.length > 8 + argumentsMax) {
    return `has more than ${argumentsMax} words behind its command: it was not read`;
  }
  const args = tokens.slice(8).map(token => {
    const inner = unbrace(token);
    const { text, offset } = inner ?? token;
    return sliceLined(logical, offset, offset + text.length);
  });
  return {
    name,
    type,
    private: isPrivate,
    unprivileged,
    ...(root === '-' ? {} : { chroot }),
    wakeup,
    processes,
    command,
    args: args.map(arg => ({ text: arg.text, line: lineAt(arg, 0) })),
    ...readOptions(args),
    line: lineAt(logical, 0),
  };
};

/** Options that take a value, of the daemons that read mail: smtpd(8), pipe(8), spawn(8) … */
const readOptions = (args: readonly LinedText[]): Pick<MasterService, 'overrides' | 'words'> => {
  const overrides = new Map<string, Setting>();
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i];
    if (arg === undefined || !arg.text.startsWith('-') || arg.text === '-') break;
    if (arg.text === '--') {
      i += 1;
      break;
    }
    if (!arg.text.startsWith('-o')) continue;
    const attached = arg.text.length > 2;
    const source = attached ? sliceLined(arg, 2, arg.text.length) : args[i + 1];
    if (!attached) i += 1;
    const setting = splitSetting(source ?? onLine('', lineAt(arg, 0)));
    if (setting !== undefined) overrides.set(setting.name, setting);
  }
  return {
    overrides,
    words: args.slice(i).map(arg => ({ text: arg.text, line: lineAt(arg, 0) })),
  };
};
