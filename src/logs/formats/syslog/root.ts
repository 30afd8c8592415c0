import { personOf, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Teller, tell, withWords } from './told.ts';

/**
 * sudo(8): `bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=…`, what went wrong before `TTY`. The folder
 * is a name of the caller's and may look like the fields behind it.
 */
const sudoLine =
  /^ *(\S{1,256}) : (?:((?!TTY=|PWD=)[^;]{1,300}) ; )?(?:TTY=\S* ; )?PWD=(.*?) ; USER=(\S{1,256}) ; (?:GROUP=\S* ; )?(?:TSID=\S* ; )?(?:ENV=.*? ; )?COMMAND=(.*)$/;

export const sudo: Teller = (message, envelope, context) => {
  const match = sudoLine.exec(message);
  if (match === null) return quiet('sudo');
  const [, caller = '', trouble, , target = '', command = ''] = match;
  const event = tell(
    'other',
    trouble === undefined ? 'success' : 'failure',
    'sudo',
    envelope,
    context,
  );
  event.service = 'sudo';
  event.user = { name: printable(target) };
  const actor = personOf(caller);
  if (actor !== undefined) event.actor = actor;
  if (message.indexOf(' ; USER=') !== message.lastIndexOf(' ; USER='))
    event.flags = ['forged-looking'];
  withWords(event, trouble === undefined ? command : `${trouble}: ${command}`);
  return { event };
};

/** su(1) of shadow and of util-linux: `(to root) bob on pts/0`, `FAILED SU (to root) bob on pts/0`. */
const suLine = /^(FAILED SU )?\(to (\S{1,256})\) (\S{1,256}) on (\S{1,100})$/;
const suOld = /^(Successful|FAILED) su for (\S{1,256}) by (\S{1,256})$/;

export const su: Teller = (message, envelope, context) => {
  const match = suLine.exec(message) ?? suOld.exec(message);
  if (match === null) return quiet('su');
  const [, word, target = '', caller = ''] = match;
  const isFailure = word?.startsWith('FAILED') === true;
  const event = tell('login', isFailure ? 'failure' : 'success', 'su', envelope, context);
  event.service = 'su';
  event.user = { name: printable(target) };
  event.actor = { name: printable(caller) };
  return { event };
};
