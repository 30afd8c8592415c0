/** Where `src/logs/ocsf` puts what our own events say: the first of these paths that is there. */
export interface OcsfPlace {
  readonly paths: readonly string[];
  /** Whether there may be several. */
  readonly isList?: true;
  /** What stands there where the log says nothing and OCSF wants something. */
  readonly nothing?: string;
}

const own = (name: string): string => `$.unmapped.postern.${name}`;
const at = (...paths: readonly string[]): OcsfPlace => ({ paths });
const some = (...paths: readonly string[]): OcsfPlace => ({ paths, isList: true });
const data = (name: string): string => `$.resources[*].data.${name}`;
const message = (name: string): string => `$.unmapped.postern.messages[*].${name}`;
const end = (name: 'from' | 'to', ocsf: string): readonly (readonly [string, OcsfPlace])[] => [
  [`${name}.ip`, at(`$.${ocsf}.ip`, own(`${name}.ip`))],
  [`${name}.port`, at(`$.${ocsf}.port`, own(`${name}.port`))],
  [`${name}.host`, at(`$.${ocsf}.hostname`, own(`${name}.host`))],
];

/** By the name of a member of our events. */
export const ocsfPlaces: ReadonlyMap<string, OcsfPlace> = new Map<string, OcsfPlace>([
  ['kind', at(own('kind'))],
  ['outcome', at('$.status')],
  ['component', at('$.metadata.log_provider')],
  ['service', at(own('service'))],
  ['host', at('$.device.hostname')],
  ['pid', at(own('pid'))],
  ['session', at(own('session'))],
  ['authMethod', at('$.auth_protocol')],
  ['tls', at(own('tls'))],
  ['folder', at(own('folder'))],
  ['count', at(own('count'))],
  ['bytes', at(own('bytes'))],
  ['direction', at(own('direction'))],
  ['detail', at('$.status_detail')],
  ['eventUid', at('$.metadata.original_event_uid')],
  ['flags', some(own('flags'))],
  [
    'user.name',
    {
      paths: ['$.user.name', '$.resources[0].owner.name', own('user.name'), '$.actor.user.name'],
      nothing: 'unknown',
    },
  ],
  ['user.uid', at('$.user.uid', '$.resources[0].owner.uid', own('user.uid'), '$.actor.user.uid')],
  ['app.name', at('$.actor.app_name', own('app.name'))],
  ['app.uid', at('$.actor.app_uid', own('app.uid'))],
  ...end('from', 'src_endpoint'),
  ...end('to', 'dst_endpoint'),
  ['through.ip', at(own('through.ip'))],
  ['through.port', at(own('through.port'))],
  ['through.host', at(own('through.host'))],
  ['messages.messageId', some('$.email.message_uid', '$.resources[*].uid', message('messageId'))],
  ['messages.queueId', some('$.message_trace_uid', data('queue_id'), message('queueId'))],
  ['messages.uid', some(data('imap_uid'), message('uid'))],
  ['messages.folder', some(data('folder'), message('folder'))],
  ['messages.part', some(data('part'), message('part'))],
  ['messages.sizeBytes', some('$.email.size', data('size'), message('sizeBytes'))],
  ['messages.subject', some('$.email.subject', '$.resources[*].name', message('subject'))],
  ['messages.from', some('$.email.from', '$.email.from_mailbox', data('from'), message('from'))],
  ['messages.to', some('$.email.to_mailboxes', '$.email.to', data('to'), message('to'))],
  ['request.method', at('$.http_request.http_method', own('request.method'))],
  ['request.path', at('$.http_request.url.url_string', own('request.path'))],
  ['request.stem', at('$.http_request.url.path')],
  ['request.query', at('$.http_request.url.query_string')],
  ['request.status', at('$.http_response.code', own('request.status'))],
  ['request.userAgent', at('$.http_request.user_agent', own('request.userAgent'))],
  ['request.referrer', at('$.http_request.referrer', own('request.referrer'))],
]);
