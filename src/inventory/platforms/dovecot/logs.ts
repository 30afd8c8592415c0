import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import type { DovecotSetting } from '../../syntax/dovecot.ts';
import {
  conditionalDovecotBlocks,
  dovecotPluginSetting,
  dovecotSetting,
  effectiveDovecot,
  effectiveDovecotList,
} from '../../syntax/dovecot-lookup.ts';
import { backendsOf } from './auth.ts';
import { type Exporter, exportersOf, type Metric, passes } from './exporters.ts';
import { type Instance, isFrom, speaks } from './instance.ts';
import { serviceBlock } from './listening.ts';
import { loadedPlugins } from './plugins.ts';
import { changeRemedy, loginRemedy, readRemedy, sinkRemedy } from './remedies.ts';

/** Where lines of level info go, which all answers are. */
interface Destination {
  readonly sink: LogSink;
  readonly because: Place;
}

const startsInForeground = ({ daemon }: Instance): boolean =>
  daemon.words.some(({ text }) => /^-[a-zA-Z]*F/.test(text));

/** dovecot-lda and what is started with `-L` write themselves; all others hand lines to `log`. */
const writesItself = (instance: Instance, program: string): boolean => {
  if (program === 'lda') return true;
  const block = serviceBlock(instance, program);
  const command = block === undefined ? undefined : dovecotSetting(block, 'service_executable');
  return command !== undefined && /\s-[A-Za-z]*L/.test(command.value.slice(0, 1_000));
};

/**
 * log_path, info_log_path, syslog_facility (doc.dovecot.org, Logging); of a program that writes
 * itself those of its protocol.
 */
export const destinationOf = (instance: Instance, program?: string): Destination => {
  const { config, daemon } = instance;
  const protocol = program !== undefined && writesItself(instance, program) ? program : undefined;
  const path = effectiveDovecot(config, 'log_path', protocol);
  const info = effectiveDovecot(config, 'info_log_path', protocol);
  const setting = info !== undefined && info.value !== '' ? info : path;
  const because = setting?.place ?? { path: config.path };
  const value = setting === undefined || setting.value === '' ? 'syslog' : setting.value;
  if (value === 'syslog') {
    const facility = effectiveDovecot(config, 'syslog_facility')?.value ?? 'mail';
    const name = effectiveDovecot(config, 'instance_name')?.value ?? 'dovecot';
    const program = name === '' || /[%$]/.test(name) ? 'dovecot' : name;
    return { sink: { to: 'syslog', facility: facility.toLowerCase(), program }, because };
  }
  if (value === '/dev/null') return { sink: { to: 'nowhere' }, because };
  if (/^\/dev\/(?:stderr|stdout|fd\/[12])$/.test(value)) {
    const unit = daemon.unit?.name ?? 'dovecot.service';
    return startsInForeground(instance) || daemon.unit === undefined
      ? { sink: { to: 'journal', unit }, because }
      : { sink: { to: 'nowhere' }, because };
  }
  return { sink: { to: 'file', path: value }, because };
};

const nowhere = (
  question: AccessLog['question'],
  { sink, because }: Destination,
): AccessLog | undefined =>
  sink.to !== 'nowhere'
    ? undefined
    : {
        question,
        emitted: 'off',
        why: 'lines of level info, which say it, are thrown away',
        because,
        sink,
        remedy: sinkRemedy(because),
      };

/** Defaults of login_log_format_elements (`doveconf -d`). */
const presetElements = (instance: Instance): string =>
  instance.config.syntax === '2.4'
    ? 'user=<%{user}> method=%{mechanism} rip=%{remote_ip} lip=%{local_ip} mpid=%{mail_pid} %{secured} session=<%{session}>'
    : 'user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}>';

