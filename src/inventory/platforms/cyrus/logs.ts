import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOf } from '../../joining/endpoint.ts';
import { before, insteadOf, setEach } from '../../remedy.ts';
import { type CyrusOption, cyrusOption, cyrusWords, isCyrusYes } from '../../syntax/cyrus-imapd.ts';
import type { Instance } from './instance.ts';
import { type Heard, heardOf, optionFor, type Running, servicesIn } from './running.ts';

/** Programs that people log in to. */
const withLogin = new Set(['imapd', 'pop3d', 'kpop3d', 'proxyd', 'pop3proxyd', 'httpd', 'nntpd']);

const loginServices = (instance: Instance): readonly Running[] =>
  servicesIn(instance).filter(({ own, program }) => own && withLogin.has(program));

/** `--with-syslogfacility` of the builds: MAIL of Debian and Red Hat, DAEMON of SUSE, else LOCAL6. */
const builtFacility = ({ binary, packages }: Instance): string => {
  if (binary !== undefined && /^\/(?:usr\/local|usr\/cyrus|opt|srv|home)\//.test(binary)) {
    return 'local6';
  }
  const { id, idLike } = packages.distribution;
  return [id, ...idLike].some(each => /suse/.test(each)) ? 'daemon' : 'mail';
};

/** syslog as `prefix/service`, without a prefix as the service alone. */
const sinkOf = (instance: Instance, service: string): Extract<LogSink, { to: 'syslog' }> => {
  const facility = cyrusOption(instance.config, 'syslog_facility')?.value.toLowerCase();
  const prefix = cyrusOption(instance.config, 'syslog_prefix')?.value ?? '';
  return {
    to: 'syslog',
    facility: facility ?? builtFacility(instance),
    program: prefix === '' ? service : `${prefix.slice(0, 100)}/${service}`,
  };
};

const usual = new Set([110, 119, 143, 563, 993, 995, 80, 443]);

/** A service on this host alone and on a port of its own is there for administrators. */
const isApart = ({ endpoint }: Heard): boolean =>
  exposureOf(endpoint) === 'no' && !(endpoint.net === 'tcp' && usual.has(endpoint.port));

/** Places that let somebody log in as somebody else among everybody else. */
const impersonators = (instance: Instance): readonly CyrusOption[] => {
  const heard = heardOf(instance);
  const found = new Map<string, CyrusOption>();
  for (const running of loginServices(instance)) {
    if (heard.some(each => each.running === running && isApart(each))) continue;
    for (const name of ['admins', 'proxyservers']) {
      const option = optionFor(running, name);
      if (option !== undefined) found.set(option.key, option);
    }
    const acl = optionFor(running, 'loginuseacl');
    if (acl !== undefined && isCyrusYes(acl)) found.set(acl.key, acl);
  }
  return [...found.values()];
};

/** A service more goes before the first one; a file without any has no SERVICES to put it into. */
const inServices = (instance: Instance): string => {
  const first = servicesIn(instance)[0]?.entry.place;
  return first === undefined
    ? `# In ${instance.master.path}, within SERVICES { }:`
    : before(first, 'within SERVICES');
};

const adminRemedy = (instance: Instance, options: readonly CyrusOption[]): string => {
  const doors = options.filter(({ key }) => !key.endsWith('loginuseacl'));
  const acl = options.filter(({ key }) => key.endsWith('loginuseacl'));
  const at = ({ key, place }: CyrusOption): string => insteadOf(place, key);
  return [
    '# Cyrus has no setting that names who is behind a login in the name of another.',
    ...(doors.length === 0
      ? []
      : [
          '# Give those who may do so a door of their own: it is logged under its name. What logs in',
          '# as somebody else (a webmail, a proxy) must then talk to that port.',
          inServices(instance),
          'adminimap cmd="imapd" listen="127.0.0.1:1143" prefork=0',
        ]),
    ...doors.flatMap(option => [
      at(option),
      `adminimap_${option.key.endsWith('admins') ? 'admins' : 'proxyservers'}: ${option.value}`,
    ]),
    ...acl.flatMap(option => [at(option), `${option.key}: no`]),
  ].join('\n');
};

