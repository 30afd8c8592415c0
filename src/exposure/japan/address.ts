/** Addresses of Japan, read from a place on: prefecture, municipality, town, block, building. */
export interface WrittenAddress {
  readonly to: number;
  /** A block was said (`1-1`, `三丁目1番3号`), not a town alone. */
  readonly isExact: boolean;
}

export const prefectures: readonly string[] = [
  '北海道',
  '青森県',
  '岩手県',
  '宮城県',
  '秋田県',
  '山形県',
  '福島県',
  '茨城県',
  '栃木県',
  '群馬県',
  '埼玉県',
  '千葉県',
  '東京都',
  '神奈川県',
  '新潟県',
  '富山県',
  '石川県',
  '福井県',
  '山梨県',
  '長野県',
  '岐阜県',
  '静岡県',
  '愛知県',
  '三重県',
  '滋賀県',
  '京都府',
  '大阪府',
  '兵庫県',
  '奈良県',
  '和歌山県',
  '鳥取県',
  '島根県',
  '岡山県',
  '広島県',
  '山口県',
  '徳島県',
  '香川県',
  '愛媛県',
  '高知県',
  '福岡県',
  '佐賀県',
  '長崎県',
  '熊本県',
  '大分県',
  '宮崎県',
  '鹿児島県',
  '沖縄県',
];

/** Designated cities and Tokyo's wards, which are written without their prefecture. */
export const cities: readonly string[] = [
  '札幌市',
  '仙台市',
  'さいたま市',
  '千葉市',
  '横浜市',
  '川崎市',
  '相模原市',
  '新潟市',
  '静岡市',
  '浜松市',
  '名古屋市',
  '京都市',
  '大阪市',
  '堺市',
  '神戸市',
  '岡山市',
  '広島市',
  '北九州市',
  '福岡市',
  '熊本市',
  '千代田区',
  '中央区',
  '港区',
  '新宿区',
  '文京区',
  '台東区',
  '墨田区',
  '江東区',
  '品川区',
  '目黒区',
  '大田区',
  '世田谷区',
  '渋谷区',
  '中野区',
  '杉並区',
  '豊島区',
  '荒川区',
  '板橋区',
  '練馬区',
  '足立区',
  '葛飾区',
  '江戸川区',
];

const municipality = /[\u4e00-\u9fff々ヶケノツぁ-んァ-ヴー]{1,7}?[市区町村郡]/y;
const municipalitiesMax = 3;

/** Where a municipality that begins at `from` ends, a prefecture before it or none. */
export const municipalityAt = (text: string, from: number): number | undefined => {
  let at = from;
  const prefecture = prefectures.find(name => text.startsWith(name, from));
  if (prefecture !== undefined) {
    at += prefecture.length;
    while (text[at] === ' ' || text[at] === '\t') at += 1;
  }
  let end: number | undefined;
  for (let count = 0; count < municipalitiesMax; count += 1) {
    municipality.lastIndex = at;
    const match = municipality.exec(text);
    if (match === null) break;
    at += match[0].length;
    end = at;
    if (text[at] === ' ') at += 1;
  }
  return end;
};

const numeral = '[0-9]{1,5}|[一二三四五六七八九十百千〇]{1,7}';
const town = /[\u4e00-\u9fff々ヶケ\u3041-\u3096ァ-ヴー]{0,16} ?/y;
/** What is said of a place, not part of its name. */
const spoken =
  /では|には|から|まで|です|ます|における|した|して|さん|を|の人口|は(?:約|、)|で(?:開|行|実|会)/;
const part = new RegExp(
  `(?:大字|字)?(?:${numeral}) ?(?:丁目|番地|番町|番|号室|号|条|線|地割|丁)?(?:[東西南北]?(?=[0-9一二三四五六七八九十])|[-ー\u2010\u2212のノ之,、] ?(?=[0-9]))?`,
  'y',
);
const counted =
  /^ ?(?:人|円|万|億|件|年|月|日|時|分|秒|%|名|社|店|か所|カ所|箇所|回|倍|度|位|代|歳|才|km|m)/;
const building =
  / ?[^\s、。,()0-9]{1,24}? ?(?:ビル(?:ディング)?|マンション|ハイツ|コーポ|アパート|荘|タワー|レジデンス|メゾン|パレス|プラザ|ハウス|センター|館|棟)?[^\s、。,()]{0,16}? ?(?:[0-9]{1,4}|B[0-9])(?:号室|階|号|室|F)/y;

/** Reads on behind the municipality. */
export const addressAt = (text: string, from: number): WrittenAddress | undefined => {
  const end = municipalityAt(text, from);
  if (end === undefined) return undefined;
  let at = end;
  while (text[at] === ' ') at += 1;
  const block = blockAt(text, at);
  if (block === undefined) return { to: end, isExact: false };
  building.lastIndex = block;
  const house = building.exec(text);
  return { to: house === null ? block : block + house[0].length, isExact: true };
};

const blockAt = (text: string, from: number): number | undefined => {
  let at = from;
  let end: number | undefined;
  for (let towns = 0; towns < 3; towns += 1) {
    town.lastIndex = at;
    const name = lazily(town.exec(text)?.[0] ?? '');
    if (spoken.test(name)) return end;
    at += name.length;
    let parts = 0;
    for (; parts < 8; parts += 1) {
      part.lastIndex = at;
      const match = part.exec(text);
      if (match === null) break;
      at += match[0].length;
    }
    if (parts === 0) break;
    if (counted.test(text.slice(at, at + 4))) return end;
    end = at;
    // `北三条西六丁目1番地`, `4丁目 本町 2-1`: a town may stand behind a number, but not behind a blank.
    if (text[at - 1] === ' ' || text[at] === ' ') break;
  }
  if (end === undefined) return undefined;
  while (end > from && ' -ー,、のノ'.includes(text[end - 1] ?? '')) end -= 1;
  return end;
};

/** The town up to the first kanji numeral that a block's word follows. */
const lazily = (name: string): string => {
  const numeral = /[一二三四五六七八九十百千〇]{1,7}(?:丁目|番地|番|号|条)/.exec(name);
  return numeral === null ? name : name.slice(0, numeral.index);
};