const namesUser = /%\{?(?:\d*L?u\b|user\b|username\b|n\b)|%L?[un]/;
const namesAddress = /%r|%\{r\}|%\{?(?:rip|remote_ip|real_rip|real_remote_ip)\b/;
const namesMaster = /%\{\s*(?:auth_user|auth_username)\b/;

export const loginLog = (instance: Instance, to: Destination): AccessLog => {
  const { config } = instance;
  const question = 'who logged in';
  const off = nowhere(question, to);
  if (off !== undefined) return off;
  const elements = effectiveDovecot(config, 'login_log_format_elements');
  const format = effectiveDovecot(config, 'login_log_format');
  const text = elements?.value ?? presetElements(instance);
  const because = elements?.place ?? { path: config.path };
  const showsElements = format === undefined || /%s|%\{elements\}/.test(format.value);
  const master = backendsOf(instance).find(each => each.master !== undefined);
  const missing = [
    ...(showsElements ? [] : ['login_log_format leaves all elements out']),
    ...(namesUser.test(text) ? [] : ['the line does not name the user']),
    ...(namesAddress.test(text) ? [] : ['the line does not name the address']),
  ];
  const base = { question, sink: to.sink } as const;
  if (missing.length > 0) {
    return {
      ...base,
      emitted: 'partial',
      why: `logins leave a line, but ${missing.join(' and ')}`,
      because: showsElements ? because : (format?.place ?? because),
      remedy: loginRemedy(instance, presetElements(instance), true, !showsElements),
    };
  }
  if (master?.master !== undefined && !namesMaster.test(text)) {
    // Up to 2.3 `$name` is the value so far, the default included (seen with doveconf).
    const soFar = config.syntax === '2.4' ? text : '$login_log_format_elements';
    return {
      ...base,
      emitted: 'partial',
      why: "a master user's login looks like the owner's: login_log_format_elements lacks auth_user",
      because: elements?.place ?? master.master.place,
      remedy: loginRemedy(instance, soFar, true, false),
    };
  }
  return {
    ...base,
    emitted: 'on',
    why: 'every login at its own services leaves a line with user, address and session',
    because,
  };
};

/** Whether an exporter's events reach somebody: over the network, into a file or the log. */
const works = (instance: Instance, exporter: Exporter, to: Destination): LogSink | undefined => {
  const { transport, target, format } = exporter;
  const spans = transport === 'opentelemetry';
  if (!spans && (format === '' || format === 'none')) return undefined;
  if (transport === 'log') return to.sink.to === 'nowhere' ? undefined : to.sink;
  if (target === undefined || target.value === '') return undefined;
  if (transport === 'http-post' || spans) {
    const address = withoutAccounts(target.value).replace(/\?.*$/, '');
    return { to: 'network', address: address.slice(0, 300) };
  }
  if (instance.config.syntax === '2.3') return undefined;
  if (transport === 'file') return { to: 'file', path: target.value };
  return transport === 'unix' ? { to: 'network', address: `unix:${target.value}` } : undefined;
};

/** The best way in which events of that name leave: with their fields, all of them. */
export const exported = (
  instance: Instance,
  event: string,
  to: Destination,
): { readonly metric: Metric; readonly sink: LogSink; readonly whole: boolean } | undefined => {
  let best:
    | { readonly metric: Metric; readonly sink: LogSink; readonly whole: boolean }
    | undefined;
  for (const exporter of exportersOf(instance)) {
    const sink = works(instance, exporter, to);
    if (sink === undefined) continue;
    for (const metric of exporter.users) {
      const passed = passes(metric, event);
      if (passed === false || !metric.includes.includes('fields')) continue;
      const whole = passed === true;
      if (best === undefined || (whole && !best.whole)) best = { metric, sink, whole };
    }
  }
  return best;
};

const readLog = (instance: Instance, to: Destination): AccessLog => {
  const question = 'who read what';
  const found = exported(instance, 'mail_opened', to);
  const mailLog = loadedPlugins(instance).get('mail_log');
  const remedy = readRemedy(instance);
  if (found === undefined) {
    const because = mailLog?.places[0] ?? { path: instance.config.path };
    const off = nowhere(question, to);
    if (off !== undefined) return { ...off, remedy: `${off.remedy ?? ''}\n${remedy}` };
    const bytes = speaks(instance, 'imap') ? ' (the line at logout counts messages, no more)' : '';
    return {
      question,
      emitted: 'off',
      why:
        mailLog === undefined
          ? `no event exporter takes mail_opened, and nothing else says which message was read${bytes}`
          : 'mail_log never logs that a message was read, and no event exporter takes mail_opened',
      because,
      remedy,
    };
  }
  const { metric, sink, whole } = found;
  const reasons = isFrom(instance, 2, 3, 18);
  const opens = isFrom(instance, 2, 3, 15);
  const base = { question, because: metric.place, sink } as const;
  if (opens === false) {
    return {
      ...base,
      emitted: 'off',
      why: 'this version has no event mail_opened; it came with 2.3.15',
      remedy,
    };
  }
  if (opens === undefined) {
    return {
      ...base,
      emitted: 'unknown',
      why: 'mail_opened came with 2.3.15, and the version of Dovecot is not known',
      remedy,
    };
  }
  if (!whole) {
    return {
      ...base,
      emitted: 'partial',
      why: 'mail_opened is exported through a filter that lets only some of it pass',
      remedy,
    };
  }
  if (reasons !== true) {
    return {
      ...base,
      emitted: 'partial',
      why: 'mail_opened is exported, but reason_code, which tells a body from a header, came with 2.3.18',
      remedy,
    };
  }
  return {
    ...base,
    emitted: 'on',
    why: `mail_opened is exported with user, address, mailbox, uid and reason_code${
      speaks(instance, 'pop3') ? ' (through POP3 without the address: its login has it)' : ''
    }`,
  };
};

const presetEvents = 'delete undelete expunge save copy mailbox_delete mailbox_rename'.split(' ');
const neededEvents = ['delete', 'expunge', 'save', 'copy', 'mailbox_delete', 'mailbox_rename'];
const presetFields = ['uid', 'box', 'msgid', 'size'];

/** `mail_log_events`, `mail_log_fields`: words of `plugin { }` in 2.3, lists in 2.4. */
const mailLogList = (
  instance: Instance,
  name: string,
  preset: readonly string[],
  protocol: string,
): { readonly words: readonly string[]; readonly setting?: DovecotSetting } => {
  if (instance.config.syntax === '2.4') {
    const items = effectiveDovecotList(instance.config, name, protocol, preset);
    return { words: items.map(item => item.name) };
  }
  const setting = dovecotPluginSetting(instance.config, name, protocol);
  return setting === undefined
    ? { words: preset }
    : { words: setting.value.split(/[\s,]+/).filter(Boolean), setting };
};

const changeLog = (instance: Instance, to: Destination): AccessLog => {
  const question = 'what was changed';
  const off = nowhere(question, to);
  if (off !== undefined) return off;
  const { config } = instance;
  const programs = ['imap', 'pop3', 'lmtp'].filter(each => speaks(instance, each));
  const place = { path: config.path };
  const lists = [...programs, 'lda'].map(program => {
    const list = effectiveDovecotList(config, 'mail_plugins', program);
    const find = (name: string): Place | undefined => list.find(each => each.name === name)?.place;
    return { program, log: find('mail_log'), notify: find('notify') };
  });
  const covered = lists.filter(each => each.log !== undefined && each.notify !== undefined);
  const spoken = lists.filter(each => each.program !== 'lda');
  const base = { question, because: lists.find(each => each.log)?.log ?? place } as const;
  if (covered.length === 0) {
    const half = spoken.some(each => each.log !== undefined || each.notify !== undefined);
    return {
      ...base,
      emitted: 'off',
      why: half
        ? 'mail_log and notify log changes only together, and one of them is not loaded'
        : 'the plug-ins mail_log and notify, which log changes, are not loaded',
      remedy: changeRemedy(instance, programs, true),
    };
  }
  const uncovered = spoken
    .filter(each => each.log === undefined || each.notify === undefined)
    .map(({ program }) => program);
  const gaps = uncovered.map(program => `changes through ${program} are not logged`);
  const main = covered[0]?.program ?? 'imap';
  const events = mailLogList(instance, 'mail_log_events', presetEvents, main);
  const fields = mailLogList(instance, 'mail_log_fields', presetFields, main);
  const lacking = neededEvents.filter(
    each => !events.words.includes(each) && !(each === 'save' && events.words.includes('append')),
  );
  // 2.4 puts the mailbox into the event and has no such field by default.
  const named = ['uid', 'msgid'].filter(each => !fields.words.includes(each));
  const local = conditionalDovecotBlocks(config).find(
    block => dovecotSetting(block, 'mail_plugins') !== undefined,
  );
  const why = [
    ...gaps,
    ...(lacking.length === 0 ? [] : [`mail_log_events lacks ${lacking.join(', ')}`]),
    ...(named.length < 2 ? [] : ['mail_log_fields names neither uid nor msgid']),
    ...(config.syntax === '2.3' && !fields.words.includes('box')
      ? ['mail_log_fields lacks box']
      : []),
    ...(local === undefined ? [] : [`${local.key} ${local.name} loads other plug-ins`]),
  ];
  const because =
    lacking.length > 0
      ? (events.setting?.place ?? base.because)
      : (fields.setting?.place ?? base.because);
  return why.length === 0
    ? {
        ...base,
        emitted: 'on',
        why: 'mail_log writes a line for every message saved, copied and removed',
        sink: to.sink,
      }
    : {
        ...base,
        emitted: 'partial',
        why: why.join('; '),
        because,
        sink: to.sink,
        remedy: changeRemedy(instance, uncovered, why.length > gaps.length),
      };
};

/** Asked only where Dovecot sends mail: its submission service, redirects of Sieve scripts. */
const sentLog = (instance: Instance): AccessLog | undefined => {
  const submission = speaks(instance, 'submission');
  const sieve = loadedPlugins(instance).get('sieve');
  const delivers = ['lmtp', 'lda'].find(each => sieve?.users.has(each));
  const to = destinationOf(instance, submission ? 'submission' : delivers);
  if (!submission && sieve === undefined) return undefined;
  const question = 'what was sent';
  const off = nowhere(question, to);
  if (off !== undefined) return off;
  const because = submission
    ? instance.protocols.find(({ name }) => name === 'submission')?.place
    : sieve?.places[0];
  const said = [
    ...(submission ? ['a line for each message relayed for a user'] : []),
    ...(sieve === undefined
      ? []
      : ['a line for each message that a Sieve script forwards, with its target']),
  ];
  return {
    question,
    emitted: 'on',
    why: said.join(' and '),
    ...(because === undefined ? {} : { because }),
    sink: to.sink,
  };
};

export const logsOf = (instance: Instance): readonly AccessLog[] => {
  if (!instance.hasConfig) {
    return (['who logged in', 'who read what', 'what was changed'] as const).map(question => ({
      question,
      emitted: 'unknown',
      why: `${instance.config.path} is not there: what Dovecot logs is not known`,
    }));
  }
  const to = destinationOf(instance);
  const sent = sentLog(instance);
  return [
    loginLog(instance, to),
    readLog(instance, to),
    changeLog(instance, to),
    ...(sent === undefined ? [] : [sent]),
  ];
};
