import type { OwnRotation } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';
import { readUnit, unitValue } from '../../core/formats/systemd.ts';
import type { Place } from '../../core/place.ts';

/** Where systemd puts what a unit prints, other than the journal (systemd.exec(5)). */
export type UnitOutput =
  | { readonly is: 'file'; readonly path: string; readonly rotation: OwnRotation }
  | { readonly is: 'nowhere'; readonly because: Place }
  | { readonly is: 'unknown'; readonly why: string };

const howOpened: Readonly<Record<string, OwnRotation['removes']['is']>> = {
  append: 'nothing',
  // Opened at its front: what is printed after a start writes over what was printed before it.
  file: 'unknown',
  truncate: 'unknown',
};

const said: Readonly<Record<string, string>> = {
  append: 'systemd only appends to it (StandardOutput=append:) and rotates nothing',
  file: 'systemd writes over it from its front at each start (StandardOutput=file:)',
  truncate: 'systemd empties it at each start (StandardOutput=truncate:)',
};

/** `StandardOutput=` and `StandardError=`; undefined where both go to the journal. */
export const unitOutput = (files: FileView, name: string): UnitOutput | undefined => {
  const unit = readUnit(files, name);
  if (unit === undefined) return undefined;
  const output = unitValue(unit, 'Service', 'StandardOutput');
  const error = unitValue(unit, 'Service', 'StandardError');
  const first = output?.value ?? 'journal';
  const stated = error?.value ?? 'inherit';
  const second = stated === 'inherit' ? first : stated;
  const toJournal = (value: string): boolean =>
    /^(?:journal|syslog|kmsg|inherit|)(?:\+console)?$/.test(value);
  if (toJournal(first) && toJournal(second)) return undefined;
  const because = (error !== undefined && stated !== 'inherit' ? error : output)?.because ?? {
    path: unit.path,
  };
  if (first !== second) {
    return {
      is: 'unknown',
      why: `what ${name} prints goes to ${first.slice(0, 200)} and its errors to ${second.slice(0, 200)} (${because.path}): which of them gets its log is not known`,
    };
  }
  if (first === 'null') return { is: 'nowhere', because };
  const [, how = '', path = ''] = /^([a-z]{1,10}):(\/.*)$/s.exec(first) ?? [];
  const removes = howOpened[how];
  if ((removes !== 'nothing' && removes !== 'unknown') || path.includes('%')) {
    return {
      is: 'unknown',
      why: `what ${name} prints goes to ${first.slice(0, 200)} (${because.path}:${because.line ?? 1}), which was not followed`,
    };
  }
  return {
    is: 'file',
    path,
    rotation: { why: said[how] ?? '', because, removes: { is: removes } },
  };
};
