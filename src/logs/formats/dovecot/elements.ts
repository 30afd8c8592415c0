import { ipOf } from '../../endpoint.ts';

/** What stands behind a login process's message: `user=<bob>, method=PLAIN, rip=192.0.2.1, …`. */
export interface Elements {
  readonly user?: string;
  /** Who logged in, where that is a master user; only where `login_log_format_elements` has it. */
  readonly authUser?: string;
  readonly method?: string;
  readonly rip?: string;
  readonly rport?: number;
  readonly lip?: string;
  readonly lport?: number;
  readonly pid?: number;
  readonly session?: string;
  readonly tls?: boolean;
  /** Some value looks made to be taken for another one. */
  readonly forged: boolean;
}

type Told = { -readonly [K in keyof Elements]?: Elements[K] };

const base64 = /^[A-Za-z0-9+/=:._-]*$/;
const word = /^[A-Za-z0-9-]{1,40}$/;
const digits = /^\d{1,9}$/;

/** Sets what one element says; false for one whose value a client chooses or which is not known. */
const take = (element: string, told: Told): boolean => {
  const equals = element.indexOf('=');
  const key = equals < 0 ? element : element.slice(0, equals);
  const value = equals < 0 ? '' : element.slice(equals + 1);
  switch (key) {
    case 'rip':
    case 'lip': {
      const ip = ipOf(value);
      // Behind a socket of the same host there is no address.
      if (ip === undefined) return value === '' || value === '(none)';
      told[key] = ip;
      return true;
    }
    case 'method':
      if (value !== '' && !word.test(value)) return false;
      if (value !== '') told.method = value;
      return true;
    case 'mpid':
      if (digits.test(value) && value !== '0') told.pid = Number(value);
      return digits.test(value);
    case 'rport':
    case 'lport':
      if (digits.test(value)) told[key] = Number(value);
      return digits.test(value);
    case 'session': {
      const id = value.startsWith('<') && value.endsWith('>') ? value.slice(1, -1) : value;
      if (!base64.test(id)) return false;
      if (id !== '') told.session = id;
      return true;
    }
    case 'secured':
      told.tls ??= false;
      return equals < 0;
    default:
      if (key.startsWith('TLS') && !element.includes('>')) {
        told.tls = true;
        return true;
      }
      return !element.includes('<') && !element.includes('>');
  }
};

const countOfWord = (text: string, wanted: string, upTo: number): number => {
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0 && count < upTo; at = text.indexOf(wanted, at + 1)) {
    count += 1;
  }
  return count;
};

/** Reads elements from the right up to the first one whose value a client chooses; the index where that ends. */
const takeFromRight = (text: string, told: Told): number => {
  let end = text.length;
  while (end > 0) {
    const comma = text.lastIndexOf(', ', end - 1);
    const start = comma < 0 ? 0 : comma + 2;
    const element = text.slice(start, end);
    const mine: Told = {};
    if (!take(element, mine)) return end;
    // Dovecot writes each of them once: a second one belongs to a name.
    if (Object.keys(mine).some(key => key in told)) return end;
    Object.assign(told, mine);
    end = comma < 0 ? 0 : comma;
  }
  return 0;
};

const authUser = ', auth_user=<';

/** Dovecot has a dozen, and administrators add some. */
const elementsMax = 24;

const simpleName = /^[^\s<>,=]{1,255}$/;

/** `user=<` to the `>` at the end. */
const within = (text: string, opening: string): string | undefined =>
  text.startsWith(opening) && text.endsWith('>') ? text.slice(opening.length, -1) : undefined;

/** A line in which nothing can be taken for anything else: every element once, and names are plain. */
const plainElements = (text: string): Elements | undefined => {
  const told: Told = {};
  let end = -2;
  for (let count = 0; count < elementsMax && end < text.length; count += 1) {
    const start = end + 2;
    const comma = text.indexOf(', ', start);
    end = comma < 0 ? text.length : comma;
    const element = text.slice(start, end);
    const isName = element.endsWith('>') && element.includes('user=<');
    const user = isName ? within(element, 'user=<') : undefined;
    const login = isName
      ? (within(element, 'auth_user=<') ?? within(element, 'master_user=<'))
      : undefined;
    const name = user ?? login;
    if (name !== undefined) {
      if (name !== '' && !simpleName.test(name)) return undefined;
      if (user !== undefined) told.user = name;
      else told.authUser = name;
    } else if (!take(element, told) && !element.includes('=<')) {
      return undefined;
    }
  }
  return { ...told, forged: false };
};

