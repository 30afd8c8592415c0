import { endpointOf } from '../../endpoint.ts';
import { personOf, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Teller, tell, withWords } from './told.ts';

/**
 * sshd(8). Whoever connects chooses the name: it ends at the last ` from ADDRESS port N`, behind which he
 * writes nothing.
 */
const attempt =
  /^(Accepted|Failed) ([\w/.-]{1,60}) for (invalid user |illegal user )?(.*) from (\S{1,80}) port (\d{1,5})(?: ssh\d?)?(?:: .*)?$/;

const invalid = /^(?:Invalid|Illegal) user (.*) from (\S{1,80})(?: port (\d{1,5}))?$/;

export const sshd: Teller = (message, envelope, context) => {
  const tried = attempt.exec(message);
  if (tried !== null) {
    const [, word, method = '', unknown, name = '', address = '', port = ''] = tried;
    const outcome = word === 'Accepted' ? 'success' : 'failure';
    const event = tell('login', outcome, 'sshd', envelope, context);
    event.service = 'ssh';
    const user = personOf(name);
    if (user !== undefined) event.user = user;
    const from = endpointOf(`[${address}]:${port}`) ?? endpointOf(address);
    if (from !== undefined) event.from = from;
    event.authMethod = printable(method);
    if (unknown !== undefined) event.detail = 'no such user';
    return { event };
  }
  const named = invalid.exec(message);
  if (named !== null) {
    const [, name = '', address = '', port = ''] = named;
    const event = tell('connection', 'failure', 'sshd', envelope, context);
    event.service = 'ssh';
    const user = personOf(name);
    if (user !== undefined) event.user = user;
    const from = endpointOf(port === '' ? address : `[${address}]:${port}`);
    if (from !== undefined) event.from = from;
    withWords(event, 'no such user');
    return { event };
  }
  return quiet('sshd');
};
