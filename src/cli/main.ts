import { toolVersion } from '../app/version.ts';
import { exitCodes, messageOf, UsageError } from '../core/errors.ts';
import { oneLine, printable } from '../report/plain.ts';
import { findVerb, type Invocation, parseArguments } from './arguments.ts';
import { mainHelp, verbHelp } from './help.ts';
import { writeOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { writeAll } from './write-all.ts';

/** A verb's code is loaded only when it runs: help and mistakes answer at once. */
const run = async (invocation: Invocation): Promise<Outcome> => {
  switch (invocation.verb.name) {
    case 'confirm':
      return await (await import('./run-confirm.ts')).runConfirm(invocation);
    case 'inventory':
      return await (await import('./run-inventory.ts')).runInventory(invocation);
    case 'advisories':
      return await (await import('./run-advisories.ts')).runAdvisories(invocation);
    case 'ingest':
      return await (await import('./run-ingest.ts')).runIngest(invocation);
    case 'events':
      return await (await import('./run-events.ts')).runEvents(invocation);
    case 'scan':
      return await (await import('./run-scan.ts')).runScan(invocation);
    case 'evidence':
      return await (await import('./run-evidence.ts')).runEvidence(invocation);
    case 'hunt':
      return await (await import('./run-hunt.ts')).runHunt(invocation);
    case 'scope':
      return await (await import('./run-scope.ts')).runScope(invocation);
    default:
      throw new UsageError(`unknown verb "${invocation.verb.name}"`);
  }
};

/** What needs no look at anything: help and the version. */
const answersItself = (args: readonly string[]): string | undefined => {
  const [first, second] = args;
  switch (first) {
    case '--help':
    case '-h':
    case 'help':
      return second === undefined || second.startsWith('-')
        ? mainHelp(toolVersion)
        : verbHelp(findVerb(second));
    case '--version':
    case '-V':
      return `postern ${toolVersion}\n`;
    case undefined:
    default:
      return undefined;
  }
};

/** Runs one command line and sets the exit status. */
export const main = async (args: readonly string[]): Promise<void> => {
  let verbose = args.includes('--verbose');
  try {
    const itself = answersItself(args);
    if (itself !== undefined) {
      writeAll(1, itself);
      return;
    }
    const invocation = parseArguments(args, process.env);
    verbose = invocation.switches.has('verbose');
    if (invocation.switches.has('help')) {
      writeAll(1, verbHelp(invocation.verb));
      return;
    }
    const { text, exit, out } = await run(invocation);
    if (out === undefined) writeAll(1, text);
    else writeOut(out, text);
    process.exitCode = exit;
  } catch (thrown) {
    const usage = thrown instanceof UsageError;
    const story = verbose && thrown instanceof Error ? `\n${printable(thrown.stack ?? '')}` : '';
    writeAll(2, `postern: ${oneLine(messageOf(thrown))}${story}\n`);
    process.exitCode = usage ? exitCodes.usage : exitCodes.failed;
  }
};
