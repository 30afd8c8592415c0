import type { CustomerColumns } from '../../core/exposure-policy.ts';
import type { DataTypeId } from '../../core/personal.ts';

/** For each meaning the places of its columns, in the order in which they are read. */
export interface ColumnPlaces {
  readonly person: number | undefined;
  readonly name: readonly number[];
  readonly kana: readonly number[];
  readonly email: readonly number[];
  readonly telephone: readonly number[];
  readonly customerNumber: readonly number[];
  readonly address: readonly number[];
  readonly postcode: number | undefined;
  readonly birthDate: number | undefined;
  readonly tenant: number | undefined;
  readonly status: number | undefined;
  readonly left: number | undefined;
  readonly deletableAfter: number | undefined;
}

/** Data types that a list with these columns holds of people. */
export const typesOf = (places: ColumnPlaces): readonly DataTypeId[] => {
  const { name, kana, email, telephone, customerNumber, address, postcode, birthDate } = places;
  const has: Readonly<Record<DataTypeId, boolean>> = {
    email: email.length > 0,
    'person-name': name.length + kana.length > 0,
    'postal-address': address.length > 0,
    postcode: postcode !== undefined,
    telephone: telephone.length > 0,
    'date-of-birth': birthDate !== undefined,
    'customer-number': customerNumber.length > 0,
  };
  return Object.keys(has).filter(type => has[type] === true);
};

type Meaning =
  | keyof CustomerColumns
  | 'familyName'
  | 'givenName'
  | 'familyKana'
  | 'givenKana'
  | 'addressPart';

/** Names of columns, folded; a number behind one (`email2`, `住所1`) is another of its kind. */
const known: readonly (readonly [Meaning, RegExp])[] = [
  [
    'person',
    /^(?:person|personid|personno|個人id|個人番号id|名寄せid|名寄id|名寄せ番号|統合id|統合顧客id|統合顧客番号|goldenid|masterid)$/,
  ],
  [
    'kana',
    /^(?:kana|nameka?na|fullnamekana|furigana|phoneticname|yomi|氏名カナ|氏名かな|氏名フリガナ|氏名ふりがな|名前カナ|名前フリガナ|お名前カナ|お名前フリガナ|フリガナ|ふりがな|カナ氏名|カナ名|カナ|かな|ヨミガナ|よみがな|読み|読み仮名|契約者名カナ|契約者カナ|顧客名カナ|顧客カナ|会員名カナ)$/,
  ],
  [
    'familyKana',
    /^(?:familynamekana|lastnamekana|surnamekana|seikana|姓カナ|姓かな|姓フリガナ|姓ふりがな|セイ|せい|カナ姓)$/,
  ],
  [
    'givenKana',
    /^(?:givennamekana|firstnamekana|meikana|名カナ|名かな|名フリガナ|名ふりがな|メイ|めい|カナ名前)$/,
  ],
  [
    'name',
    /^(?:name|fullname|customername|displayname|personname|membername|氏名|名前|お名前|ご氏名|漢字氏名|氏名漢字|姓名|契約者名|契約者氏名|契約者|顧客名|顧客氏名|会員名|会員氏名|お客様名|利用者名|利用者氏名|加入者名)$/,
  ],
  ['familyName', /^(?:familyname|lastname|surname|sei|姓|苗字|名字|姓漢字)$/],
  ['givenName', /^(?:givenname|firstname|forename|mei|名|名漢字)$/],
  [
    'email',
    /^(?:(?:[a-z]*(?:primary|secondary|contact|user|customer|login|account|other|sub|alternate|private|work|billing))?(?:e?mail|e?mailaddress|mailaddr|email(?:id|addr))|メール|eメール|電子メール|(?:連絡先|登録|ログイン|契約者|その他|予備|携帯|pc|副|主|お客様|会員)?(?:e|電子)?メールアドレス|メアド|メールaddress|アカウントメール|連絡先メール|携帯メール|pcメール|mailaccount|メールアカウント)$/,
  ],
  [
    'telephone',
    /^(?:(?:home|mobile|cell|work|contact|customer|daytime|other)?(?:tel|telephone|telno|telephonenumber|phone|phoneno|phonenumber|telnumber)|mobile|cellphone|cell|電話|(?:自宅|携帯|勤務先|連絡先|昼間|固定|日中|契約者|お客様)?(?:電話|電話番号|tel)|携帯番号|携帯|連絡先電話|連絡先|tel番号)$/,
  ],
  [
    'customerNumber',
    /^(?:(?:customer|client|contract|subscriber|member|membership|account)(?:id|no|number|code|num)|(?:お?客様|顧客|契約|契約者|会員|加入者|口座|アカウント|利用者)(?:番号|id|コード|no|ナンバー)|会員no|契約no)$/,
  ],
  ['postcode', /^(?:post(?:al)?code|zip|zipcode|zipno|郵便番号|〒|郵便|yubin)$/],
  [
    'addressPart',
    /^(?:prefecture|pref|state|province|city|town|municipality|street|streetaddress|addressline|building|都道府県|都道府県名|市区町村|市区町村名|市町村|市区郡|町域|町名|町名番地|丁目番地|番地|番地等|町名番地等|以降住所|建物|建物名|マンション名|ビル名|方書|部屋番号)$/,
  ],
  [
    'address',
    /^(?:address|addr|fulladdress|postaladdress|homeaddress|住所|ご住所|自宅住所|契約者住所|現住所|登録住所|送付先住所|請求先住所)$/,
  ],
  ['birthDate', /^(?:birth(?:date|day)?|dateofbirth|dob|bday|生年月日|誕生日)$/],
  [
    'tenant',
    /^(?:tenant|tenantname|tenantid|provider|isp|brand|テナント|テナント名|テナントid|プロバイダ|プロバイダー|プロバイダ名|事業者|事業者名|提携先|提携事業者|ブランド|ブランド名)$/,
  ],
  [
    'status',
    /^(?:status|state|accountstatus|contractstatus|memberstatus|customerstatus|ステータス|状態|契約状態|契約ステータス|契約状況|会員状態|会員ステータス|利用状況|利用状態|在籍区分|会員区分|契約区分|状況)$/,
  ],
  [
    'left',
    /^(?:left|lefton|leftat|leftdate|leavedate|leavingdate|(?:cancell?ed|cancell?ation|terminated|termination|closed|closing|withdrawn|withdrawal|end|contractend|deactivated)(?:at|on|date)|退会日|退会日時|退会年月日|解約日|解約日時|解約年月日|契約終了日|利用終了日|終了日|脱退日)$/,
  ],
  [
    'deletableAfter',
    /^(?:deletableafter(?:days)?|retentiondays|retentionperioddays|保存日数|保持日数|保管日数|削除可能日数|削除猶予日数)$/,
  ],
];

