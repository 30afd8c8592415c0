import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { countOf, freeText, happened, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import type { Known } from './context.ts';

const verbs: readonly (readonly [RegExp, EventKind])[] = [
  [/^Adding Message: /, 'message.save'],
  [
    /^(?:Deleting|deleting|Deleted) (?:Message|Conversation|items?|VirtualConversation|Draft)/,
    'message.delete',
  ],
  [/^(?:Emptying|Emptied|Deleting|deleting|Deleted) [Ff]older/, 'message.delete'],
  [/^(?:Moving|moving|Moved|moved) /, 'message.change'],
  [/^(?:Setting|Marking|Altering|Alter|Tagging|Untagging|Adding Tag|Updating) /, 'message.change'],
  [/^(?:Copying|Copied) /, 'message.save'],
];

/**
 * `Adding Message: id=257, Message-ID=<…>, parentId=-1, folderId=2, folderName=Inbox.` The sender chooses the
 * message id; Zimbra's own id stands before it, the folder behind it, so that is read from the right.
 */
export const mailopLine = (text: string, known: Known): Parsed => {
  const verb = verbs.find(([pattern]) => pattern.test(text));
  if (verb === undefined) return quiet('mailbox operations');
  const id = countOf(/[( ]id=(\d{1,10})/.exec(text)?.[1]);
  const messageId = /Message-ID=(<[^<>\s]{1,998}>)/.exec(text)?.[1];
  const at = text.lastIndexOf(', folderName=');
  const named =
    at < 0
      ? /\b(?:to|in|from) [Ff]older (\S{1,200}?)(?: \(|[,.]?$)/.exec(text)?.[1]
      : text.slice(at + ', folderName='.length).replace(/\.$/, '');
  const folder = named === undefined ? undefined : printable(named);
  const message: MessageRef = {
    ...(messageId === undefined ? {} : { messageId }),
    ...(id === undefined ? {} : { uid: id }),
    ...(folder === undefined ? {} : { folder }),
  };
  return happened({
    ...known,
    kind: verb[1],
    outcome: 'success',
    folder,
    messages: Object.keys(message).length === 0 ? undefined : [message],
    ...freeText(text),
  });
};
