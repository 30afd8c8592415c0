import { isMembers } from './json-values.ts';

type Members = Readonly<Record<string, unknown>>;

/** Where fields may lie that are not at the top: Windows event logs as their converters write them, Elastic's documents. */
export const containers: readonly (readonly string[])[] = [
  ['Event', 'EventData'],
  ['Event', 'System'],
  ['Event', 'UserData'],
  ['EventData'],
  ['System'],
  ['winlog', 'event_data'],
  ['winlog', 'user_data'],
  ['winlog'],
  ['event_data'],
];

const prefixes = [...containers.map(steps => steps.join('.')), 'Event.EventData.Data'];

/** Of whose keys an event has one, if it is of those. */
export const convertedRoots: readonly string[] = [
  'Event',
  'EventData',
  'System',
  'winlog',
  'event_data',
  'event_id',
  'event',
  'NewProcessName',
];

/** How Sigma calls what converters of Windows event logs call otherwise. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  EventID: ['winlog.event_id', 'event_id', 'event.code'],
  Provider_Name: ['winlog.provider_name', 'event.provider'],
  Computer: ['winlog.computer_name'],
  Channel: ['winlog.channel'],
};

/** What the Security log (4688) calls otherwise than Sysmon, whose names are Sigma's for `process_creation`. */
const securityNames: Readonly<Record<string, string>> = {
  Image: 'NewProcessName',
  ParentImage: 'ParentProcessName',
};

/** An element of `<System>` and one of its attributes: `Provider_Name`, `Execution_ProcessID`. */
const attributeName = /^(Provider|EventID|TimeCreated|Correlation|Execution|Security)_(\w+)$/;

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Where a field may lie that is not at the top, the likelier places first. */
export const convertedPaths = (field: string): readonly string[] => {
  const withinPlaces = (name: string): readonly string[] =>
    prefixes.map(prefix => `${prefix}.${name}`);
  const others = otherNames(field);
  return [...withinPlaces(field), ...others, ...others.flatMap(withinPlaces)];
};

/** What some fields are called otherwise, wherever they lie. */
export const otherNames = (field: string): readonly string[] => {
  const [, element, attribute] = attributeName.exec(field) ?? [];
  const other = own(securityNames, field);
  return [
    ...(own(spellings, field) ?? []),
    ...(element === undefined || attribute === undefined
      ? []
      : [
          `${element}.#attributes.${attribute}`,
          `${element}.@${attribute}`,
          `${element}_attributes.${attribute}`,
        ]),
    ...(other === undefined ? [] : [other]),
  ];
};

/** What lies in `<UserData>`: an element that each kind of event calls otherwise, with its fields. */
export const userDataOf = ({ Event: event }: Members): readonly Members[] => {
  const data = isMembers(event) ? event['UserData'] : undefined;
  return isMembers(data) ? Object.values(data).filter(isMembers) : [];
};

/** Whether a field may be called with blanks where Sigma strips them: `New Value`. */
export const mayBeSpaced = (field: string): boolean => !/[ .]/.test(field);

/** The first key with blanks that is a field without them, and what holds it. */
export const spacedKey = (
  event: Members,
  field: string,
): readonly [Members, string] | undefined => {
  for (const place of placesOf(event)) {
    for (const key of Object.keys(place)) {
      if (key.includes(' ') && key.replaceAll(' ', '') === field) return [place, key];
    }
  }
  return undefined;
};

const placesOf = (event: Members): readonly Members[] => {
  const at = (steps: readonly string[]): unknown =>
    steps.reduce<unknown>((value, step) => (isMembers(value) ? value[step] : undefined), event);
  return [event, ...containers.map(at).filter(isMembers), ...userDataOf(event)];
};

/** The event itself, of a hit that was exported from Elastic's or Splunk's search. */
export const wrappedIn = (event: Members): Members | undefined => {
  if (isMembers(event['_source'])) return event['_source'];
  const result = Object.hasOwn(event, 'preview') ? event['result'] : undefined;
  return isMembers(result) ? result : undefined;
};