/** NFKC, lower case, no blanks or marks, hiragana as written; a number at the end apart. */
const foldedName = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.:・/／()（）「」[\]【】"'*＊※#]/g, '');

const meaningOf = (name: string): Meaning | undefined => {
  if (name.length > 100) return undefined;
  const folded = foldedName(name);
  const bare = folded.replace(/(?:[1-9]|[12]\d)$/, '');
  return known.find(([, pattern]) => pattern.test(folded) || pattern.test(bare))?.[0];
};

export interface MappedColumns {
  readonly places: ColumnPlaces;
  /** Names in the settings that no column has. */
  readonly missing: readonly string[];
  /** Columns that are not used. */
  readonly unused: readonly string[];
}

/** The list's own name first, then however it is written; `#3` is the third column. */
const placeOf = (head: readonly string[], name: string): number => {
  const numbered = /^#(\d{1,5})$/.exec(name)?.[1];
  if (numbered !== undefined && Number(numbered) >= 1 && Number(numbered) <= head.length) {
    return Number(numbered) - 1;
  }
  const exact = head.indexOf(name);
  return exact >= 0 ? exact : head.findIndex(each => foldedName(each) === foldedName(name));
};

/** Tells columns by their names, Japanese and English; what the settings say of a meaning is all there is of it. */
export const mapColumns = (
  head: readonly string[],
  settings: CustomerColumns = {},
): MappedColumns => {
  const missing: string[] = [];
  const said = (names: string | readonly string[] | undefined): readonly number[] | undefined => {
    if (names === undefined) return undefined;
    return [names].flat().flatMap(name => {
      const place = placeOf(head, name);
      if (place < 0) missing.push(name);
      return place < 0 ? [] : [place];
    });
  };
  const taken = new Set(
    Object.values(settings).flatMap((names: string | readonly string[]) => said(names) ?? []),
  );
  missing.length = 0;
  const found = new Map<Meaning, number[]>();
  for (const [place, name] of head.entries()) {
    const meaning = taken.has(place) ? undefined : meaningOf(name);
    if (meaning !== undefined) found.set(meaning, [...(found.get(meaning) ?? []), place]);
  }
  const of = (meaning: Meaning): readonly number[] => found.get(meaning) ?? [];
  const one = (
    meaning: 'person' | 'postcode' | 'birthDate' | 'tenant' | 'status' | 'left' | 'deletableAfter',
  ): number | undefined => (said(settings[meaning]) ?? of(meaning))[0];
  const many = (
    meaning: 'name' | 'kana' | 'email' | 'telephone' | 'customerNumber' | 'address',
  ): readonly number[] => said(settings[meaning]) ?? of(meaning);
  const orParts = (whole: readonly number[], ...parts: readonly Meaning[]): readonly number[] =>
    whole.length > 0 ? whole : parts.flatMap(of);
  const places: ColumnPlaces = {
    person: one('person'),
    // One whole name; or its parts. A second whole one (of a contact, of a payer) is another's.
    name:
      settings.name === undefined
        ? orParts(of('name').slice(0, 1), 'familyName', 'givenName')
        : many('name'),
    kana:
      settings.kana === undefined
        ? orParts(of('kana').slice(0, 1), 'familyKana', 'givenKana')
        : many('kana'),
    email: many('email'),
    telephone: many('telephone'),
    customerNumber: many('customerNumber'),
    address:
      settings.address === undefined
        ? [...of('addressPart'), ...of('address')].toSorted((a, b) => a - b)
        : many('address'),
    postcode: one('postcode'),
    birthDate: one('birthDate'),
    tenant: one('tenant'),
    status: one('status'),
    left: one('left'),
    deletableAfter: one('deletableAfter'),
  };
  const used = new Set(Object.values(places).flat());
  return { places, missing, unused: head.filter((_, place) => !used.has(place)) };
};