/** From 3.13 on lines are logfmt: what reads the old ones understands none of them. */
const isLogfmt = ({ version }: Instance): boolean => {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 13);
};

const loginLog = (instance: Instance, service: string): AccessLog => {
  const question = 'who logged in';
  const sink = sinkOf(instance, service);
  const others = impersonators(instance);
  const first = others[0];
  const because: Place = first?.place ?? { path: instance.config.path };
  if (first !== undefined) {
    const names = [...new Set(others.map(({ key }) => key))].join(', ');
    return {
      question,
      emitted: 'partial',
      why: `each login leaves a line with user, address and session, but whoever may log in as somebody else (${names}) leaves the line of that person`,
      because,
      sink,
      remedy: adminRemedy(instance, others),
    };
  }
  return {
    question,
    emitted: 'on',
    why: `every login leaves a line with user, address and session${
      isLogfmt(instance) ? ' (event=login.good)' : ''
    }`,
    because: cyrusOption(instance.config, 'syslog_prefix')?.place ?? because,
    sink,
  };
};

/** Where an option is set already its line is replaced: a second one would stop Cyrus. */
const set = (instance: Instance, ...settings: readonly (readonly [string, string])[]): string =>
  setEach(
    instance.config.path,
    settings.map(([name, value]) => [
      `${name}: ${value}`,
      cyrusOption(instance.config, name)?.place,
    ]),
  );

interface Events {
  readonly on: boolean;
  readonly groups: readonly string[];
  readonly method: string;
  readonly because: Place;
  readonly missing?: string;
}

/** RFC 5423 events through notifyd(8). */
const eventsOf = (instance: Instance): Events => {
  const { config } = instance;
  const notifier = cyrusOption(config, 'event_notifier');
  const groups = cyrusOption(config, 'event_groups');
  const notifyd = servicesIn(instance).some(({ program }) => program === 'notifyd');
  const method = notifier?.value.toLowerCase() ?? '';
  const missing =
    notifier === undefined || method === 'null'
      ? 'event_notifier is not set'
      : notifyd
        ? undefined
        : 'no entry of SERVICES starts notifyd, which event_notifier needs';
  return {
    on: missing === undefined,
    groups: (groups === undefined ? ['message', 'mailbox'] : cyrusWords(groups)).map(each =>
      each.toLowerCase(),
    ),
    method,
    because: groups?.place ?? notifier?.place ?? { path: config.path },
    ...(missing === undefined ? {} : { missing }),
  };
};

/** The method `log` writes under a name of its own, without the prefix (notify_log.c). */
const eventSink = (instance: Instance, { method }: Events): LogSink | undefined =>
  method === 'log' ? { ...sinkOf(instance, 'notifyd'), program: 'notifyd' } : undefined;

const eventRemedy = (instance: Instance): string => {
  const notifyd = servicesIn(instance).some(({ program }) => program === 'notifyd');
  const socket = cyrusOption(instance.config, 'notifysocket')?.value;
  const folder = cyrusOption(instance.config, 'configdirectory')?.value ?? '/var/lib/cyrus';
  return [
    set(
      instance,
      ['event_notifier', 'log'],
      ['event_groups', 'message mailbox flags access'],
      ['event_extra_params', 'timestamp service clientAddress vnd.cmu.midset vnd.cmu.sessionId'],
    ),
    ...(notifyd
      ? []
      : [
          inServices(instance),
          `notify cmd="notifyd" listen="${socket ?? `${folder}/socket/notify`}" proto="udp" prefork=1`,
        ]),
    '# (says that a message was marked as read; a client that does not mark it leaves nothing)',
  ].join('\n');
};

