import { Fields, type Json, parsedJson } from '../../records/fields.ts';

const depthMax = 8;
const parametersMax = 300;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * `[{"name": …, "value" | "intValue" | "boolValue" | "multiValue" | "messageValue" | "multiMessageValue"}]` as an
 * object by name, however deep. Exports that have made objects of it already are left as they are.
 */
const plainParameters = (value: unknown, depth: number): unknown => {
  if (!isList(value) || depth > depthMax) return value;
  const held = new Map<string, unknown>();
  for (const each of value.slice(0, parametersMax)) {
    if (!isObject(each)) continue;
    const name = each['name'];
    if (typeof name !== 'string' || held.has(name)) continue;
    const message = each['messageValue'];
    const messages = each['multiMessageValue'];
    if (isObject(message)) held.set(name, plainParameters(message['parameter'], depth + 1));
    else if (isList(messages)) {
      held.set(
        name,
        messages
          .slice(0, 1_000)
          .map(one => (isObject(one) ? plainParameters(one['parameter'], depth + 1) : one)),
      );
    } else {
      held.set(
        name,
        each['value'] ??
          each['intValue'] ??
          each['boolValue'] ??
          each['multiValue'] ??
          each['multiStrValue'] ??
          each['multiIntValue'],
      );
    }
  }
  return Object.fromEntries(held);
};

export interface GoogleEvent {
  readonly type: string;
  readonly name: string;
  readonly parameters: Fields | undefined;
}

/** One activity: what happened at one time, which may be several events. */
export interface Activity {
  readonly application: string;
  readonly time: string | undefined;
  readonly uid: string | undefined;
  readonly actorEmail: string | undefined;
  readonly actorId: string | undefined;
  /** An OAuth client that acted for itself. */
  readonly actorKey: string | undefined;
  readonly ip: string | undefined;
  readonly events: readonly GoogleEvent[];
  /** How many events it has, those beyond any bound included. */
  readonly eventCount: number;
}

const eventsMax = 50;

const eventOf = (event: Fields): GoogleEvent => ({
  type: event.text('type', 'event_type') ?? '',
  name: event.text('name', 'event_name') ?? '',
  parameters: Fields.of(plainParameters(event.raw('parameters'), 0)),
});

const activityOf = (record: Fields, id: Fields): Activity => {
  const actor = record.object('actor');
  const listed = record.objects('events', eventsMax);
  const time = id.text('time');
  const qualifier = id.text('uniquequalifier', 'uniqqualifier');
  return {
    application: (id.text('applicationname') ?? '').toLowerCase(),
    time,
    uid: qualifier === undefined ? undefined : `${time ?? ''}/${qualifier}`,
    actorEmail: actor?.text('email'),
    actorId: actor?.text('profileid'),
    actorKey: actor?.text('key') ?? actor?.object('applicationinfo')?.text('applicationname'),
    ip: record.text('ipaddress'),
    // Some shippers give each event a record of its own, without the list.
    events: listed.length > 0 ? listed.map(eventOf) : [eventOf(record)],
    eventCount: Math.max(record.size('events'), listed.length),
  };
};

/** A row of the tables that Workspace exports to BigQuery: one application's fields beside the common ones. */
const rowOf = (record: Fields): Activity | undefined => {
  const isOld = record.object('event_info') !== undefined;
  const application = isOld ? 'gmail' : record.text('record_type')?.toLowerCase();
  const usec = record.text('time_usec') ?? record.object('event_info')?.text('timestamp_usec');
  if (application === undefined || (!isOld && record.object(application) === undefined))
    return undefined;
  const parameters = isOld ? record : record.object(application);
  const message = parameters?.object('message_info');
  return {
    application,
    time: usec,
    uid: undefined,
    actorEmail: record.text('email'),
    actorId: record.text('unique_identifier'),
    actorKey: undefined,
    ip: record.text('ip_address') ?? message?.object('connection_info')?.text('client_ip'),
    events: [
      {
        type: record.text('event_type') ?? '',
        name: record.text('event_name') ?? 'delivery',
        parameters,
      },
    ],
    eventCount: 1,
  };
};

const applications: ReadonlyMap<string, string> = new Map([
  ['oauth2.googleapis.com', 'token'],
  ['cloudidentity.googleapis.com', 'groups_enterprise'],
]);

/** A log entry of Google Cloud, which Workspace shares its activities with: an audit log with an activity within. */
const entryOf = (record: Fields): Activity | undefined => {
  const payload = record.object('protopayload') ?? record.object('jsonpayload');
  const metadata = payload?.object('metadata');
  const listed = metadata?.objects('event', eventsMax) ?? [];
  const service = payload?.text('servicename');
  if (payload === undefined || service === undefined || listed.length === 0) return undefined;
  const activityId = metadata?.object('activityid');
  const time = record.text('timestamp') ?? activityId?.text('timeusec');
  const qualifier = activityId?.text('uniqqualifier');
  return {
    application: applications.get(service) ?? service.replace(/\.googleapis\.com$/, ''),
    time,
    uid: qualifier === undefined ? undefined : `${time ?? ''}/${qualifier}`,
    actorEmail: payload.object('authenticationinfo')?.text('principalemail'),
    actorId: undefined,
    actorKey: undefined,
    ip: payload.object('requestmetadata')?.text('callerip'),
    events: listed.map(event => ({
      type: event.text('eventtype') ?? '',
      name: event.text('eventname') ?? '',
      parameters: Fields.of(plainParameters(event.raw('parameter'), 0)),
    })),
    eventCount: Math.max(metadata?.size('event') ?? 0, listed.length),
  };
};

/** The activity that a JSON text holds; undefined for anything else. */
export const activityIn = (text: string): Activity | undefined => {
  const value = parsedJson(text);
  const record = Fields.of(isList(value) && value.length === 1 ? value[0] : value);
  const id = record?.object('id');
  if (record !== undefined && id?.has('applicationname') === true) return activityOf(record, id);
  return record === undefined ? undefined : (entryOf(record) ?? rowOf(record));
};
