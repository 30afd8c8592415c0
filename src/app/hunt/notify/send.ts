import type { WatchChannel } from '../../../core/watch-policy.ts';
import type { LetterContent } from './letter.ts';
import { sendByMail } from './mail.ts';
import type { SendSetting, Sent } from './sent.ts';
import { sendBySyslog } from './syslog.ts';
import { sendByWebhook } from './webhook.ts';

/** One attempt to deliver a letter; never throws. */
export const send = async (
  channel: WatchChannel,
  content: LetterContent,
  setting: SendSetting,
): Promise<Sent> => {
  switch (channel.kind) {
    case 'webhook':
    case 'slack':
    case 'teams':
      return await sendByWebhook(channel, content, setting);
    case 'mail':
      return await sendByMail(channel, content, setting);
    case 'syslog':
      return await sendBySyslog(channel, content, setting);
  }
};
