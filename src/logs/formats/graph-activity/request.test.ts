import { describe, expect, test } from 'vitest';
import { graphRequest } from './request.ts';

const base = 'https://graph.microsoft.com/v1.0';

describe('a request to Graph', () => {
  test.each([
    ['GET', '/me/messages/AAMk=', 'message.read'],
    ['GET', '/me/messages/AAMk=?$select=subject', 'message.list'],
    ['GET', '/me/messages/AAMk=?$select=subject,body', 'message.read'],
    ['GET', '/me/messages/AAMk=/$value', 'message.read'],
    ['GET', '/me/messages/AAMk=/attachments', 'message.read'],
    // Without $select each message of the list comes with its body.
    ['GET', '/me/messages', 'message.read'],
    ['GET', '/me/messages?$select=id,subject', 'message.list'],
    ['GET', '/me/messages?%24select=id', 'message.list'],
    ['GET', '/me/messages/$count', 'api.request'],
    ['GET', '/me/mailFolders/inbox/childFolders/x/messages?$select=id', 'message.list'],
    ['GET', '/me/mailFolders', 'api.request'],
    ['GET', '/me/mailFolders/inbox', 'mailbox.open'],
    ['GET', '/me/mailFolders/inbox/messages/delta', 'mailbox.sync'],
    ['GET', "/me/mailFolders('inbox')/messages/microsoft.graph.delta()", 'mailbox.sync'],
    ['POST', '/me/messages', 'message.save'],
    ['PATCH', '/me/messages/AAMk=', 'message.change'],
    ['DELETE', '/me/messages/AAMk=', 'message.delete'],
    ['POST', '/me/messages/AAMk=/move', 'message.change'],
    ['POST', '/me/messages/AAMk=/microsoft.graph.forward', 'message.submitted'],
    ['POST', '/me/sendMail', 'message.submitted'],
    ['POST', '/me/microsoft.graph.sendMail', 'message.submitted'],
    ['GET', '/me/mailFolders/inbox/messageRules', 'api.request'],
    ['POST', '/me/mailFolders/inbox/messageRules', 'rule.changed'],
    ['DELETE', '/me/mailFolders/inbox/messageRules/1', 'rule.changed'],
    ['PATCH', '/me/mailboxSettings', 'configuration.changed'],
    ['POST', '/search/query', 'search'],
    ['POST', '/oauth2PermissionGrants', 'app.consent'],
    ['POST', '/applications/1/addPassword', 'account.changed'],
    ['GET', '/users', 'api.request'],
    ['GET', '/me', 'api.request'],
    ['POST', '/$batch', 'api.request'],
    ['GET', '/users/alice@example.jp/calendar/events', 'api.request'],
    ['GET', '', 'api.request'],
  ])('%s %s: %s', (method, path, kind) =>
    expect(graphRequest(method, base + path).kind).toBe(kind),
  );

  test.each([
    ['/users/alice@example.jp/messages', 'alice@example.jp'],
    ["/users('alice@example.jp')/messages", 'alice@example.jp'],
    [
      '/users/26be570a-ae82-4189-b4e2-a37c6808512d/mailFolders/inbox/messages',
      '26be570a-ae82-4189-b4e2-a37c6808512d',
    ],
    ['/me/messages', undefined],
  ])('%s is about the mailbox of %s', (path, owner) => {
    expect(graphRequest('GET', base + path).owner).toBe(owner);
  });

  test('takes nothing for a path that stands in a query', () => {
    expect(graphRequest('GET', `${base}/users?x=/me/messages/1`).kind).toBe('api.request');
  });
});
