import type { MessageRef } from '../../core/access-event.ts';
import { printable } from '../text.ts';

/** One message of a folder, by what an address names. */
export const messageIn = (
  folder: string | undefined,
  uid: string | undefined,
  part?: MessageRef['part'],
): readonly MessageRef[] | undefined => {
  const number = uid !== undefined && /^\d{1,10}$/.test(uid) ? Number(uid) : undefined;
  const message: MessageRef = {
    ...(number === undefined ? {} : { uid: number }),
    ...(folder === undefined || folder === '' ? {} : { folder: printable(folder) }),
    ...(part === undefined ? {} : { part }),
  };
  return Object.keys(message).length === 0 ? undefined : [message];
};
