import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Encoding from 'encoding-japanese';

/** Ordinary mail of an office, made up, and the same in every run. */

const familyNames = [
  '佐藤',
  '鈴木',
  '高橋',
  '田中',
  '伊藤',
  '渡辺',
  '山本',
  '中村',
  '小林',
  '加藤',
];
const givenNames = ['太郎', '花子', '一郎', '美咲', '健太', '陽子', '直樹', '彩', '翔', '由美'];
const latinNames = ['sato', 'suzuki', 'takahashi', 'tanaka', 'ito', 'watanabe', 'yamamoto', 'kato'];
const japanese =
  'いつもお世話になっております。お見積りの件につきまして、ご確認のほどよろしくお願いいたします。先日の打ち合わせの議事録を添付いたします。来週の会議は午後三時から第二会議室で行います。ご不明な点がございましたらお気軽にお問い合わせください。納期は月末を予定しております。請求書は別途郵送いたします。資料を更新しましたのでご覧ください。'.split(
    '。',
  );
const english =
  'thank you for your message we will look into it and come back to you by the end of the week the meeting has been moved to room four please find the updated figures below let me know whether the delivery can be arranged before the holidays our team is available on weekdays from nine to five best regards and kind wishes from all of us here at the office the report covers the last quarter in detail'.split(
    ' ',
  );
const german =
  'vielen dank für ihre nachricht wir prüfen das und melden uns bis ende der woche die besprechung wurde in den raum vier verlegt bitte finden sie anbei die aktuellen zahlen mit freundlichen grüßen ihr kundenservice die lieferung erfolgt voraussichtlich am montag'.split(
    ' ',
  );

class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  below(max: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * max);
  }

  of<T>(all: readonly T[]): T {
    const one = all[this.below(all.length)];
    if (one === undefined) throw new RangeError('nothing to choose from');
    return one;
  }

  text(digits: number, alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'): string {
    return Array.from({ length: digits }, () => alphabet[this.below(alphabet.length)]).join('');
  }
}

const base64 = (bytes: Uint8Array): string =>
  (
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\r\n');

const quotedPrintable = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map(byte =>
      byte === 0x0a
        ? '\r\n'
        : byte < 0x20 || byte > 0x7e || byte === 0x3d
          ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
          : String.fromCharCode(byte),
    )
    .join('')
    .replace(/[^\r\n]{70,73}(?=[^\r\n=])(?<!=.?)/g, '$&=\r\n');

interface Person {
  readonly name: string;
  readonly address: string;
  readonly telephone: string;
}

const person = (dice: Dice): Person => {
  const local = `${dice.of(latinNames)}${dice.below(6_000)}`;
  return {
    name: `${dice.of(familyNames)} ${dice.of(givenNames)}`,
    address: `${local}@${dice.of(['example.jp', 'example.com', 'example.co.jp', 'mail.example.net'])}`,
    telephone: dice.of([
      `03-${1_000 + dice.below(9_000)}-${1_000 + dice.below(9_000)}`,
      `090-${1_000 + dice.below(9_000)}-${1_000 + dice.below(9_000)}`,
      `+49 30 ${1_000_000 + dice.below(9_000_000)}`,
    ]),
  };
};

const words = (dice: Dice, from: readonly string[], count: number): string => {
  const line: string[] = [];
  let out = '';
  for (let n = 0; n < count; n += 1) {
    line.push(dice.of(from));
    if (line.length < 12) continue;
    out += `${line.splice(0).join(' ')}\n`;
  }
  return `${out}${line.join(' ')}.\n`;
};

const sentences = (dice: Dice, count: number): string =>
  Array.from({ length: count }, () => `${dice.of(japanese)}。`)
    .join('')
    .replace(/.{34}/g, '$&\n');

const signature = (dice: Dice, { name, address, telephone }: Person): string =>
  `\n-- \n${name}\n株式会社サンプル 営業部\n〒${100 + dice.below(800)}-${1_000 + dice.below(9_000)} 東京都千代田区丸の内${1 + dice.below(4)}-${1 + dice.below(20)}-${1 + dice.below(9)}\nTEL: ${telephone}\nE-mail: ${address}\n`;

const quoted = (text: string): string => text.replace(/^/gm, '> ');

const encodedWord = (text: string): string =>
  `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;

const header = (dice: Dice, from: Person, to: Person, subject: string, at: number): string => {
  const date = new Date(at).toUTCString().replace('GMT', '+0000');
  const signed = (name: string): string =>
    `${name}: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com;\r\n s=s2026; h=from:to:subject:date:message-id;\r\n bh=${dice.text(43)}=;\r\n b=${dice.text(70)}\r\n ${dice.text(72)}\r\n ${dice.text(72)}\r\n ${dice.text(40)}==`;
  const hop = (): string =>
    `Received: from mx${dice.below(9)}.example.com (mx.example.com [203.0.113.${dice.below(250)}])\r\n\tby mail01.example.jp (Postfix) with ESMTPS id ${dice.text(11).toUpperCase()}\r\n\tfor <${to.address}>; ${date}`;
  return [
    `Return-Path: <${from.address}>`,
    `Delivered-To: ${to.address}`,
    hop(),
    hop(),
    hop(),
    signed('DKIM-Signature'),
    `Authentication-Results: mail01.example.jp; dkim=pass header.d=example.com; spf=pass smtp.mailfrom=${from.address}; dmarc=pass`,
    'X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00,DKIM_SIGNED,DKIM_VALID,SPF_PASS',
    `From: ${encodedWord(from.name)} <${from.address}>`,
    `To: ${encodedWord(to.name)} <${to.address}>`,
    `Subject: ${encodedWord(subject)}`,
    `Date: ${date}`,
    `Message-ID: <${dice.text(24)}@mail.example.com>`,
    `In-Reply-To: <${dice.text(24)}@mail.example.com>`,
    'MIME-Version: 1.0',
    'User-Agent: Mail 8.1',
    '',
  ].join('\r\n');
};

const newsletter = (dice: Dice): { readonly html: string; readonly plain: string } => {
  let html =
    '<html><head><meta charset="utf-8"><style>td{font-family:Arial,sans-serif;font-size:14px;color:#333}a{color:#06c}</style></head><body><table width="600" cellpadding="0">';
  let plain = '';
  for (let n = 10 + dice.below(30); n > 0; n -= 1) {
    const text = dice.below(2) === 0 ? sentences(dice, 3) : words(dice, english, 30);
    const link = `https://news.example.com/c/${dice.text(40)}?u=${dice.text(24)}&amp;id=${dice.below(1e9)}`;
    html += `<tr><td style="padding:12px 24px;border-bottom:1px solid #eee;background-color:#ffffff" align="left"><a href="${link}" style="text-decoration:none"><img src="https://img.example.com/${dice.text(20)}.png" width="120" height="80" alt="" border="0"></a></td><td style="padding:12px 24px"><p style="margin:0 0 8px 0;line-height:1.5">${text}</p><p><b>¥${(dice.below(90) * 100).toLocaleString('en-US')}</b> (no. ${dice.below(1e9)})</p></td></tr>\n`;
    plain += `${text}${link.replaceAll('&amp;', '&')}\n\n`;
  }
  return { html: `${html}</table></body></html>`, plain };
};

