import {
  Chance,
  type InventedPerson,
  inventedCard,
  inventedCorporation,
  inventedMyNumber,
  inventedPerson,
} from './invented-people.ts';
import { type LabelledText, unmarked } from './labelled.ts';

/** Texts about invented people, marked as those that were written by hand are: the same in every run. */
export const generatedTexts = (count: number, seed = 20_260_629): readonly LabelledText[] => {
  const chance = new Chance(seed);
  return Array.from({ length: count }, (_, index) => {
    const isNegative = index % 2 === 1;
    const kind = index % 10 === 8 ? 'csv' : 'plain';
    const written = isNegative
      ? negative(chance)
      : kind === 'csv'
        ? table(chance)
        : positive(chance);
    return {
      place: `generated:${index}`,
      why: '',
      kind,
      ...unmarked(written, `generated:${index}`),
    };
  });
};

const mark = (type: string, text: string): string => `⟦${type}:${text}⟧`;

const wide = (text: string): string =>
  text.replace(/[0-9A-Z]/g, letter => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));

const grouped = (digits: string, separator: string): string =>
  digits.replace(/(\d{4})(?=\d)/g, `$1${separator}`);

const date = (chance: Chance, [year, month, day]: readonly [number, number, number]): string => {
  const era = year >= 1989 ? `平成${year === 1989 ? '元' : year - 1988}年` : `昭和${year - 1925}年`;
  return chance.of([
    `${year}年${month}月${day}日`,
    `${year}/${month}/${day}`,
    `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
    `${era}${month}月${day}日`,
  ]);
};

type Field = readonly [
  type: string,
  labels: readonly [string, ...string[]],
  value: (person: InventedPerson, chance: Chance) => string,
];

const number = (digits: string, chance: Chance): string =>
  chance.of([digits, digits, grouped(digits, ' '), grouped(digits, '-'), wide(digits)]);

const fields: readonly [Field, ...Field[]] = [
  [
    'my-number',
    ['マイナンバー', '個人番号', '個人番号(12桁)', 'My Number'],
    ({ myNumber }, chance) => number(myNumber, chance),
  ],
  ['drivers-licence', ['運転免許証番号', '免許証番号', '運転免許証No.'], ({ licence }) => licence],
  [
    'passport',
    ['パスポート番号', '旅券番号', 'Passport No.'],
    ({ passport }, chance) => chance.of([passport, wide(passport)]),
  ],
  ['residence-card', ['在留カード番号', '在留カード'], ({ residenceCard }) => residenceCard],
  ['pension-number', ['基礎年金番号', '年金番号'], ({ pension }) => pension],
  [
    'employment-insurance',
    ['雇用保険被保険者番号', '雇用保険番号'],
    ({ employment }) => employment,
  ],
  ['health-insurance', ['保険者番号', '健康保険 保険者番号'], ({ insurer }) => insurer],
  [
    'bank-account',
    ['みずほ銀行 本店 普通', '口座番号', '三井住友銀行 渋谷支店 普通預金'],
    ({ account }, chance) => chance.of([account, wide(account)]),
  ],
  ['yucho-account', ['ゆうちょ銀行 記号番号', 'ゆうちょ'], ({ yucho }) => yucho.join('-')],
  [
    'payment-card',
    ['カード番号', 'クレジットカード', 'クレジットカード番号'],
    ({ card }, chance) => number(card, chance),
  ],
  [
    'date-of-birth',
    ['生年月日', 'お誕生日', '生年月日(西暦)'],
    ({ birth }, chance) => date(chance, birth),
  ],
  [
    'telephone',
    ['電話番号', 'TEL', '携帯', 'ご連絡先'],
    ({ mobile, telephone }, chance) =>
      chance.of([mobile, telephone, mobile.replaceAll('-', ''), wide(telephone)]),
  ],
  ['email', ['メールアドレス', 'E-mail', 'メール', '連絡先'], ({ email }) => email],
  ['postal-address', ['住所', 'ご住所', '送付先'], ({ address }) => address],
  ['person-name', ['氏名', 'お名前', 'ご契約者氏名'], ({ name }) => name],
  ['person-name', ['フリガナ', '氏名(カナ)'], ({ kana }) => kana],
  ['customer-number', ['会員番号', 'お客様番号', '契約番号'], ({ customer }) => customer],
];

const positive = (chance: Chance): string => {
  const person = inventedPerson(chance);
  const some = Array.from({ length: 1 + chance.below(5) }, () => chance.of(fields));
  const lines = some.map(
    ([type, labels, value]) =>
      `${chance.of(labels)}${chance.of([':', ':', ' ', ': '])}${mark(type, value(person, chance))}`,
  );
  return chance.of([
    `お世話になっております。\n下記のとおりお知らせします。\n\n${lines.join('\n')}\n\nよろしくお願いいたします。`,
    lines.join('\n'),
    `■お申し込み内容\n${lines.map(line => `・${line}`).join('\n')}`,
    `ご依頼の件、${lines.join('、')}です。`,
  ]);
};

const table = (chance: Chance): string => {
  const columns: Field[] = [];
  while (columns.length < 4) {
    const column = chance.of(fields);
    // A bank and its branch head no column.
    if (
      !columns.some(([type]) => type === column[0]) &&
      !['bank-account', 'yucho-account'].includes(column[0])
    )
      columns.push(column);
  }
  const rows = Array.from({ length: 5 }, () => {
    const person = inventedPerson(chance);
    return columns.map(([type, , value]) => mark(type, value(person, chance))).join(',');
  });
  return `${columns.map(([, labels]) => labels[0]).join(',')}\n${rows.join('\n')}`;
};

/** Numbers that pass for others by their check digits, where something else is said of them, and text that people write. */
const negative = (chance: Chance): string => {
  const my = inventedMyNumber(chance);
  const corporation = inventedCorporation(chance);
  const card = inventedCard(chance);
  const seven = chance.digits(7);
  return chance.of([
    `ご注文番号:${number(my, chance)}\nご注文ありがとうございます。`,
    `お問い合わせ伝票番号 ${grouped(my, '-')} にて発送いたしました。`,
    `追跡番号:${my}\n配達予定 6月${1 + chance.below(28)}日`,
    `受付番号 ${my} で承りました。`,
    `請求書番号:${my}\nご請求金額 ${chance.digits(3)},${chance.digits(3)}円`,
    `Order number: ${my}\nYour order has shipped.`,
    `Tracking number ${grouped(my, ' ')} (UPS)`,
    `Invoice no. ${my}, amount due USD ${chance.digits(3)}.00`,
    `JANコード:${corporation} 数量 ${chance.below(90)}`,
    `商品コード ${corporation}、品番 ${seven}`,
    `注文番号,商品コード,数量\n${my},${corporation},1\n${inventedMyNumber(chance)},${inventedCorporation(chance)},2`,
    `2026-06-29 10:15:${10 + chance.below(50)} INFO job ${chance.digits(12)} done in ${seven} ms`,
    `https://shop.example.jp/orders/${my}?ref=${card}`,
    `commit ${chance.digits(8)}f${chance.digits(11)}a${chance.digits(12)}c`,
    `製造番号:${my}、ロット番号 ${seven}`,
    `会議ID: ${grouped(chance.digits(11), ' ')} パスコード: ${mark('password', chance.digits(6))}`,
    `在庫 ${seven} 個、単価 ${chance.digits(4)}円、合計 ${chance.digits(9)}円`,
    `伝票番号 ${grouped(card, '-')} 佐川急便`,
    `予約番号:T${'KRHS'.charAt(chance.below(4))}${seven} 便名 JL${chance.digits(3)}`,
    `{"order_id": ${my}, "sku": "${corporation}", "qty": ${chance.below(9)}}`,
    `型番 AX-${chance.digits(4)}-${chance.digits(4)}、図面番号 ${chance.digits(4)}-${chance.digits(6)}`,
    `Jun 29 10:15:23 mx1 postfix/smtpd[${chance.digits(5)}]: 4Vb1Xk${chance.digits(2)}Lz9: client=unknown[unix]`,
  ]);
};
