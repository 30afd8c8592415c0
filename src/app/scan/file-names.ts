import type { SearchedText } from '../../exposure/data-type.ts';
import type { MailMessage } from '../../exposure/mail/message.ts';

const namesMax = 500;
const lengthMax = 300;

/** Behind a name, so that `taro@example.jp.eml` is that address. */
const ending = /\.[A-Za-z0-9]{1,5}$/;

/**
 * The names that files in a message bear: whoever sends one to a customer often puts his name or number there, and
 * what cannot be opened has a name, too. Each stands by itself, an empty line between two.
 */
export const fileNames = ({ texts, attachments }: MailMessage): SearchedText | undefined => {
  const names = new Set<string>();
  for (const { name = '' } of [...texts, ...attachments]) {
    if (names.size >= namesMax) break;
    // Programs put `_` where a name has a space.
    const said = name.slice(0, lengthMax).replace(ending, '').replaceAll('_', ' ').trim();
    if (said !== '') names.add(said);
  }
  return names.size === 0 ? undefined : { text: [...names].join('\n\n'), kind: 'plain' };
};
