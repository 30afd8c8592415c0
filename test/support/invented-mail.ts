import { Chance, inventedPerson } from './invented-people.ts';
import { encoded, labelOf, type MailCharset, mailCharsets } from './mail-charsets.ts';

/** A message about an invented person, and the values that were planted in it, in their normal form. */
export interface InventedMail {
  readonly bytes: Uint8Array;
  readonly charset: MailCharset;
  readonly transfer: 'base64' | 'quoted-printable' | '8bit' | '7bit';
  readonly planted: readonly PlantedValue[];
}

interface PlantedValue {
  readonly type: string;
  readonly value: string;
}

/** Messages that are the same in every run, one charset after the other. */
export function* inventedMail(count: number, seed = 20_260_629): Generator<InventedMail> {
  const chance = new Chance(seed);
  for (let index = 0; index < count; index += 1) {
    yield inventedMessage(chance, mailCharsets[index % mailCharsets.length] ?? 'utf-8', index);
  }
}

const inventedMessage = (chance: Chance, charset: MailCharset, index: number): InventedMail => {
  const person = inventedPerson(chance);
  const clerk = inventedPerson(chance);
  const [year, month, day] = person.birth;
  const two = (number: number): string => String(number).padStart(2, '0');
  const isJapanese = !['gb18030', 'big5', 'euc-kr'].includes(charset);
  const name = person.name.replace(' ', '');
  const body = [
    ...(isJapanese
      ? ['お世話になっております。', '下記の内容で承りました。①', '']
      : ['Details of the applicant:', '']),
    isJapanese ? `氏名:${name}` : `Name: ${person.latin}`,
    isJapanese
      ? `生年月日:${year}年${month}月${day}日`
      : `Date of birth: ${year}-${two(month)}-${two(day)}`,
    isJapanese ? `マイナンバー:${person.myNumber}` : `My Number: ${person.myNumber}`,
    isJapanese ? `カード番号:${person.card}` : `Card number: ${person.card}`,
    isJapanese ? `メールアドレス:${person.email}` : `E-mail: ${person.email}`,
    isJapanese ? `携帯電話:${person.mobile}` : `Mobile: ${person.mobile}`,
    ...(isJapanese ? [`〒${person.postcode} ${person.address}`] : []),
    '',
    isJapanese ? `注文番号:${chance.digits(12)}` : `Order number: ${chance.digits(12)}`,
    '-- ',
    isJapanese ? clerk.name : clerk.latin,
    `TEL ${clerk.telephone}`,
    '',
  ].join('\r\n');
  const transfer = transferOf(chance, charset);
  const bytes = encoded(body, charset);
  const head = [
    `From: ${clerk.latin} <${clerk.email}>`,
    'To: desk@example.jp',
    `Subject: =?utf-8?B?${Buffer.from(isJapanese ? `お申し込み ${index}` : `Application ${index}`).toString('base64')}?=`,
    `Message-ID: <${index}.${chance.digits(8)}@example.jp>`,
    'Date: Mon, 29 Jun 2026 10:15:00 +0900',
    'MIME-Version: 1.0',
    `Content-Type: text/plain; charset=${labelOf(charset)}`,
    `Content-Transfer-Encoding: ${transfer}`,
    '',
    '',
  ].join('\r\n');
  return {
    bytes: Buffer.concat([Buffer.from(head, 'latin1'), transferred(bytes, transfer)]),
    charset,
    transfer,
    planted: [
      { type: 'my-number', value: `jp:${person.myNumber}` },
      { type: 'payment-card', value: person.card },
      { type: 'email', value: person.email },
      { type: 'telephone', value: `+81${person.mobile.replaceAll('-', '').slice(1)}` },
      { type: 'date-of-birth', value: `${year}-${two(month)}-${two(day)}` },
      { type: 'person-name', value: isJapanese ? name : person.latin },
    ],
  };
};

const transferOf = (chance: Chance, charset: MailCharset): InventedMail['transfer'] => {
  if (charset === 'iso-2022-jp' || charset === 'utf-7') return '7bit';
  if (charset === 'utf-16') return 'base64';
  return chance.of(['base64', 'quoted-printable', '8bit']);
};

const transferred = (bytes: Uint8Array, transfer: InventedMail['transfer']): Uint8Array => {
  switch (transfer) {
    case '7bit':
    case '8bit':
      return bytes;
    case 'base64':
      return Buffer.from(
        `${Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
        'latin1',
      );
    case 'quoted-printable':
      return Buffer.from(quotedPrintable(bytes), 'latin1');
  }
};

const quotedPrintable = (bytes: Uint8Array): string => {
  let line = '';
  let written = '';
  for (const byte of bytes) {
    if (byte === 0x0d) continue;
    if (byte === 0x0a) {
      written += `${line.replace(/ $/, '=20')}\r\n`;
      line = '';
      continue;
    }
    if (line.length > 70) {
      written += `${line}=\r\n`;
      line = '';
    }
    line +=
      byte >= 0x20 && byte < 0x7f && byte !== 0x3d
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return written + line;
};
