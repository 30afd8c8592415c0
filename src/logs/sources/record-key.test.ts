import { describe, expect, test } from 'vitest';
import { recordKey, recordKeysIn } from './record-key.ts';

const ual = {
  CreationTime: '2026-06-29T10:00:00',
  Id: '0b5f3a52-1111-4e0e-9d43-08dab1cd0001',
  Operation: 'MailItemsAccessed',
  RecordType: 50,
  UserId: 'mai@example.jp',
  Folders: [{ Path: '\\Inbox', Items: [1, 2] }],
};
const { CreationTime, ...others } = ual;
const text = JSON.stringify(ual);
const row = `50,2026-06-29,"${text.replaceAll('"', '""')}",1,10`;

describe('the key of a record', () => {
  test('is the same wherever its source delivers it again, in whatever order and form', () => {
    const key = recordKey(text);
    expect(key).toHaveLength(16);
    for (const again of [
      JSON.stringify({ ...others, CreationTime }),
      JSON.stringify(ual, null, 1).replaceAll('\n', ' '),
      `${text},`,
      JSON.stringify({ ResultIndex: 7, AuditData: text }),
      JSON.stringify({ ResultIndex: 8, AuditData: ual }),
      row,
      row.replace('1,10', '2,11'),
    ]) {
      expect(recordKey(again), again).toEqual(key);
    }
  });

  test('is another for another id, and for other content under the same id: nothing is lost', () => {
    const key = recordKey(text);
    expect(recordKey(JSON.stringify({ ...ual, Id: 'x' }))).not.toEqual(key);
    expect(recordKey(JSON.stringify({ ...ual, UserId: 'ken@example.jp' }))).not.toEqual(key);
  });

  test('is there for what says which record it is', () => {
    for (const record of [
      { __CURSOR: 's=1;i=2', __REALTIME_TIMESTAMP: '1' },
      { id: 'a', activityDateTime: '2026-06-29T10:00:00Z' },
      { id: 'a', auditLogRecordType: 'ExchangeItem' },
      { kind: 'admin#reports#activity', id: { time: 't', uniqueQualifier: '1' } },
      { id: 'a', date_create: 1, action: 'user_login' },
      { RequestId: 'a', RequestUri: 'https://graph.example.test/me' },
    ]) {
      expect(recordKey(JSON.stringify(record)), JSON.stringify(record)).toBeDefined();
    }
  });

  test('is not there for what may be the same and tell of two things', () => {
    for (const line of [
      'Jun 29 10:00:00 mx1 dovecot: x',
      '{"id":"a","event":"login"}',
      '{"Operation":"x","RecordType":1}',
      '{"Id":"a","RecordType":1,"Operation":"x"',
      '{"__CURSOR":"x"}',
      '"a","{""RecordType"":1,""Id"":"',
      `{"Id":"a","Operation":"x","RecordType":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      '',
    ]) {
      expect(recordKey(line), line.slice(0, 60)).toBeUndefined();
    }
  });

  test('is found in the bytes of a segment', () => {
    const bytes = Buffer.from(`x\n${text}\r\n\n${row}\nJun 29 x\n{"a":1}\n${text}`);
    expect(recordKeysIn(bytes)).toEqual([recordKey(text), recordKey(text), recordKey(text)]);
  });
});
