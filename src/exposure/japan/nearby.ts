/** Whether Japanese is written around: a number without a label means more there than in a log. */
export const isJapaneseAround = (text: string, from: number, to: number): boolean =>
  hasJapanese(text, Math.max(0, from - 120), from) ||
  hasJapanese(text, to, Math.min(text.length, to + 60));

const hasJapanese = (text: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) {
    const unit = text.charCodeAt(at);
    // Kana, and kanji of the Basic Multilingual Plane.
    if ((unit >= 0x3041 && unit <= 0x30fe) || (unit >= 0x4e00 && unit <= 0x9fff)) return true;
  }
  return false;
};

/** What is counted or paid is no number of a person: `1234567 円`, `¥1234567`, `1234567件`. */
export const isAmount = (text: string, from: number, to: number): boolean =>
  /^[ \u00ad]?(?:円|圓|万|億|千(?![葉代])|件(?!名)|個(?!人)|本(?![店人社])|枚|冊|台(?![東湾])|人(?!事)|名(?![義前])|歩|回|倍|点|ポイント|pt|kg|km|mm|cm|mg|ml|%|ドル|ユーロ|JPY|USD|EUR|yen)/i.test(
    text.slice(to, to + 8),
  ) || /[\u00a5$\u20ac\u00a3#][ ]?$/.test(text.slice(Math.max(0, from - 2), from));

const daysOf = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `202606291015…`: year, month, day and perhaps a time, as programs number their jobs. */
export const isTimestamp = (digits: string): boolean => {
  const year = Number(digits.slice(0, 4));
  const month = Number(digits.slice(4, 6));
  const day = Number(digits.slice(6, 8));
  return (
    year >= 1990 &&
    year <= 2099 &&
    day >= 1 &&
    day <= (daysOf[month - 1] ?? 0) &&
    (digits.length < 12 || (Number(digits.slice(8, 10)) < 24 && Number(digits.slice(10, 12)) < 60))
  );
};
