import { roles } from '../core/exposure-index.ts';
import type { DataTypeId, IdentifierKind } from '../core/personal.ts';
import { type Identifier, isOneName, type NamedPerson, personOf } from './attribution/people.ts';
import {
  attachedAuthor,
  type FoundRecord,
  recordsOf,
  unknownAuthor,
} from './attribution/records.ts';
import { FoundTypes, TypeLists } from './attribution/type-sets.ts';
import type { Found, SearchedText } from './data-type.ts';
import { plainAddress } from './email/address.ts';
import { isFullName, nameLikeness } from './japan/names.ts';
import type { MailAddress } from './mail/message.ts';
import { fold } from './normal.ts';
import { nameText } from './people/person-name.ts';

/** A text of a message with what was found in it, in the order of the message. */
export interface AttributedText {
  readonly text: SearchedText;
  /** Ascending by `from`. */
  readonly found: readonly Found[];
  /** It was in an attachment. */
  readonly attachment?: boolean;
  /** Of `MailText`: text of a message within the message was not written by its sender. */
  readonly depth?: number;
}

export interface Correspondents {
  readonly senders: readonly MailAddress[];
  readonly recipients: readonly MailAddress[];
}

/** Somebody whom a message names, by one identifier; a person with address and telephone is two mentions. */
interface Mention {
  readonly kind: IdentifierKind;
  /** In its normal form; of the pairs, the name, a line feed, and the address or birth date. */
  readonly value: string;
  /** Bits of `roles`. */
  readonly roles: number;
  /** Types that belong to this very identifier, found with medium or high confidence. Equal lists are one object. */
  readonly own: readonly DataTypeId[];
  /** The same, of those found with low confidence only. */
  readonly weak: readonly DataTypeId[];
}

export interface Attribution {
  readonly mentions: readonly Mention[];
  /** Found anywhere in the message with medium or high confidence. */
  readonly types: readonly DataTypeId[];
  /** Found with low confidence only. */
  readonly weak: readonly DataTypeId[];
  /** Of `types` and `weak`, what could not be told whose it is, at least once. */
  readonly shared: readonly DataTypeId[];
  /** More were named than `mentionsMax`: somebody may be missing. */
  readonly truncated: boolean;
}

export interface AttributionLimits {
  readonly mentionsMax: number;
}

/** A customer list of 50,000 rows with four identifiers each still fits. */
const attributionLimits: AttributionLimits = { mentionsMax: 200_000 };

/**
 * Says whom a message names, as what, and which of the types found in it are whose. What stands in one row of a table, one form,
 * one signature or one sentence with one person is his; what does not is his whom the message names when it names nobody else.
 * Everything else stays with the message (`shared`): it is never guessed.
 */
export const attribute = (
  texts: readonly AttributedText[],
  header: Correspondents,
  limits: AttributionLimits = attributionLimits,
): Attribution => {
  const drafts = new Drafts(limits.mentionsMax);
  const correspondents = correspondentsOf(header, drafts);
  const all = new FoundTypes();
  const loose: Loose[] = [];
  const named = new Map<string, Identifier>();
  const aside = new Set<string>();
  const names = new Set<string>();
  const authors: string[] = [''];
  for (const { text, found, attachment, depth = 0 } of texts) {
    all.add(found);
    if (depth > 0)
      authors[depth] = attachedAuthor(text.text, found) ?? authors[depth] ?? unknownAuthor;
    const role = attachment === true ? roles.attachment : roles.text;
    for (const record of recordsOf(text, found, authors[depth])) {
      const person = personOf(record.found, record.isOnePerson);
      const identifiers = withCorrespondents(person, record, correspondents).filter(
        each => record.isSpoken !== true || !isOffice(each),
      );
      for (const each of person.identifiers)
        drafts.of(each, role)?.add(ofItself(each, record.found));
      if (isBeside(record) || isOfSender(record, identifiers, correspondents)) {
        for (const each of identifiers) aside.add(keyOf(each));
      } else {
        for (const each of person.identifiers) named.set(keyOf(each), each);
        for (const name of person.names) names.add(name);
      }
      if (person.isSeveral)
        loose.push({
          found: record.found.filter(each => each.identifier === undefined),
          isNobodys: false,
        });
      else if (identifiers.length === 0) loose.push({ found: record.found, isNobodys: true });
      else for (const each of identifiers) drafts.of(each, 0)?.add(record.found);
    }
  }
  const shared = new FoundTypes();
  const others = [...named.values()].filter(each => !aside.has(keyOf(each)) && !isOffice(each));
  const only = onlyPerson(others, [...names]);
  for (const { found, isNobodys } of loose) {
    if (isNobodys && only.length > 0) for (const each of only) drafts.of(each, 0)?.add(found);
    else shared.add(found);
  }
  const lists = new TypeLists();
  const mentions = drafts.mentions(lists);
  for (const type of correspondents.types) all.sure.add(type);
  return {
    mentions,
    types: lists.of(all.sure),
    weak: lists.of(all.weak),
    shared: lists.of(shared.all),
    truncated: drafts.truncated,
  };
};

