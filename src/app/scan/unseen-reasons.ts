/** What an unseen thing is counted as, in words for people: what it is, and what would make it seen. */
interface Reason {
  readonly what: string;
  readonly how: string;
}

const anew = 'Make room or mend the message, then run postern scan --full.';
const byHand = 'Take it as holding whatever its sender could have put in, or look at it by hand.';
const format = 'Look at files of these kinds by hand; docs/mail.md says which kinds are read.';

/** By the word that the index keeps. */
const reasons: Readonly<Record<string, Reason>> = {
  encrypted: {
    what: 'encrypted parts',
    how: 'Only whoever has the key can tell what they hold; take them as holding anything.',
  },
  depth: { what: 'messages nested too deeply', how: byHand },
  parts: { what: 'messages of too many parts', how: byHand },
  'header-bytes': { what: 'messages whose header is too long', how: byHand },
  'decoded-bytes': { what: 'messages whose content is too long', how: byHand },
  people: { what: 'messages that name too many people', how: byHand },
  'message-size': { what: 'messages that are too long, read in part', how: byHand },
  'message-hostile': { what: 'messages that ended their reader', how: byHand },
  'message-time': { what: 'messages that took their reader too long', how: byHand },
  'attachment-kind': { what: 'attachments of kinds that are not read', how: format },
  'attachment-damaged': { what: 'attachments that are damaged', how: byHand },
  'attachment-hostile': { what: 'attachments that ended their reader', how: byHand },
  'attachment-time': { what: 'attachments that took their reader too long', how: byHand },
  'attachment-size': { what: 'attachments that are too long, read in part', how: byHand },
  'attachments-left-out': {
    what: 'attachments that were left out',
    how: 'Run postern scan --full without --no-attachments.',
  },
  packed: { what: 'messages packed in a way that is not unpacked here', how: anew },
  damaged: { what: 'messages that are damaged', how: byHand },
  forbidden: {
    what: 'messages that may not be read',
    how: 'Run Postern as a user who may read them.',
  },
};

/** @param why a word of the index; one that this version does not know is its own explanation. */
export const reasonOf = (why: string): Reason => reasons[why] ?? { what: why, how: byHand };
