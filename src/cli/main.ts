import { renameSync, writeFileSync, writeSync } from 'node:fs';
import { toolVersion } from '../app/version.ts';
import { type ExitCode, exitCodes, messageOf, UsageError } from '../core/errors.ts';
import { type Invocation, parseArguments } from './arguments.ts';
import { mainHelp, verbHelp } from './help.ts';
import { runConfirm } from './run-confirm.ts';
import { runInventory } from './run-inventory.ts';

/** What a verb has to say, and how the process ends. */
export interface Outcome {
  readonly text: string;
  readonly exit: ExitCode;
}

const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      // A pipe whose reader has had enough (`| head`) is no failure of ours.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
};

/** The file is whole or not there: it is written beside and moved into place. */
const writeOut = (path: string, text: string): void => {
  const partial = `${path}.${process.pid}.partial`;
  try {
    writeFileSync(partial, text, { flag: 'wx', mode: 0o600 });
    renameSync(partial, path);
  } catch (thrown) {
    throw new UsageError(`--out ${path}: cannot be written: ${messageOf(thrown)}`);
  }
};

const run = async (invocation: Invocation): Promise<Outcome> => {
  switch (invocation.verb.name) {
    case 'confirm':
      return await runConfirm(invocation);
    case 'inventory':
      return await runInventory(invocation);
    default:
      throw new UsageError(`unknown verb "${invocation.verb.name}"`);
  }
};

/** Runs one command line and sets the exit status. */
export const main = async (args: readonly string[]): Promise<void> => {
  let verbose = args.includes('--verbose');
  try {
    const [first] = args;
    if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
      writeAll(1, mainHelp(toolVersion));
      process.exitCode = first === undefined ? exitCodes.usage : exitCodes.done;
      return;
    }
    if (first === '--version' || first === '-V') {
      writeAll(1, `postern ${toolVersion}\n`);
      return;
    }
    const invocation = parseArguments(args, process.env);
    verbose = invocation.switches.has('verbose');
    if (invocation.switches.has('help')) {
      writeAll(1, verbHelp(invocation.verb));
      return;
    }
    const { text, exit } = await run(invocation);
    const out = invocation.values.get('out');
    if (out === undefined) writeAll(1, text);
    else writeOut(out, text);
    process.exitCode = exit;
  } catch (thrown) {
    const usage = thrown instanceof UsageError;
    const story = verbose && thrown instanceof Error ? `\n${thrown.stack ?? ''}` : '';
    writeAll(2, `postern: ${messageOf(thrown)}${story}\n`);
    process.exitCode = usage ? exitCodes.usage : exitCodes.failed;
  }
};
