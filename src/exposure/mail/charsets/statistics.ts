const japanese =
  '日本人年大一国会社様御中月時分東京都県市区町番号電話名前住所客送信件返先生今行見出来上下間者事手場合理自地方用度部田山川高小新金土水木火十二三四五六七八九百千万円口座株式支店課長員管業務連絡確認願致申込登録情報変更案内注文支払請求書類添付届明細個有限契約予定開始終了利発売商品名簿氏性別歳女男内外同全部動言思何後目物気作家学校教室医院病保険証険者健康診察薬局村道府北南西島野井藤佐鈴木橋本林清渡辺伊藤加吉松原石崎口平正幸子美恵和義弘郎太一郎夫雄男';

const simplified =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运请您网址号码客户联系谢李刘陈';

const traditional =
  '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運請您網址號碼客戶聯繫謝李劉陳';

const korean =
  '이다는의에을가고하지로한은기사를시도인리어자서나대아있그해정보일수여주게스전라상부원장구으만제동들조소성공안니습합내요며과선유면신세무마드관경국물회중것했적연화방위민발생개통결등문실용학비진재계운명단야오트바러입까될된않였음말모때우차없차산북남김박최본식청감분영미출방호님메편번휴락처';

const language = { japanese: 1, simplified: 2, traditional: 4, korean: 8 } as const;

/** Of which languages a character is a frequent one. */
const frequentIn: Uint8Array = (() => {
  const table = new Uint8Array(65_536);
  const mark = (characters: string, bit: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      table[code] = (table[code] ?? 0) | bit;
    }
  };
  mark(japanese, language.japanese);
  mark(simplified, language.simplified);
  mark(traditional, language.traditional);
  mark(korean, language.korean);
  return table;
})();

const isFrequent = (code: number, bits: number): boolean => ((frequentIn[code] ?? 0) & bits) !== 0;

/** Worth of a character, as a share of what a frequent one in the right charset is worth. */
const worthOf = (code: number, charset: string): number => {
  if (code === 0xfffd) return -3;
  if (code >= 0xe000 && code <= 0xf8ff) return -2;
  const isJapanese = charset === 'shift_jis' || charset === 'euc-jp';
  if (code >= 0x3041 && code <= 0x30fe) return isJapanese || charset === 'utf-8' ? 1 : 0.4;
  if (code >= 0x3000 && code <= 0x301c) return 0.5;
  if (code >= 0xff01 && code <= 0xff5e) return 0.5;
  if (code >= 0xff61 && code <= 0xff9f) return 0.25;
  if (code >= 0xac00 && code <= 0xd7a3) return isFrequent(code, language.korean) ? 1 : 0.2;
  if (code >= 0x4e00 && code <= 0x9fff) return worthOfHan(code, charset);
  if (charset === 'utf-8') return 0.8;
  return code < 0xa0 ? -2 : -0.2;
};

const worthOfHan = (code: number, charset: string): number => {
  switch (charset) {
    case 'gb18030':
      // Japanese is written in it too; what EUC-JP looks like in it has rare characters.
      return isFrequent(code, language.simplified | language.japanese) ? 1 : 0.15;
    case 'big5':
      return isFrequent(code, language.traditional) ? 1 : 0.15;
    case 'euc-kr':
      return -0.3;
    case 'utf-8':
      return 0.8;
    default:
      return isFrequent(code, language.japanese) ? 1 : 0.2;
  }
};

/** How well text decoded by a charset of two bytes reads: about 1 where it is right, about 0 where it is not. */
export const scoreDouble = (text: string, charset: string): number => {
  let sum = 0;
  let count = 0;
  let letters = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    if (code >= 0x3041 && code <= 0xd7a3) letters++;
    else if (code >= 0xff66 && code <= 0xff9d) letters++;
    else if (charset === 'utf-8' && code !== 0xfffd) letters++;
    // The sample may end inside a character.
    if (code === 0xfffd && at >= text.length - 1) continue;
    count++;
    sum += worthOf(code, charset);
  }
  // Spaces and punctuation of two bytes alone say nothing.
  if (letters === 0) return Math.min(0, sum);
  // Of few characters nothing is sure.
  return sum / count - 0.5 / letters;
};

const frequent: Readonly<Record<string, ReadonlySet<string>>> = {
  cyrillic: new Set('оеаинтсрвлкм'),
  greek: new Set('αοιετσνηυρπκς'),
  hebrew: new Set('יוהלאתבמרש'),
  arabic: new Set('اليمنورتبة'),
  thai: new Set('านรอกเงมยลวดทสตะปบคห่้ัิี'),
  central: new Set('ąćęłńóśźżáéíýčďěňřšťůúžőűöüäôľ'),
  turkish: new Set('ığşçöüİ'),
  western: new Set('éèêëàâäáãåæçíîïñóôöõøúùûüßœ’“”–€£°«»©®™·•'),
};

const scripts: Readonly<Record<string, string>> = {
  'windows-1251': 'cyrillic',
  'koi8-r': 'cyrillic',
  'iso-8859-5': 'cyrillic',
  ibm866: 'cyrillic',
  'windows-1253': 'greek',
  'iso-8859-7': 'greek',
  'windows-1255': 'hebrew',
  'windows-1256': 'arabic',
  'windows-874': 'thai',
  'windows-1250': 'central',
  'iso-8859-2': 'central',
  'windows-1254': 'turkish',
  'windows-1252': 'western',
};

const isLetter = /\p{L}/u;
const isUpper = /\p{Lu}/u;

/**
 * How far a charset must be better than windows-1252, which most mail in one byte is, for so much text:
 * of a single sign nothing can be told.
 */
export const leadOfWestern = (text: string): number => {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xa0) count++;
  return 0.05 + 2 / Math.max(1, count);
};

/** The same for a charset of one byte: letters of its language, and no capitals inside words. */
export const scoreSingle = (text: string, charset: string): number => {
  const usual = frequent[scripts[charset] ?? ''] ?? new Set<string>();
  // Accents stand alone in words of ASCII; other scripts have words of their own.
  const isLatin = /windows-125[024]|iso-8859-2/.test(charset);
  let sum = 0;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80 || code === 0xa0) continue;
    count++;
    const before = at === 0 ? 32 : text.charCodeAt(at - 1);
    if (code === 0xfffd || code < 0xa0) sum -= 2;
    else sum += worthOfLetter(code, before, usual, isLatin);
  }
  return count === 0 ? 0 : sum / count;
};

const worthOfLetter = (
  code: number,
  before: number,
  usual: ReadonlySet<string>,
  isLatin: boolean,
): number => {
  const character = String.fromCharCode(code);
  if (usual.has(character)) return isLatin && before >= 0x80 && before !== 0xa0 ? 0.2 : 1;
  if (!isLetter.test(character)) return -0.3;
  const previous = String.fromCharCode(before);
  const inWord = isLetter.test(previous) && !isUpper.test(previous);
  return isUpper.test(character) && inWord ? -0.5 : isLatin ? 0.1 : 0.3;
};
