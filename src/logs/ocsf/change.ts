import type { AccessEvent } from '../../core/access-event.ts';

type Changing = 'create' | 'delete' | 'enable' | 'disable' | 'lock' | 'unlock' | 'reset' | 'clear';

const words: readonly (readonly [RegExp, Changing])[] = [
  [/\bunlock/i, 'unlock'],
  [/\block/i, 'lock'],
  [/\b(?:re-?enable|enable|activate|resume)/i, 'enable'],
  [/\b(?:disable|deactivate|suspend)/i, 'disable'],
  [/\b(?:clear|purge)/i, 'clear'],
  [/\b(?:delete|remove|revoke|unassign|drop)/i, 'delete'],
  [/\breset/i, 'reset'],
  [/\b(?:create|add|new|grant|assign|insert)/i, 'create'],
];

const operationNames = /^(?:operation|action|event|op|cmd|command|activity|change)$/i;

/** What was done, where the log's own names tell: by `operation` and the like, else by its own words. */
export const changingOf = ({ change, detail }: AccessEvent): Changing | undefined => {
  const named = Object.entries(change ?? {}).find(([name]) => operationNames.test(name))?.[1];
  const text = (named ?? detail ?? '').slice(0, 200);
  return words.find(([pattern]) => pattern.test(text))?.[1];
};

const privilegeNames =
  /^(?:privileges?|rights?|acl(?:rights)?|permissions?|accessrights|scopes?|roles?)$/i;

const privilegesMax = 200;

/** Rights or scopes that a change names; else whatever it says, for one is needed. */
export const privilegesOf = ({ change, detail, kind }: AccessEvent): readonly string[] => {
  const named = Object.entries(change ?? {}).find(([name]) => privilegeNames.test(name))?.[1];
  const list = (named ?? '')
    .split(/[\s,;]+/)
    .filter(each => each !== '')
    .slice(0, privilegesMax);
  if (list.length > 0) return list;
  const values = Object.values(change ?? {}).filter(each => each !== '');
  return values.length > 0 ? values.slice(0, privilegesMax) : [detail ?? kind];
};

/** A value of the change by one of several names, in lower case. */
export const changed = (event: AccessEvent, names: readonly string[]): string | undefined =>
  Object.entries(event.change ?? {}).find(
    ([name, value]) => value !== '' && names.includes(name.toLowerCase()),
  )?.[1];
