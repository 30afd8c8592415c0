import type { Pseudonym } from '../../core/personal.ts';
import { folderPseudonym, mailboxPseudonym } from '../../exposure/index/names.ts';
import { type IdentifierSettings, identifierText } from '../../exposure/people/normalise.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import type { ScopeNames } from './resolve.ts';

/** Kinds of what an investigator may name somebody by. */
const namedBy = ['email', 'customer-number', 'telephone'] as const;

/** Names as they are looked up in the index: with the key that it was made with. */
export const namesWith = (pseudonyms: Pseudonyms, settings: IdentifierSettings): ScopeNames => ({
  mailbox: name => mailboxPseudonym(pseudonyms, name),
  folder: name => folderPseudonym(pseudonyms, name),
  forThread: () => pseudonyms.forThread(),
  messageId: id => pseudonyms.of('message-id', id),
  identifiers: text =>
    namedBy.flatMap((kind): readonly Pseudonym[] => {
      const canonical = identifierText(kind, settings, text);
      return canonical === undefined ? [] : [pseudonyms.of(kind, canonical)];
    }),
});