const proxyRemedy =
  '# Cyrus has nothing that logs every read. An IMAP proxy in front that logs FETCH commands does.';

/** From 3.0 on auditlog names the flags that change, `\\Seen` among them. */
const readByAudit = (instance: Instance, service: string): AccessLog | undefined => {
  const audit = cyrusOption(instance.config, 'auditlog');
  if (audit === undefined || !isCyrusYes(audit)) return undefined;
  const { version } = instance;
  if (version?.startsWith('2.') === true) return undefined;
  const base = { question: 'who read what', because: audit.place } as const;
  return version === undefined
    ? {
        ...base,
        emitted: 'unknown',
        why: 'auditlog says from 3.0 on that a message was marked as read, and the version of Cyrus is not known',
        remedy: eventRemedy(instance),
      }
    : {
        ...base,
        emitted: 'partial',
        why: 'auditlog says with session, mailbox and uid that a message was marked as read; who reads without marking (BODY.PEEK, EXAMINE) leaves nothing',
        sink: sinkOf(instance, service),
        remedy: proxyRemedy,
      };
};

const readLog = (instance: Instance, service: string): AccessLog => {
  const question = 'who read what';
  const events = eventsOf(instance);
  const { because } = events;
  if (/^2\.[0-4]\./.test(instance.version ?? '')) {
    return {
      question,
      emitted: 'off',
      why: 'this version logs nothing about what is read: events came with 2.5',
      because,
      remedy: '# Upgrade Cyrus to 3.x, then run Postern again.',
    };
  }
  if (!events.on || !events.groups.includes('flags')) {
    const audited = readByAudit(instance, service);
    if (audited !== undefined) return audited;
    return {
      question,
      emitted: 'off',
      why: `nothing says which message was read: ${events.missing ?? 'event_groups lacks flags, with which MessageRead comes'}`,
      because,
      remedy: eventRemedy(instance),
    };
  }
  const sink = eventSink(instance, events);
  return {
    question,
    emitted: 'partial',
    why: `MessageRead says with user and uid that a message was marked as read; who reads without marking (BODY.PEEK, EXAMINE) leaves nothing${sink === undefined ? `, and where the events end is up to the method ${events.method.slice(0, 40)}` : ''}`,
    because,
    ...(sink === undefined ? {} : { sink }),
    remedy: proxyRemedy,
  };
};

const changeLog = (instance: Instance, service: string): AccessLog => {
  const question = 'what was changed';
  const audit = cyrusOption(instance.config, 'auditlog');
  const place: Place = audit?.place ?? { path: instance.config.path };
  if (isCyrusYes(audit)) {
    return {
      question,
      emitted: 'on',
      why: 'auditlog writes a line for every message and mailbox that is added, changed or removed, with the session, which the line of the login has too',
      because: place,
      sink: sinkOf(instance, service),
    };
  }
  const events = eventsOf(instance);
  if (events.on && events.groups.includes('message')) {
    const sink = eventSink(instance, events);
    const whole = events.groups.includes('mailbox');
    return {
      question,
      emitted: whole && sink !== undefined ? 'on' : 'partial',
      why:
        sink === undefined
          ? `events say what is added and removed; where they end is up to the method ${events.method.slice(0, 40)}`
          : whole
            ? 'events say who adds, copies and removes messages and mailboxes'
            : 'events say who adds and removes messages, but event_groups lacks mailbox',
      because: events.because,
      ...(sink === undefined ? {} : { sink }),
      ...(whole && sink !== undefined ? {} : { remedy: set(instance, ['auditlog', 'yes']) }),
    };
  }
  return {
    question,
    emitted: 'off',
    why: 'auditlog is off, as it is by default, and no events are sent',
    because: place,
    remedy: set(instance, ['auditlog', 'yes']),
  };
};

/** From 3.6 on (3.5 in development) scripts lie in the mailbox `#sieve`, which auditlog covers. */
const scriptsAreMail = ({ version }: Instance): boolean | undefined => {
  if (version === undefined) return undefined;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 5);
};