const part = (type: string, content: string): string => {
  const body = Buffer.from(content, 'utf8');
  return /[^\x20-\x7e\n]/.test(content)
    ? `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(body)}\r\n`
    : `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(content)}\r\n`;
};

const multipart = (dice: Dice, kind: string, parts: readonly string[]): string => {
  const boundary = `----=_${dice.text(24)}`;
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${parts.map(each => `--${boundary}\r\n${each}`).join('')}--${boundary}--\r\n`;
};

const letter = (dice: Dice, from: Person): string => {
  switch (dice.below(3)) {
    case 0:
      return sentences(dice, 6 + dice.below(20)) + signature(dice, from);
    case 1:
      return words(dice, english, 60 + dice.below(300)) + signature(dice, from);
    default:
      return `${words(dice, german, 60 + dice.below(200))}\nTel. ${from.telephone}\n${from.address}\n`;
  }
};

const body = (dice: Dice, from: Person, attachments: boolean): string => {
  const text = letter(dice, from);
  const reply = `${text}\n${from.name} wrote:\n${quoted(letter(dice, person(dice)))}`;
  const kind = dice.below(100);
  if (kind < 20) {
    const bytes = Encoding.convert(Encoding.stringToCode(reply.replaceAll('\n', '\r\n')), {
      to: 'JIS',
      from: 'UNICODE',
    });
    return `Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${Buffer.from(bytes).toString('latin1')}`;
  }
  if (kind < 45) return part('text/plain', reply);
  if (kind < 70) {
    const { html, plain } = newsletter(dice);
    return multipart(dice, 'alternative', [part('text/plain', plain), part('text/html', html)]);
  }
  if (kind < 90 || !attachments) {
    const html = `<html><body><div>${reply.replaceAll('<', '&lt;').replaceAll('\n', '<br>\n')}</div></body></html>`;
    return multipart(dice, 'alternative', [part('text/plain', reply), part('text/html', html)]);
  }
  const bytes = Uint8Array.from(
    { length: 60_000 + dice.below(400_000) },
    (_, i) => (i * 151 + (i >> 3) * 7) & 255,
  );
  const picture = `Content-Type: image/jpeg; name="photo${dice.below(99)}.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes)}\r\n`;
  return multipart(dice, 'mixed', [part('text/plain', text), picture]);
};

export interface SampleMail {
  readonly bytesMin: number;
  /** A tenth of the messages have a picture, as in an office. */
  readonly attachments?: boolean;
  /** How many mailboxes each letter lies in, as mail within an office does; each copy says how it came. */
  readonly copies?: number;
}

/** Writes Maildirs until they hold so many bytes. */
export const writeSampleMail = (
  folder: string,
  { bytesMin, attachments = false, copies = 1 }: SampleMail,
): { readonly messages: number; readonly bytes: number } => {
  const dice = new Dice(attachments ? 43 : 42);
  const mailboxes = 40;
  const places = Array.from({ length: mailboxes }, (_, n) => {
    const path = join(folder, `example.jp/${latinNames[n % latinNames.length]}${n}/Maildir`);
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(path, name), { recursive: true });
    return join(path, 'cur');
  });
  let messages = 0;
  let bytes = 0;
  while (bytes < bytesMin) {
    const from = person(dice);
    const to = person(dice);
    const at = Date.UTC(2026, 0, 1) + messages * 60_000;
    const head = header(dice, from, to, `${dice.of(japanese)} ${dice.below(9_999)}`, at);
    const letter = `${head}${body(dice, from, attachments)}`;
    for (let copy = 0; copy < copies; copy += 1) {
      const came = copies === 1 ? '' : `Received: by mail01.example.jp id ${dice.text(11)}\r\n`;
      const content = Buffer.from(`${came}${letter}`, 'latin1');
      const name = `${Math.floor(at / 1_000)}.M${messages}P1.mail01,S=${content.length}:2,S`;
      writeFileSync(join(places[messages % mailboxes] ?? folder, name), content);
      messages += 1;
      bytes += content.length;
    }
  }
  return { messages, bytes };
};
