import type { EventKind } from '../../core/access-event.ts';
import { printable } from '../text.ts';
import type { Application } from './meaning.ts';

/** Commands by their number in an encoded query (MS-ASHTTP, 2.2.1.1.1.2). */
const numbered = [
  'Sync',
  'SendMail',
  'SmartForward',
  'SmartReply',
  'GetAttachment',
  '',
  '',
  '',
  '',
  'FolderSync',
  'FolderCreate',
  'FolderDelete',
  'FolderUpdate',
  'MoveItems',
  'GetItemEstimate',
  'MeetingResponse',
  'Search',
  'Settings',
  'Ping',
  'ItemOperations',
  'Provision',
  'ResolveRecipients',
  'ValidateCert',
  'Find',
];

const kinds: Readonly<Record<string, EventKind>> = {
  Sync: 'mailbox.sync',
  SendMail: 'message.submitted',
  SmartForward: 'message.submitted',
  SmartReply: 'message.submitted',
  GetAttachment: 'message.read',
  ItemOperations: 'message.read',
  MoveItems: 'message.change',
  FolderDelete: 'message.delete',
  Search: 'search',
  Find: 'search',
};

interface Query {
  readonly command: string;
  readonly device?: string;
}

/** Version, command, locale (two bytes), length of the device's id and the id: base64. */
const encoded = (query: string): Query | undefined => {
  const text = query.split('&', 1)[0] ?? '';
  if (!/^[A-Za-z0-9+/]{12,400}={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  const command = numbered[bytes[1] ?? 255];
  if (command === undefined || command === '') return undefined;
  const length = bytes[4] ?? 0;
  const device = bytes.subarray(5, 5 + length);
  const id = /^[\x21-\x7e]+$/.test(device.toString('latin1'))
    ? device.toString('latin1')
    : device.toString('hex');
  return { command, ...(length === 0 || length > 64 ? {} : { device: id }) };
};

/** Exchange ActiveSync, which Exchange, Z-Push, SOGo, Horde and Zimbra speak. Which folder, its body says. */
export const activeSync: Application = (method, target) => {
  if (!/\/microsoft-server-activesync\b/i.test(target.path)) return undefined;
  const command = target.parameter('Cmd') ?? target.parameter('cmd');
  const query = command === undefined ? encoded(target.query) : { command };
  const user = target.parameter('User') ?? target.parameter('user');
  const device =
    target.parameter('DeviceId') ?? target.parameter('DeviceID') ?? encoded(target.query)?.device;
  const type = target.parameter('DeviceType');
  const kind = method === 'POST' || method === 'GET' ? kinds[query?.command ?? ''] : undefined;
  return {
    kind: kind ?? 'web.request',
    service: 'activesync',
    ...(user === undefined || user === '' ? {} : { user }),
    ...(device === undefined && type === undefined
      ? {}
      : {
          app: {
            ...(type === undefined ? {} : { name: printable(type) }),
            ...(device === undefined ? {} : { uid: printable(device) }),
          },
        }),
  };
};
