import { describe, expect, test } from 'vitest';
import { meaningOf } from './meaning.ts';
import { clientOf } from './request.ts';
import { keptTarget, targetOf } from './target.ts';

describe('who asked', () => {
  test('is the peer, whatever he says of himself', () => {
    expect(clientOf('203.0.113.7', '198.51.100.66')).toEqual({ from: { ip: '203.0.113.7' } });
  });

  test('is whom a proxy of the own network saw, the last of the list', () => {
    expect(clientOf('10.0.0.2', '198.51.100.66, 203.0.113.7')).toEqual({
      from: { ip: '203.0.113.7' },
      through: { ip: '10.0.0.2' },
    });
    expect(clientOf('10.0.0.2', '203.0.113.7, 10.0.0.3')).toEqual({
      from: { ip: '203.0.113.7' },
      through: { ip: '10.0.0.2' },
    });
  });

  test('is the proxy where it says nothing that is an address', () => {
    expect(clientOf('10.0.0.2', 'unknown')).toEqual({ from: { ip: '10.0.0.2' } });
    expect(clientOf('10.0.0.2', '203.0.113.7, nobody')).toEqual({ from: { ip: '10.0.0.2' } });
  });
});

describe('what a request does', () => {
  const does = (method: string, target: string, status = 200): unknown => {
    const meaning = meaningOf(method, targetOf(target), status);
    return meaning === undefined
      ? undefined
      : [
          meaning.kind,
          meaning.folder,
          meaning.messages?.[0]?.uid,
          meaning.messages?.[0]?.part,
          meaning.user,
        ];
  };

  test.each([
    [
      'GET',
      '/mail/?_task=mail&_action=preview&_uid=7&_mbox=INBOX',
      ['message.read', 'INBOX', 7, 'body', undefined],
    ],
    [
      'GET',
      '/?_mbox=A%26B&_uid=7&_action=print&_task=mail',
      ['message.read', 'A&B', 7, 'body', undefined],
    ],
    [
      'GET',
      '/?_task=mail&_action=get&_mbox=INBOX&_uid=7&_part=2',
      ['message.read', 'INBOX', 7, 'attachment', undefined],
    ],
    [
      'GET',
      '/?_task=mail&_action=compose&_reply_uid=7&_mbox=INBOX',
      ['message.read', 'INBOX', 7, 'body', undefined],
    ],
    [
      'GET',
      '/?_task=mail&_action=compose',
      ['web.request', undefined, undefined, undefined, undefined],
    ],
    [
      'GET',
      '/?_task=mail&_action=refresh',
      ['web.request', undefined, undefined, undefined, undefined],
    ],
    [
      'POST',
      '/?_task=mail&_action=export',
      ['mailbox.export', undefined, undefined, undefined, undefined],
    ],
    [
      'GET',
      '/?_task=addressbook&_action=show',
      ['web.request', undefined, undefined, undefined, undefined],
    ],
    ['GET', '/?x=_task=mail&y=_uid=7', undefined],
    ['POST', '/SOGo/so/bob/Mail/0/folderSent/7/view', ['message.read', 'Sent', 7, 'body', 'bob']],
    [
      'POST',
      '/Microsoft-Server-ActiveSync?jAAJBApBQkNE',
      ['mailbox.sync', undefined, undefined, undefined, undefined],
    ],
    [
      'GET',
      '/src/read_body.php?mailbox=INBOX&passed_id=7',
      ['message.read', 'INBOX', 7, 'body', undefined],
    ],
    [
      'GET',
      '/service/home/~/?auth=co&id=257&part=2',
      ['message.read', undefined, undefined, 'attachment', undefined],
    ],
    ['GET', '/favicon.ico', undefined],
  ])('%s %s', (method, target, expected) => {
    expect(does(method, target)).toEqual(expected);
  });
});

describe('an address as it is kept', () => {
  test.each([
    ['/?_task=mail&_token=abc&_uid=7', '/?_task=mail&_token=…&_uid=7'],
    ['/x?password=hunter2', '/x?password=…'],
    ['/x?a=1&sid=0123', '/x?a=1&sid=…'],
    ['https://bob:hunter2@example.jp/', 'https://bob:…@example.jp/'],
  ])('%s', (target, kept) => {
    expect(keptTarget(target)).toEqual({ path: kept, secret: true });
  });

  test('has no marks where it has no secrets', () => {
    expect(keptTarget('/?_task=mail&_uid=7')).toEqual({
      path: '/?_task=mail&_uid=7',
      secret: false,
    });
  });
});
