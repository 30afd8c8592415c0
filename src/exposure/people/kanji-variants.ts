/**
 * Characters of names and places that people, registers and old systems write one for the other: each line's
 * later ones become its first. Some are different characters by the book (斉 and 斎); a name never stands
 * alone, so what matters is that one person's name comes out the same however it was typed.
 */
const families =
  '高髙 崎﨑嵜 浜濱濵 辺邊邉 斉斎齋齊 沢澤 広廣 国國圀 桜櫻 島嶋嶌 徳德 恵惠 真眞 ' +
  '静靜 竜龍 瀬瀨 渕淵渊 槙槇 条條 学學 栄榮 会會 円圓 寿壽 実實 将將 団團 弥彌 ' +
  '応應 戸戶 晋晉 曽曾 来來 柳栁桺 桑桒 桧檜 礼禮 万萬 経經 総總 県縣 芸藝 蔵藏 ' +
  '薬藥 仮假 豊豐 郷鄕鄉 鉄鐵 関關 館舘 鴎鷗 塩鹽 麦麥 黒黑 亀龜 児兒 富冨 涼凉 ' +
  '剣劍 勲勳 巻卷 厳嚴 増增 壮壯 寛寬 宝寶寳 峰峯 岳嶽 巌巖 彦彥 教敎 数數 歩步 ' +
  '毎每 浅淺 済濟 滝瀧 湾灣 為爲 独獨 産產 当當 禄祿 穂穗 並竝 糸絲 緑綠 縄繩 聡聰 ' +
  '声聲 台臺 与與 旧舊 荘莊庄 芦蘆 衛衞 譲讓 頼賴 体體躰 軽輕 遥遙 村邨 医醫 釈釋 ' +
  '鎮鎭 雑雜 青靑 顔顏 顕顯 駅驛 闘鬪 鶏鷄 麹麴 齢齡 吉𠮷 土圡 薮藪籔 昇曻 昂昻 ' +
  '橋槗 柏栢 藤籐 閒間 検檢 横橫 温溫 闇暗 鯵鰺 諌諫 唖啞 頬頰 蝉蟬 掴摑 填塡 剥剝 ' +
  '叱𠮟 餅餠 祇祗 鰯鰛 壱壹 弐貳 栃杤 鴬鶯 艶艷 尭堯 梼檮 灯燈 渓溪 粛肅 粋粹 蛍螢 ' +
  '覚覺 触觸 誉譽 辞辭 転轉 霊靈 清淸 瓶甁 鶴靏靍鸖 兎兔 籠篭 冴冱 峡峽 狭狹 挟挾 ' +
  '砺礪 蛎蠣 励勵 壌壤 嬢孃 醸釀 穣穰 仏佛 払拂 双雙 収收 叙敍 単單 営營 労勞 奥奧 ' +
  '専專 対對 尽盡 属屬 帯帶 弁辨辯瓣 従從 恋戀 悪惡 懐懷 戦戰 択擇 拝拜 拠據 拡擴 ' +
  '挙擧 揺搖 撃擊 昼晝 権權 楼樓 楽樂 様樣 欧歐 歓歡 歯齒 歴歷 残殘 気氣';

const table: ReadonlyMap<string, string> = new Map(
  families.split(' ').flatMap(family => {
    const [first = '', ...others] = Array.from(family);
    return others.filter(other => other !== first).map(other => [other, first] as const);
  }),
);

/** Variation selectors, which choose a form of the character before them. */
const selectors = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** The text with each character in the form that all of its family become; to be given in NFKC. */
export const foldKanji = (text: string): string => {
  let folded = '';
  for (const character of text.replace(selectors, '')) folded += table.get(character) ?? character;
  return folded;
};