/** Sets an element that can be nothing but one of Dovecot's own, and is the first of its kind. */
const takeDefault = (text: string, start: number, end: number, told: Told): boolean => {
  switch (text.charCodeAt(start)) {
    case 0x6d /* m */:
      if (text.startsWith('method=', start)) {
        const method = text.slice(start + 7, end);
        if (told.method !== undefined || !word.test(method)) return false;
        told.method = method;
        return true;
      }
      if (text.startsWith('mpid=', start)) {
        const pid = text.slice(start + 5, end);
        if (told.pid !== undefined || !digits.test(pid) || pid === '0') return false;
        told.pid = Number(pid);
        return true;
      }
      return false;
    case 0x72 /* r */:
    case 0x6c /* l */:
      {
        const key = text.startsWith('rip=', start)
          ? 'rip'
          : text.startsWith('lip=', start)
            ? 'lip'
            : undefined;
        const ip = key === undefined ? undefined : ipOf(text.slice(start + 4, end));
        if (key === undefined || ip === undefined || told[key] !== undefined) return false;
        told[key] = ip;
        return true;
      }
    case 0x54 /* T */:
      if (end - start !== 3 || !text.startsWith('TLS', start) || told.tls !== undefined)
        return false;
      told.tls = true;
      return true;
    case 0x73 /* s */:
      {
        if (!text.startsWith('session=<', start) || text.charCodeAt(end - 1) !== closing)
          return false;
        const id = text.slice(start + 9, end - 1);
        if (told.session !== undefined || id === '' || !base64.test(id)) return false;
        told.session = id;
        return true;
      }
    default:
      return false;
  }
};

const closing = 0x3e;

/**
 * `user=<bob>, method=PLAIN, rip=…, lip=…, mpid=…, TLS, session=<…>`: the default elements, each once, with a plain
 * name. Undefined for all that needs a closer look.
 */
const defaultElements = (text: string): Elements | undefined => {
  const close = text.startsWith('user=<') ? text.indexOf('>') : -1;
  if (close < 0) return undefined;
  const user = text.slice('user=<'.length, close);
  if (user !== '' && !simpleName.test(user)) return undefined;
  const told: Told & { forged: boolean } = { user, forged: false };
  for (let end = close + 1; end < text.length; ) {
    if (!text.startsWith(', ', end)) return undefined;
    const start = end + 2;
    const comma = text.indexOf(', ', start);
    end = comma < 0 ? text.length : comma;
    if (!takeDefault(text, start, end, told)) return undefined;
  }
  return told;
};

/** Whether something that Dovecot writes once stands there twice: a client wrote one of them. */
const isDoubled = (text: string): boolean => {
  const logins = countOfWord(text, authUser, 2);
  const users = countOfWord(text, 'user=<', 4) - logins;
  return (
    logins > 1 ||
    users > 1 ||
    countOfWord(text, ', rip=', 2) > 1 ||
    countOfWord(text, ', session=<', 2) > 1
  );
};

/**
 * `user=<X>, …, auth_user=<X>`: whoever logs in as himself stands on both sides, and the truth between. Dovecot
 * writes the first in lower case (`auth_username_format`) and the second as it was typed.
 */
const betweenNames = (text: string, told: Told): string | undefined => {
  let at = text.indexOf(authUser);
  for (let tries = 0; at >= 0 && tries < 8; tries += 1) {
    const opening = `user=<${text.slice(at + authUser.length, -1)}>, `;
    const there = text.slice(0, opening.length);
    if (there.toLowerCase() === opening.toLowerCase()) {
      takeFromRight(text.slice(opening.length, at), told);
      return there.slice('user=<'.length, -'>, '.length);
    }
    at = text.indexOf(authUser, at + 1);
  }
  return undefined;
};

const userWithin = (text: string): string | undefined => {
  const at = text.indexOf('user=<');
  const end = text.indexOf('>', at);
  return at < 0 || end < 0 ? undefined : text.slice(at + 'user=<'.length, end);
};

/** What lines that nobody can have forged tell of the administrator's `login_log_format_elements`. */
export interface Learned {
  /** Whether it has `auth_user`; undefined as long as nothing is known. */
  authUser?: boolean;
}

/** Before the first value of a client everything is Dovecot's. */
const takeFromLeft = (text: string, end: number, told: Told): void => {
  for (const element of text.slice(0, end).split(', ', elementsMax)) take(element, told);
};

/**
 * Elements of `login_log_format_elements`, the default ones and others. A client chooses `user` and
 * `auth_user` and may write `bob>, method=PLAIN, rip=203.0.113.9` there, which Dovecot logs as it is. It writes
 * the default elements in a fixed order, with the client's first: so the right side is the safe one. Where a
 * client's element stands at the end, the left side or what is between the two is; and what cannot be told is
 * left away.
 */
export const elementsOf = (given: string, learned: Learned): Elements => {
  const text = given.trimEnd();
  const plainly = defaultElements(text);
  if (plainly !== undefined) return plainly;
  const first = text.indexOf('user=<');
  if (!isDoubled(text)) {
    const plain = plainElements(text);
    if (plain !== undefined) return plain;
    const told: Told = {};
    const end = takeFromRight(text, told);
    const user = within(text.slice(0, end), 'user=<') ?? userWithin(text);
    return { ...told, ...(user === undefined ? {} : { user }), forged: false };
  }
  const told: Told = {};
  if (first > 0) {
    takeFromLeft(text, first, told);
    return { ...told, forged: true };
  }
  const name = text.endsWith('>') ? betweenNames(text, told) : undefined;
  if (name !== undefined) return { ...told, user: name, authUser: name, forged: true };
  if (first < 0 || (text.includes(authUser) && learned.authUser !== false)) return { forged: true };
  const end = takeFromRight(text, told);
  const user = within(text.slice(0, end), 'user=<');
  return { ...told, ...(user === undefined ? {} : { user }), forged: true };
};