/** Findings that no identifier owns yet. */
interface Loose {
  readonly found: readonly Found[];
  /** Nobody is named beside them, so they may be of the only person whom the message names. */
  readonly isNobodys: boolean;
}

const keyOf = ({ kind, value }: Identifier): string => `${kind}\n${value}`;

/** Identifiers as they are met, each once, up to a limit. */
class Drafts {
  truncated = false;
  private readonly max: number;
  private readonly drafts = new Map<
    string,
    { identifier: Identifier; roles: number; types: FoundTypes }
  >();

  constructor(max: number) {
    this.max = max;
  }

  of(identifier: Identifier, role: number): FoundTypes | undefined {
    const key = keyOf(identifier);
    const known = this.drafts.get(key);
    if (known !== undefined) {
      known.roles |= role;
      return known.types;
    }
    if (this.drafts.size >= this.max) {
      this.truncated = true;
      return undefined;
    }
    const types = new FoundTypes();
    this.drafts.set(key, { identifier, roles: role, types });
    return types;
  }

  mentions(lists: TypeLists): readonly Mention[] {
    return [...this.drafts.values()].map(({ identifier, roles: as, types }) => ({
      ...identifier,
      roles: as,
      own: lists.of(types.sure),
      weak: lists.of(types.weak),
    }));
  }
}

interface KnownCorrespondents {
  /** Addresses in lower case. */
  readonly senders: ReadonlySet<string>;
  /** Address of the only sender. */
  readonly sender: string | undefined;
  /** Address by display name, of names that one person has. */
  readonly byName: ReadonlyMap<string, string>;
  readonly types: ReadonlySet<DataTypeId>;
}

const correspondentsOf = (
  { senders, recipients }: Correspondents,
  drafts: Drafts,
): KnownCorrespondents => {
  const byName = new Map<string, string>();
  const types = new Set<DataTypeId>();
  const add = (people: readonly MailAddress[], role: number): void => {
    for (const { name, address } of people) {
      const value = address.toLowerCase();
      // `"taro@example.jp via members" <members@example.jp>`, `"taro@example.jp" </O=ORG/CN=TARO>`: he is named, too.
      const said = addressIn(name);
      if (said !== undefined && said !== value)
        drafts.of({ kind: 'email', value: said }, role)?.sure.add('email');
      if (!value.includes('@')) continue;
      const own = drafts.of({ kind: 'email', value }, role);
      own?.sure.add('email');
      types.add('email');
      if (name === '') continue;
      const { isName, text } = nameSaid(name);
      if (!isName) continue;
      own?.sure.add('person-name');
      types.add('person-name');
      if (text !== undefined)
        byName.set(text, byName.has(text) && byName.get(text) !== value ? '' : value);
    }
  };
  add(senders, roles.sender);
  add(recipients, roles.recipient);
  const from = new Set(senders.map(({ address }) => address.toLowerCase()));
  const [sender] = from;
  return { senders: from, sender: from.size === 1 ? sender : undefined, byName, types };
};

interface NameSaid {
  readonly isName: boolean;
  /** In its normal form, where it is more than a surname, which is many people's. */
  readonly text: string | undefined;
}

