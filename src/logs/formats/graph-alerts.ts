import type { AccessEvent } from '../../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, unparsed } from '../reading.ts';
import { type EntraRecord, either, entraRecord } from '../records/entra.ts';
import type { Fields } from '../records/fields.ts';
import { addressOf, Clean, messageIdOf, utcTime, whoOf } from '../records/meaning.ts';
import { printable } from '../text.ts';

const evidenceMax = 100;

/** Whom an alert is about, where its evidence says: a user, or a mailbox. */
const userOf = (evidence: readonly Fields[]): AccessEvent['user'] => {
  for (const each of evidence) {
    const account = each.object('useraccount');
    const who =
      whoOf(account?.text('userprincipalname', 'accountname'), account?.text('azureaduserid')) ??
      whoOf(each.text('primaryaddress', 'upn'));
    if (who !== undefined) return who;
  }
  return undefined;
};

/** Messages that an alert names (`analyzedMessageEvidence`). */
const messagesOf = (evidence: readonly Fields[], clean: Clean): AccessEvent['messages'] => {
  const found = evidence.flatMap(each => {
    const messageId = messageIdOf(each.text('internetmessageid'));
    if (messageId === undefined) return [];
    const subject = clean.text(each.text('subject'));
    const to = each.text('recipientemailaddress');
    const from =
      each.object('p1sender')?.text('emailaddress') ??
      each.object('p2sender')?.text('emailaddress');
    return [
      {
        messageId,
        ...(subject === undefined ? {} : { subject }),
        ...(from === undefined ? {} : { from: printable(from) }),
        ...(to === undefined ? {} : { to: [printable(to)] }),
      },
    ];
  });
  return found.length === 0 ? undefined : found;
};

const alertEvent = (record: EntraRecord, envelope: Envelope, context: FormatContext): Parsed => {
  const clean = new Clean();
  const evidence = record.inner.objects('evidence', evidenceMax);
  const told = (name: string): string | undefined => {
    const value = either(record, name);
    return value === undefined ? undefined : `${name} ${value}`;
  };
  const uid = either(record, 'id');
  return happened({
    kind: 'other',
    time: utcTime(
      envelope,
      context,
      either(record, 'createddatetime', 'firstactivitydatetime', 'eventdatetime'),
    ),
    outcome: 'unknown',
    component: 'microsoft-365',
    user: userOf(evidence),
    from: addressOf(evidence.find(each => each.has('ipaddress'))?.text('ipaddress')),
    messages: messagesOf(evidence, clean),
    eventUid: uid === undefined ? undefined : printable(uid),
    detail: clean.detail(
      `alert: ${either(record, 'title') ?? ''}`,
      told('severity'),
      told('category'),
      told('serviceSource'),
      told('status'),
    ),
    flags: clean.flags(),
  });
};

/** Alerts of Microsoft's security products, as Graph gives them (`security/alerts_v2`): what they found, not who read. */
export const graphAlerts: LogFormat = {
  id: 'graph-alerts',
  title: 'Microsoft Graph: security alerts',
  sniff: ({ message }) => {
    if (!message.startsWith('{')) return 0;
    const isAlert = message.includes('"providerAlertId"') || message.includes('"alertWebUrl"');
    return isAlert && message.includes('"severity"') ? 0.95 : 0;
  },
  open: context => ({
    read: envelope => {
      const record = entraRecord(envelope.message.trim());
      const isAlert =
        record !== undefined &&
        either(record, 'title') !== undefined &&
        either(record, 'provideralertid', 'alertweburl', 'detectorid') !== undefined;
      return isAlert
        ? alertEvent(record, envelope, context)
        : unparsed('no security alert, or a broken record of one');
    },
  }),
};
