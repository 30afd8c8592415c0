import {
  isCorporateNumber,
  isDriversLicence,
  isInsurerNumber,
  isMyNumber,
  isYuchoAccount,
} from '../../src/exposure/japan/check-digits.ts';

/** Numbers that follow one another the same way in every run (a linear congruential generator). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  below(count: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 4_294_967_296) * count);
  }

  of<T>(things: readonly [T, ...T[]]): T {
    return things[this.below(things.length)] ?? things[0];
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => String(this.below(10))).join('');
  }

  /** The first that is right of those that are made. */
  until(make: () => string, isRight: (made: string) => boolean): string {
    for (;;) {
      const made = make();
      if (isRight(made)) return made;
    }
  }
}

/** Somebody who does not exist. */
export interface InventedPerson {
  readonly name: string;
  readonly kana: string;
  readonly latin: string;
  readonly email: string;
  readonly mobile: string;
  readonly telephone: string;
  readonly postcode: string;
  readonly address: string;
  /** Year, month, day. */
  readonly birth: readonly [number, number, number];
  readonly myNumber: string;
  readonly licence: string;
  readonly passport: string;
  readonly residenceCard: string;
  readonly pension: string;
  readonly employment: string;
  readonly insurer: string;
  readonly account: string;
  readonly yucho: readonly [symbol: string, number: string];
  readonly card: string;
  readonly customer: string;
}

const families: readonly [
  readonly [string, string, string],
  ...(readonly [string, string, string])[],
] = [
  ['佐藤', 'サトウ', 'Sato'],
  ['鈴木', 'スズキ', 'Suzuki'],
  ['高橋', 'タカハシ', 'Takahashi'],
  ['田中', 'タナカ', 'Tanaka'],
  ['伊藤', 'イトウ', 'Ito'],
  ['渡辺', 'ワタナベ', 'Watanabe'],
  ['山本', 'ヤマモト', 'Yamamoto'],
  ['中村', 'ナカムラ', 'Nakamura'],
  ['小林', 'コバヤシ', 'Kobayashi'],
  ['加藤', 'カトウ', 'Kato'],
  ['吉田', 'ヨシダ', 'Yoshida'],
  ['山田', 'ヤマダ', 'Yamada'],
  ['佐々木', 'ササキ', 'Sasaki'],
  ['山口', 'ヤマグチ', 'Yamaguchi'],
  ['松本', 'マツモト', 'Matsumoto'],
  ['井上', 'イノウエ', 'Inoue'],
];
const givens: readonly [
  readonly [string, string, string],
  ...(readonly [string, string, string])[],
] = [
  ['太郎', 'タロウ', 'Taro'],
  ['花子', 'ハナコ', 'Hanako'],
  ['健一', 'ケンイチ', 'Kenichi'],
  ['美咲', 'ミサキ', 'Misaki'],
  ['翔', 'ショウ', 'Sho'],
  ['由美子', 'ユミコ', 'Yumiko'],
  ['大輔', 'ダイスケ', 'Daisuke'],
  ['恵', 'メグミ', 'Megumi'],
  ['誠', 'マコト', 'Makoto'],
  ['さくら', 'サクラ', 'Sakura'],
  ['直樹', 'ナオキ', 'Naoki'],
  ['真由美', 'マユミ', 'Mayumi'],
];
const towns: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['150-0043', '東京都渋谷区道玄坂'],
  ['530-0001', '大阪府大阪市北区梅田'],
  ['980-0811', '宮城県仙台市青葉区一番町'],
  ['460-0001', '愛知県名古屋市中区三の丸'],
  ['231-0021', '神奈川県横浜市中区日本大通'],
  ['812-0011', '福岡県福岡市博多区博多駅前'],
  ['604-8571', '京都府京都市中京区上本能寺前町'],
  ['060-0001', '北海道札幌市中央区北一条西'],
  ['900-0021', '沖縄県那覇市泉崎'],
  ['330-0063', '埼玉県さいたま市浦和区高砂'],
];

const luhn = (digits: string): boolean => {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const twice = at % 2 === 0 ? digit : digit * 2;
    sum += twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
};

export const inventedCard = (chance: Chance): string =>
  chance.until(
    () =>
      chance
        .of(['4', '51', '54', '3530', '3566'])
        .padEnd(16, 'x')
        .replace(/x/g, () => chance.digits(1)),
    luhn,
  );

export const inventedCorporation = (chance: Chance): string =>
  chance.until(() => chance.digits(13), isCorporateNumber);

export const inventedMyNumber = (chance: Chance): string =>
  chance.until(() => `${1 + chance.below(9)}${chance.digits(11)}`, isMyNumber);

const letters = (chance: Chance, count: number): string =>
  Array.from({ length: count }, () => 'ABCDEFGHJKLMNPRSTUVWXY'.charAt(chance.below(22))).join('');

const inventedYucho = (chance: Chance): readonly [string, string] => {
  for (;;) {
    const symbol = `1${chance.digits(3)}0`;
    const number = `${1 + chance.below(9)}${chance.digits(6)}1`;
    if (isYuchoAccount(symbol, number)) return [symbol, number];
  }
};

export const inventedPerson = (chance: Chance): InventedPerson => {
  const [family, familyKana, familyLatin] = chance.of(families);
  const [given, givenKana, givenLatin] = chance.of(givens);
  const [postcode, town] = chance.of(towns);
  const local = `${givenLatin}.${familyLatin}${chance.below(1_000)}`.toLowerCase();
  const two = (count: number): number => 1 + chance.below(count);
  return {
    name: `${family}${chance.of(['', ' ', ' '])}${given}`,
    kana: `${familyKana} ${givenKana}`,
    latin: `${givenLatin} ${familyLatin}`,
    email: `${local}@${chance.of(['example.jp', 'mail.example.jp', 'example.co.jp', 'example.com'])}`,
    mobile: `0${chance.of(['7', '8', '9'])}0-${1_000 + chance.below(9_000)}-${chance.digits(4)}`,
    telephone: chance.of([
      `03-${3_000 + chance.below(3_000)}-${chance.digits(4)}`,
      `045-${200 + chance.below(700)}-${chance.digits(4)}`,
    ]),
    postcode,
    address: `${town}${chance.of([`${two(9)}-${two(20)}-${two(20)}`, `${two(9)}丁目${two(20)}番${two(20)}号`])}`,
    birth: [1940 + chance.below(65), two(12), two(28)],
    myNumber: inventedMyNumber(chance),
    licence: chance.until(
      () =>
        `${chance.of(['30', '45', '62', '54', '90'])}${chance.of(['98', '05', '12', '19'])}${chance.digits(7)}0`,
      isDriversLicence,
    ),
    passport: `${chance.of(['T', 'M'])}${letters(chance, 1)}${two(9)}${chance.digits(6)}`,
    residenceCard: `${letters(chance, 2)}${two(9)}${chance.digits(7)}${letters(chance, 2)}`,
    pension: `${two(9)}${chance.digits(3)}-${chance.digits(5)}${two(8)}`,
    employment: `${two(9)}${chance.digits(3)}-${chance.digits(6)}-${chance.digits(1)}`,
    insurer: chance.until(
      () =>
        `${chance.of(['01', '06', '31', '34'])}${String(two(47)).padStart(2, '0')}${chance.digits(4)}`,
      isInsurerNumber,
    ),
    account: `${two(9)}${chance.digits(6)}`,
    yucho: inventedYucho(chance),
    card: inventedCard(chance),
    customer: `${letters(chance, 1)}-${two(9)}${chance.digits(6)}`,
  };
};
