import { describe, expect, test } from 'vitest';
import { roles } from '../core/exposure-index.ts';
import { type Attribution, attribute, type Correspondents } from './attribute.ts';
import type { ExposureSettings, SearchedText } from './data-type.ts';
import { findData } from './find.ts';
import { fold } from './normal.ts';

const settings: ExposureSettings = { customerNumbers: [], regions: ['JP'] };
const nobody: Correspondents = { senders: [], recipients: [] };
const people: Correspondents = {
  senders: [{ name: '山田 太郎', address: 'taro@example.jp' }],
  recipients: [{ name: '', address: 'desk@example.jp' }],
};

const of = (
  text: string,
  header: Correspondents = nobody,
  kind: SearchedText['kind'] = 'plain',
): Attribution => {
  const searched = { text: fold(text), kind };
  return attribute([{ text: searched, found: findData(searched, settings) }], header);
};

const ownOf = (attribution: Attribution, value: string): readonly string[] =>
  attribution.mentions.find(mention => mention.value === value)?.own ?? [];

describe('whose data is whose', () => {
  test('a form is one person', () => {
    const found = of(
      '氏名:佐藤健一\n生年月日:1980年1月2日\nメール:kenichi@example.jp\nマイナンバー:123456789018\n',
    );
    expect(ownOf(found, 'kenichi@example.jp')).toEqual([
      'date-of-birth',
      'email',
      'my-number',
      'person-name',
    ]);
    expect(ownOf(found, '佐藤健一\n1980-01-02')).toContain('my-number');
    expect(found.shared).toEqual([]);
  });

  test('a second form in the same block is somebody else', () => {
    const found = of(
      '氏名:佐藤健一\nメール:kenichi@example.jp\nマイナンバー:123456789018\n氏名:鈴木花子\nメール:hanako@example.jp\n生年月日:1980年1月2日\n',
    );
    expect(ownOf(found, 'kenichi@example.jp')).toEqual(['email', 'my-number', 'person-name']);
    expect(ownOf(found, 'hanako@example.jp')).toEqual(['date-of-birth', 'email', 'person-name']);
  });

  test('each row of a list is one person', () => {
    const rows = Array.from(
      { length: 300 },
      (_, n) => `山田太郎,user${n}@example.jp,090-1234-${1000 + n},1980/01/02`,
    );
    const found = of(`氏名,メール,電話番号,生年月日\n${rows.join('\n')}\n`, nobody, 'csv');
    expect(ownOf(found, 'user7@example.jp')).toEqual([
      'date-of-birth',
      'email',
      'person-name',
      'telephone',
    ]);
    expect(found.mentions.filter(({ kind }) => kind === 'email')).toHaveLength(300);
    expect(found.mentions.filter(({ kind }) => kind === 'telephone')).toHaveLength(300);
    expect(found.shared).toEqual([]);
  });

  test("a column of agents is not the row's person", () => {
    const found = of(
      '会員名,メール,生年月日,担当者メール\n佐藤健一,a@example.jp,1980/01/02,rep@example.jp\n鈴木花子,b@example.jp,1981/01/02,other@example.jp\n',
      nobody,
      'csv',
    );
    expect(ownOf(found, 'a@example.jp')).toContain('date-of-birth');
    expect(ownOf(found, 'rep@example.jp')).toEqual(['email']);
  });

  test('what stands in most rows is nobody of these rows', () => {
    const rows = Array.from(
      { length: 10 },
      (_, n) => `user${n}@example.jp\t1980/01/02\tshop@example.jp`,
    );
    const found = of(`メール\t生年月日\t店\n${rows.join('\n')}\n`);
    expect(ownOf(found, 'user3@example.jp')).toContain('date-of-birth');
    expect(ownOf(found, 'shop@example.jp')).toEqual(['email']);
  });

  test('two addresses in one sentence leave it open whose the rest is', () => {
    const found = of('a@example.jp と b@example.jp のどちらかのマイナンバーが123456789018です。');
    expect(ownOf(found, 'a@example.jp')).toEqual(['email']);
    expect(found.shared).toEqual(['my-number']);
  });

  test('the only person whom a message names has all that it holds', () => {
    const found = of(
      'b@example.jp 様の件です。\n\n折り返しました。\n\nマイナンバーは123456789018とのことです。\n',
      people,
    );
    expect(ownOf(found, 'b@example.jp')).toContain('my-number');
    expect(ownOf(found, 'taro@example.jp')).not.toContain('my-number');
  });

  test('a message that names nobody keeps what it holds to itself', () => {
    const found = of('マイナンバーは123456789018です。\n', people);
    expect(found.shared).toEqual(['my-number']);
    expect(ownOf(found, 'taro@example.jp')).toEqual(['email', 'person-name']);
  });
});

