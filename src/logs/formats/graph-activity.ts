import type { AccessEvent } from '../../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, unparsed } from '../reading.ts';
import { type EntraRecord, either, entraRecord } from '../records/entra.ts';
import { addressOf, azureTime, Clean, numberOf, whoOf } from '../records/meaning.ts';
import { printable } from '../text.ts';
import { keptTarget } from '../web/target.ts';
import { graphRequest } from './graph-activity/request.ts';

const host = /^https?:\/\/[^/?#]{1,255}/i;

const outcomeOf = (status: number | undefined): AccessEvent['outcome'] =>
  status === undefined ? 'unknown' : status >= 400 ? 'failure' : 'success';

const requestEvent = (record: EntraRecord, envelope: Envelope, context: FormatContext): Parsed => {
  const clean = new Clean();
  const uri = either(record, 'requesturi') ?? '';
  const method = either(record, 'requestmethod') ?? '';
  const asked = graphRequest(method, uri);
  const { path, secret } = keptTarget(uri.replace(host, ''));
  if (secret) clean.secret = true;
  const userId = either(record, 'userid');
  const appId = either(record, 'appid');
  const principal = either(record, 'serviceprincipalid');
  // Without a user, an application asked with rights of its own.
  const by = whoOf(userId) ?? whoOf(principal ?? appId);
  const owner = whoOf(asked.owner);
  const isOwn = owner === undefined || owner.name === by?.name;
  const isOfMailbox = asked.isMail && !isOwn;
  const status = numberOf(either(record, 'responsestatuscode', 'resultsignature'));
  const agent = clean.text(either(record, 'useragent'), 500);
  const folder = clean.text(asked.folder);
  const uid = either(record, 'requestid', 'operationid', 'correlationid');
  const session = either(record, 'sessionid', 'signinactivityid', 'uniquetokenid');
  const scopes = either(record, 'scopes');
  const roles = either(record, 'roles');
  const ref = {
    ...(folder === undefined ? {} : { folder }),
    ...(asked.part === undefined ? {} : { part: asked.part }),
  };
  return happened({
    kind: asked.kind,
    time: azureTime(envelope, context, either(record, 'timegenerated', 'time')),
    outcome: outcomeOf(status),
    component: 'microsoft-graph',
    service: 'api',
    user: isOfMailbox ? owner : by,
    actor: isOfMailbox ? by : undefined,
    app: appId === undefined ? undefined : { uid: printable(appId) },
    from: addressOf(either(record, 'ipaddress', 'calleripaddress')),
    session: session === undefined ? undefined : printable(session),
    folder,
    messages: asked.part === undefined ? undefined : [ref],
    bytes: numberOf(either(record, 'responsesizebytes')),
    request: {
      ...(method === '' ? {} : { method: printable(method, 20) }),
      path,
      ...(status === undefined ? {} : { status }),
      ...(agent === undefined ? {} : { userAgent: agent }),
    },
    change: ['rule.changed', 'app.consent', 'account.changed', 'configuration.changed'].includes(
      asked.kind,
    )
      ? clean.change([['operation', `${method} ${path}`]])
      : undefined,
    eventUid: uid === undefined ? undefined : printable(uid),
    detail: clean.detail(
      asked.what,
      scopes === undefined ? undefined : `scopes: ${scopes}`,
      roles === undefined ? undefined : `roles: ${roles}`,
      userId === undefined && principal !== undefined
        ? 'by an application with rights of its own'
        : undefined,
    ),
    flags: clean.flags(),
  });
};

/** MicrosoftGraphActivityLogs, as a diagnostic setting or a workspace exports them: every request to Graph. */
export const graphActivity: LogFormat = {
  id: 'graph-activity',
  title: 'Microsoft Graph: activity logs',
  sniff: ({ message }) => {
    if (!message.startsWith('{')) return 0;
    if (message.includes('"MicrosoftGraphActivityLogs"')) return 1;
    return /"requestUri"/i.test(message) && /"requestMethod"/i.test(message) ? 0.9 : 0;
  },
  open: context => ({
    read: envelope => {
      const record = entraRecord(envelope.message.trim());
      return record === undefined || either(record, 'requesturi') === undefined
        ? unparsed('no request to Graph, or a broken record of one')
        : requestEvent(record, envelope, context);
    },
  }),
};
