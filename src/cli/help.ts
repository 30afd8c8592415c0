import { exitCodes } from '../core/errors.ts';
import { type Flag, globalFlags, type Verb, verbs } from './verbs.ts';

const flagName = ({ name, value, short }: Flag): string =>
  `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

const rows = (pairs: readonly (readonly [string, string])[]): string => {
  const columns = Math.max(...pairs.map(([left]) => left.length)) + 2;
  return pairs.map(([left, right]) => `  ${left.padEnd(columns)}${right}`).join('\n');
};

const exitRows = rows([
  [String(exitCodes.done), 'done, nothing over the threshold'],
  [String(exitCodes.failed), 'Postern itself failed'],
  [String(exitCodes.crossed), 'a threshold was crossed (--fail-on)'],
  [
    String(exitCodes.unseen),
    'done, but something could not be seen, and nothing crossed the threshold',
  ],
  [String(exitCodes.usage), 'wrong usage or configuration'],
]);

export const mainHelp = (version: string): string =>
  [
    `postern ${version}: is every third-party part of the mail platform known, patched, logged,`,
    'kept and watched?',
    '',
    'Usage: postern VERB [options]',
    '',
    rows(verbs.map(({ name, does }) => [name, does])),
    '',
    'Options of every verb:',
    rows(globalFlags.map(flag => [flagName(flag), flag.help])),
    '',
    'Exit status:',
    exitRows,
    '',
    'postern VERB --help says more. Try: postern confirm --sample',
    '',
  ].join('\n');

export const verbHelp = (verb: Verb): string => {
  return [
    verb.does,
    '',
    `Usage: ${verb.usage}`,
    '',
    ...(verb.actions === undefined
      ? []
      : [
          rows(verb.actions.map(({ name, takes, does }) => [[name, ...takes].join(' '), does])),
          '',
        ]),
    rows(
      [...verb.flags, ...globalFlags].map(flag => [
        flagName(flag),
        flag.name === 'format'
          ? `one of ${verb.formats.join(', ')} (default ${verb.formats[0] ?? 'text'})`
          : flag.help,
      ]),
    ),
    '',
    'Examples:',
    ...verb.examples.flatMap(([command, does]) => [`  # ${does}`, `  ${command}`]),
    '',
    'Exit status:',
    exitRows,
    '',
    'Every option but --help can also be set as a variable, such as POSTERN_FORMAT or',
    'POSTERN_FAIL_ON, and most in postern.yaml under "options". The flag wins, then the variable.',
    '',
  ].join('\n');
};
