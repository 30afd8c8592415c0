import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../core/access-event.ts';
import { openEnvelope } from '../envelope/open-envelope.ts';
import { m365Ual } from './m365-ual.ts';

const base = {
  CreationTime: '2026-06-12T08:15:09',
  Id: 'id-1',
  RecordType: 50,
  Workload: 'Exchange',
  UserId: 'alice@example.jp',
};

const reader = () =>
  m365Ual.open({
    time: stamp => ({
      original: stamp.original,
      atMs: Date.UTC(
        stamp.year ?? 0,
        (stamp.month ?? 1) - 1,
        stamp.day,
        stamp.hour,
        stamp.minute,
        stamp.second,
      ),
    }),
    openMax: 10,
  });

const read = (record: object): AccessEvent => {
  const parsed = reader().read(
    openEnvelope({ text: JSON.stringify({ ...base, ...record }), number: 1 }),
  );
  if (!('event' in parsed)) throw new Error(JSON.stringify(parsed));
  return parsed.event;
};

const parameters = (given: Readonly<Record<string, string>>): object => ({
  Parameters: Object.entries(given).map(([Name, Value]) => ({ Name, Value })),
});

describe('what an operation of Exchange is', () => {
  test.each([
    ['MailItemsAccessed', 'message.read'],
    ['FolderBind', 'mailbox.open'],
    ['MessageBind', 'message.read'],
    ['SendOnBehalf', 'message.submitted'],
    ['SoftDelete', 'message.delete'],
    ['Move', 'message.change'],
    ['Copy', 'message.save'],
    ['AddFolderPermissions', 'permission.changed'],
    ['UpdateCalendarDelegation', 'permission.changed'],
    ['Set-InboxRule', 'rule.changed'],
    ['Disable-TransportRule', 'rule.changed'],
    ['New-JournalRule', 'rule.changed'],
    ['Add-RecipientPermission', 'permission.changed'],
    ['New-ManagementRoleAssignment', 'permission.changed'],
    ['Add-RoleGroupMember', 'permission.changed'],
    ['Remove-UnifiedAuditLogRetentionPolicy', 'audit.changed'],
    ['New-MailboxExportRequest', 'mailbox.export'],
    ['New-ComplianceSearch', 'search'],
    ['Set-CASMailbox', 'configuration.changed'],
    ['New-InboundConnector', 'configuration.changed'],
    ['New-Mailbox', 'account.changed'],
    ['Search-UnifiedAuditLog', 'other'],
    ['Get-Mailbox', 'other'],
    ['SearchExportDownloaded', 'mailbox.export'],
    ['Whatever comes next year', 'other'],
    ['constructor', 'other'],
    ['__proto__', 'other'],
  ])('%s: %s', (Operation, kind) => expect(read({ Operation }).kind).toBe(kind));

  test.each([
    [{ ForwardingSmtpAddress: 'smtp:x@evil.test' }, 'forward.changed'],
    [{ ForwardingAddress: 'x' }, 'forward.changed'],
    [{ AuditOwner: '' }, 'audit.changed'],
    [{ DefaultAuditSet: 'Owner' }, 'audit.changed'],
    [{ AuditLogAgeLimit: '90' }, 'configuration.changed'],
    [{ GrantSendOnBehalfTo: 'bob' }, 'permission.changed'],
    [{ ProhibitSendQuota: '1GB' }, 'configuration.changed'],
  ])('Set-Mailbox with %j: %s', (given, kind) => {
    const event = read({ Operation: 'Set-Mailbox', ...parameters({ Identity: 'bob', ...given }) });
    expect(event.kind).toBe(kind);
    expect(event).toMatchObject({ user: { name: 'bob' }, actor: { name: 'alice@example.jp' } });
  });

  test('Set-OrganizationConfig is about auditing where it says so', () => {
    const event = read({
      Operation: 'Set-OrganizationConfig',
      ...parameters({ AuditDisabled: 'True' }),
    });
    expect(event).toMatchObject({ kind: 'audit.changed', change: { action: 'disable' } });
  });
});