/** Who writes to whom repeats itself; in memory only, and bounded. */
const namesSaid = new Map<string, NameSaid>();
const namesSaidMax = 20_000;
const nameLengthMax = 100;

const nameSaid = (name: string): NameSaid => {
  const known = namesSaid.get(name);
  if (known !== undefined) return known;
  const folded = fold(name).trim();
  const isName = folded !== '' && nameLikeness(folded) !== 'none';
  const said = { isName, text: isName && isWhole(folded) ? nameText(folded) : undefined };
  if (name.length > nameLengthMax) return said;
  if (namesSaid.size >= namesSaidMax) namesSaid.clear();
  namesSaid.set(name, said);
  return said;
};

const addressIn = (name: string): string | undefined => {
  const at = name.indexOf('@');
  return at < 0 ? undefined : plainAddress(fold(name), at)?.value;
};

const isWhole = (name: string): boolean =>
  isFullName(name) || /^[\p{L}'.-]{2,}(?: [\p{L}'.-]{2,})+$/u.test(name);

/**
 * The identifiers to which a record belongs: its own; the signer's address where it is his signature; the address of a
 * correspondent who bears the very name that stands in it.
 */
const withCorrespondents = (
  person: NamedPerson,
  { found, signatureOf }: FoundRecord,
  { sender, byName }: KnownCorrespondents,
): readonly Identifier[] => {
  if (person.isSeveral) return person.identifiers;
  const identifiers = [...person.identifiers];
  const add = (value: string | undefined): void => {
    if (
      value === undefined ||
      value === '' ||
      identifiers.some(each => each.kind === 'email' && each.value === value)
    )
      return;
    identifiers.push({ kind: 'email', value });
  };
  const hasAddress = found.some(({ type }) => type === 'email');
  if (signatureOf !== undefined) {
    // Another address in it is the signer's too only if he is not known by one.
    if (!hasAddress) add(signatureOf === '' ? sender : signatureOf);
    return identifiers;
  }
  if (hasAddress) return identifiers;
  for (const name of person.names) add(byName.get(nameText(name) ?? ''));
  return identifiers;
};

const isBeside = ({ isHeader, isContact }: FoundRecord): boolean =>
  isHeader === true || isContact === true;

const office =
  /^(?:info|support|contact|help|helpdesk|desk|inquiry|inquiries|enquiry|enquiries|no-?reply|do-?not-?reply|admin|administrator|webmaster|postmaster|sales|service|services|customer|cs|privacy|toiawase|otoiawase|soumu|jinji|office|mail|news|newsletter|billing|account|accounts|hr|recruit|press|pr|abuse|security|mailer-daemon|root|system|notifications?|alerts?|reservations?|yoyaku|orders?|shop|store)(?:[.+_-][^@]*)?@/i;

/** An address that whoever is on duty reads. */
const isOffice = ({ kind, value }: Identifier): boolean => kind === 'email' && office.test(value);

/** His signature, or wherever else he names himself: who writes of somebody else does not mean himself. */
const isOfSender = (
  { signatureOf }: FoundRecord,
  identifiers: readonly Identifier[],
  { senders }: KnownCorrespondents,
): boolean =>
  signatureOf !== undefined ||
  identifiers.some(({ kind, value }) => kind === 'email' && senders.has(value));

/** What an identifier is of by itself: an e-mail address is the data type e-mail. */
const ofItself = (identifier: Identifier, found: readonly Found[]): readonly Found[] =>
  found.filter(
    ({ identifier: kind, value }) => kind === identifier.kind && value === identifier.value,
  );

/** All identifiers, if they are of one person: no two addresses, no two customers, no two names. */
const onlyPerson = (
  identifiers: readonly Identifier[],
  names: readonly string[],
): readonly Identifier[] => {
  const count = (kind: IdentifierKind): number =>
    identifiers.filter(each => each.kind === kind).length;
  const isOne =
    count('email') <= 1 &&
    count('customer-number') <= 1 &&
    count('telephone') <= 2 &&
    isOneName(names);
  // A telephone alone is as likely that of whom to ask.
  return isOne && identifiers.some(({ kind }) => kind !== 'telephone') ? identifiers : [];
};