describe('who is named, and not meant', () => {
  const form = '氏名:鈴木花子\n生年月日:1980年1月2日\nマイナンバー:123456789018\n';

  test('an office to ask is not the subject', () => {
    const found = of('口座番号:1234567\n\nお問い合わせは support@example.co.jp まで。\n', people);
    expect(ownOf(found, 'support@example.co.jp')).toEqual(['email']);
    expect(found.shared).toContain('bank-account');
  });

  test('nor is whoever signs without a mark', () => {
    const found = of(
      'マイナンバーは123456789018です。\n\n佐野 恵\nあおぞら商事\nTEL 03-1234-5678\nsano@example.com\n',
      people,
    );
    expect(ownOf(found, 'sano@example.com')).not.toContain('my-number');
    expect(found.shared).toContain('my-number');
  });

  test('an address in the name of a correspondent is a person, too', () => {
    const { mentions } = of('', {
      senders: [{ name: "'hanako@example.jp' via members", address: 'members@example.jp' }],
      recipients: [{ name: 'jiro@example.jp', address: '/O=ORG/CN=JIRO' }],
    });
    expect(mentions.map(({ value, roles: as }) => [value, as])).toEqual([
      ['hanako@example.jp', roles.sender],
      ['members@example.jp', roles.sender],
      ['jiro@example.jp', roles.recipient],
    ]);
  });

  test('a form between rules is no signature of the sender', () => {
    const found = of(`お申し込みがありました。\n━━━━━━━━━━\n${form}━━━━━━━━━━\n`, people);
    expect(ownOf(found, 'taro@example.jp')).not.toContain('my-number');
    expect(ownOf(found, '鈴木花子\n1980-01-02')).toContain('my-number');
  });

  test('nor is the agent whom a form names', () => {
    const found = of(`${form}担当メール:rep@example.com\n`, people);
    expect(ownOf(found, 'rep@example.com')).toEqual(['email']);
    expect(ownOf(found, '鈴木花子\n1980-01-02')).toContain('my-number');
  });
});

describe('signatures and quotes', () => {
  const signature = '-- \n山田 太郎\nあおぞら商事\nTEL 03-1234-5678\n';

  test("a signature's telephone is its signer's", () => {
    const found = of(`資料をお送りします。\n${signature}`, people);
    expect(ownOf(found, 'taro@example.jp')).toContain('telephone');
    expect(ownOf(found, 'desk@example.jp')).toEqual(['email']);
  });

  test('who signs is not whom he writes of', () => {
    const found = of(`マイナンバーは123456789018です。\n\n${signature}`, people);
    expect(ownOf(found, 'taro@example.jp')).not.toContain('my-number');
    expect(found.shared).toEqual(['my-number']);
  });

  test('a quoted signature is of whoever wrote the quoted part', () => {
    const found = of(
      '承知しました。\n\n2026年6月1日(月) 10:00 鈴木花子 <hanako@example.jp>:\n> よろしくお願いします。\n> -- \n> 鈴木 花子\n> TEL 045-123-4567\n',
      people,
    );
    expect(ownOf(found, 'hanako@example.jp')).toContain('telephone');
    expect(ownOf(found, 'taro@example.jp')).not.toContain('telephone');
  });

  test('an attached message was written by somebody else', () => {
    const texts = [
      'from: 鈴木花子 <hanako@example.jp>\nto: taro@example.jp',
      '資料です。\n-- \n鈴木 花子\nTEL 045-123-4567\n',
    ].map(written => {
      const text: SearchedText = { text: fold(written), kind: 'plain' };
      return { text, found: findData(text, settings), depth: 1 };
    });
    const found = attribute(texts, people);
    expect(ownOf(found, 'hanako@example.jp')).toContain('telephone');
    expect(ownOf(found, 'taro@example.jp')).not.toContain('telephone');
  });

  test('what the header calls somebody names him in a form, too', () => {
    const found = of('氏名:山田太郎\n生年月日:1980年1月2日\n', people);
    expect(ownOf(found, 'taro@example.jp')).toContain('date-of-birth');
  });
});

test('roles say where somebody occurs', () => {
  const text = { text: 'taro@example.jp', kind: 'plain' } as const;
  const found = findData(text, settings);
  const { mentions } = attribute(
    [
      { text, found },
      { text, found, attachment: true },
    ],
    people,
  );
  expect(mentions[0]?.roles).toBe(roles.sender | roles.text | roles.attachment);
});

test('more people than the limit are said to be more', () => {
  const text = { text: fold('a@example.jp b@example.jp c@example.jp'), kind: 'plain' } as const;
  const one = attribute([{ text, found: findData(text, settings) }], nobody, { mentionsMax: 2 });
  expect(one.mentions).toHaveLength(2);
  expect(one.truncated).toBe(true);
});

test('a list of ten thousand rows is ten thousand people', () => {
  const list = (rows: number): number => {
    const lines = Array.from(
      { length: rows },
      (_, n) => `会員${n},u${n}@example.jp,090-1234-${1000 + (n % 9000)},1980/01/02`,
    );
    const text: SearchedText = {
      text: `氏名,メール,電話番号,生年月日\n${lines.join('\n')}\n`,
      kind: 'csv',
    };
    const found = findData(text, settings);
    return attribute([{ text, found }], nobody).mentions.length;
  };
  expect(list(10_000)).toBeGreaterThan(10_000);
});