describe('what an operation of the directory is', () => {
  test.each([
    ['UserLoggedIn', 'login'],
    ['UserLoginFailed', 'login'],
    ['PasswordLogonInitialAuthUsingPassword', 'login'],
    ['Consent to application.', 'app.consent'],
    ['Add app role assignment to service principal.', 'app.consent'],
    ['Add delegated permission grant.', 'app.consent'],
    ['Add OAuth2PermissionGrant.', 'app.consent'],
    ['Add service principal credentials.', 'account.changed'],
    ['Update application – Certificates and secrets management ', 'account.changed'],
    ['Change user password.', 'password.changed'],
    ['Add member to role.', 'permission.changed'],
    ['Add eligible member to role.', 'permission.changed'],
    ['Disable Strong Authentication.', 'account.changed'],
    ['Set domain authentication.', 'configuration.changed'],
  ])('%s: %s', (Operation, kind) =>
    expect(read({ Operation, Workload: 'AzureActiveDirectory' }).kind).toBe(kind),
  );

  test('a failed sign-in is one, though its ResultStatus is Success', () => {
    const failed = { Workload: 'AzureActiveDirectory', Operation: 'UserLoginFailed' };
    expect(read({ ...failed, ResultStatus: 'Success' }).outcome).toBe('failure');
    const error = { ...failed, Operation: 'UserLoggedIn', ErrorNumber: '50126' };
    expect(read({ ...error, ResultStatus: 'Success' }).outcome).toBe('failure');
    // Asked for a second factor: neither let in nor turned away.
    expect(read({ ...error, ErrorNumber: '50074' }).outcome).toBe('unknown');
  });
});

describe('where from', () => {
  test.each([
    ['203.0.113.5', { ip: '203.0.113.5' }],
    ['203.0.113.5:443', { ip: '203.0.113.5', port: 443 }],
    ['[203.0.113.5]:443', { ip: '203.0.113.5', port: 443 }],
    ['[2001:db8::5]:443', { ip: '2001:db8::5', port: 443 }],
    ['2001:DB8:0::5', { ip: '2001:db8::5' }],
    ['::ffff:203.0.113.5', { ip: '203.0.113.5' }],
    ['203.0.113.5, 198.51.100.2', { ip: '203.0.113.5' }],
    ['', undefined],
    ['<null>', undefined],
    ['sanitized', undefined],
  ])('%j', (ClientIP, from) => expect(read({ Operation: 'Send', ClientIP }).from).toEqual(from));
});

describe('a record', () => {
  test('that comes twice is two events of one eventUid', () => {
    const same = reader();
    const line = { text: JSON.stringify({ ...base, Operation: 'Send' }), number: 1 };
    const [one, two] = [same.read(openEnvelope(line)), same.read(openEnvelope(line))];
    expect(one).toEqual(two);
    expect(one).toMatchObject({ event: { eventUid: 'id-1' } });
  });

  test('says what was read of whom by whom, and that others were suppressed', () => {
    const event = read({
      Operation: 'MailItemsAccessed',
      MailboxOwnerUPN: 'bob@example.jp',
      OperationProperties: [
        { Name: 'MailAccessType', Value: 'Bind' },
        { Name: 'IsThrottled', Value: 'True' },
      ],
      Folders: [{ Path: '\\Inbox', FolderItems: [{ InternetMessageId: '<a@partner.test>' }, {}] }],
      OperationCount: 2,
    });
    expect(event).toMatchObject({
      kind: 'message.read',
      user: { name: 'bob@example.jp' },
      actor: { name: 'alice@example.jp' },
      messages: [{ messageId: '<a@partner.test>', folder: '\\Inbox', part: 'body' }],
      // One of the two is not named.
      count: 2,
      flags: ['throttled', 'aggregated'],
    });
  });

  test('of a thousand messages names them all, and one of ten thousand says how many', () => {
    const items = Array.from({ length: 10_000 }, (_, at) => ({
      InternetMessageId: `<${at}@x.test>`,
    }));
    const accessed = (FolderItems: readonly object[]): AccessEvent =>
      read({ Operation: 'MailItemsAccessed', Folders: [{ Path: '\\Inbox', FolderItems }] });
    expect(accessed(items.slice(0, 1_000)).messages).toHaveLength(1_000);
    const many = accessed(items);
    expect(many.count).toBe(10_000);
    expect(many.messages?.length).toBeLessThan(10_000);
  });

  test('keeps no password that a cmdlet was given', () => {
    const event = read({
      Operation: 'New-Mailbox',
      ...parameters({
        Name: 'x',
        Password: 'Sommer2026!',
        AccessToken: 'abcdefgh',
        Note: 'pwd=geheim',
      }),
    });
    expect(JSON.stringify(event)).not.toMatch(/Sommer|abcdefgh|geheim/);
    expect(event.flags).toEqual(['secret']);
  });

  test('bears names that end no line and turn no text', () => {
    const event = read({
      Operation: 'New-InboxRule',
      ...parameters({ Name: 'a\nb\u202ec\u0000' }),
    });
    expect(event.change?.['Name']).toBe('a\ufffdb\ufffdc\ufffd');
  });

  test('without a time that can be read has what was written', () => {
    expect(read({ Operation: 'Send', CreationTime: 'yesterday' }).time).toEqual({
      original: 'yesterday',
    });
  });
});
