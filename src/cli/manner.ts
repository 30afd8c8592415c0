import { UsageError } from '../core/errors.ts';
import { type Invocation, spellingOf } from './arguments.ts';

/** Checks `--format` before any work is done. */
export const formatOf = <Format extends string>(
  invocation: Invocation,
  formats: readonly Format[],
  otherwise: Format,
): Format => {
  const given = invocation.values.get('format');
  if (given === undefined) return otherwise;
  const format = formats.find(each => each === given);
  if (format === undefined) {
    throw new UsageError(
      `${invocation.verb.name}: ${spellingOf(invocation, 'format')} "${given.slice(0, 60)}": expected one of ${formats.join(', ')}`,
    );
  }
  return format;
};

/** Colours are for terminals, and only for those who want them. */
export const wantsColor = ({ switches, values }: Invocation): boolean =>
  process.stdout.isTTY === true &&
  !values.has('out') &&
  !switches.has('no-color') &&
  process.env['TERM'] !== 'dumb' &&
  (process.env['NO_COLOR'] ?? '') === '';

/** A progress line on standard error, when somebody is looking; erased when done. */
export const progressLine = ({
  switches,
}: Invocation): { readonly say: (stage: string) => void; readonly end: () => void } => {
  const shown = process.stderr.isTTY === true && !switches.has('quiet');
  return {
    say: stage => {
      if (shown) process.stderr.write(`\r\u001b[Kpostern: ${stage} …`);
    },
    end: () => {
      if (shown) process.stderr.write('\r\u001b[K');
    },
  };
};