/** What timsieved leaves behind: logins without a session, and changes of scripts as those of mail. */
export const sieveLogs = (instance: Instance, service: string): readonly AccessLog[] => {
  if (!instance.hasConfig) return [];
  const question = 'what was changed';
  const audit = cyrusOption(instance.config, 'auditlog');
  const because: Place = audit?.place ?? { path: instance.config.path };
  const sink = sinkOf(instance, service);
  const login = loginLog(instance, service);
  const covered = scriptsAreMail(instance);
  const logged: AccessLog = {
    ...login,
    why: login.why.replace('user, address and session', 'user and address'),
  };
  if (isCyrusYes(audit) && covered !== false) {
    return [
      logged,
      covered === undefined
        ? {
            question,
            emitted: 'unknown',
            why: 'auditlog covers Sieve scripts from 3.6 on, and the version of Cyrus is not known',
            because,
          }
        : {
            question,
            emitted: 'on',
            why: "auditlog writes a line for each script that is put, activated or removed, as for a message of the user's mailbox #sieve; what it holds stands in the script",
            because,
            sink,
          },
    ];
  }
  return [
    logged,
    {
      question,
      emitted: 'off',
      why:
        covered === false
          ? 'this version logs nothing of Sieve scripts: auditlog covers them from 3.6 on'
          : 'auditlog is off, and nothing else says which script is put',
      because,
      remedy:
        covered === false
          ? '# Upgrade Cyrus to 3.6 or newer, then run Postern again.'
          : set(instance, ['auditlog', 'yes']),
    },
  ];
};

/** Asked where mail leaves: Sieve scripts that forward, JMAP. */
const sentLog = (instance: Instance): AccessLog | undefined => {
  const question = 'what was sent';
  const services = servicesIn(instance).filter(({ own }) => own);
  const lmtpd = services.find(({ program }) => program === 'lmtpd');
  const jmap = services
    .filter(({ program }) => program === 'httpd')
    .map(each => optionFor(each, 'httpmodules'))
    .find(option => cyrusWords(option).includes('jmap'));
  const first = lmtpd ?? services.find(({ program }) => program === 'httpd');
  if (first === undefined || (lmtpd === undefined && jmap === undefined)) return undefined;
  const audit = cyrusOption(instance.config, 'auditlog');
  const missing = [
    ...(lmtpd !== undefined && !isCyrusYes(audit)
      ? ['what a Sieve script forwards leaves a line with message and target, but not whose script']
      : []),
    ...(jmap === undefined
      ? []
      : ['what is sent through JMAP leaves a line only at the mail server that takes it']),
  ];
  const sink = sinkOf(instance, first.entry.name);
  if (missing.length > 0) {
    return {
      question,
      emitted: 'partial',
      why: missing.join('; '),
      because: audit?.place ?? jmap?.place ?? first.entry.place,
      ...(lmtpd === undefined ? {} : { sink }),
      ...(isCyrusYes(audit) ? {} : { remedy: set(instance, ['auditlog', 'yes']) }),
    };
  }
  return {
    question,
    emitted: 'on',
    why: 'auditlog has a line for each message that a Sieve script forwards, with user and target',
    because: audit?.place ?? first.entry.place,
    sink,
  };
};

export const logsOf = (instance: Instance): readonly AccessLog[] => {
  if (!instance.hasConfig) {
    return (['who logged in', 'who read what', 'what was changed'] as const).map(question => ({
      question,
      emitted: 'unknown',
      why: `${instance.config.path} is not there: what Cyrus logs is not known`,
    }));
  }
  const service =
    loginServices(instance)[0]?.entry.name ?? servicesIn(instance)[0]?.entry.name ?? 'imap';
  const sent = sentLog(instance);
  return [
    loginLog(instance, service),
    readLog(instance, service),
    changeLog(instance, service),
    ...(sent === undefined ? [] : [sent]),
  ];
};
