import type { LogFormat } from '../format.ts';
import { slashedStamp } from '../time/stamps.ts';
import { looksLikeNginxError } from './web-error/nginx.ts';
import { isMailLine } from './web-error/nginx-mail-line.ts';
import { webError } from './web-error.ts';

/** The mail proxy writes to nginx's error log, at level `info`, among everything else there. */
export const nginxMail: LogFormat = {
  id: 'nginx-mail',
  title: 'nginx: mail proxy',
  sniff: ({ program, message }) => {
    if (program !== undefined && program !== 'nginx') return 0;
    if (!looksLikeNginxError(message)) return 0;
    const at = message.indexOf('#');
    const behind = message.slice(at).replace(/^#\d+: (?:\*\d+ )?/, '');
    return isMailLine(behind) && (program !== undefined || slashedStamp(message) !== undefined)
      ? 0.95
      : 0;
  },
  open: webError.open,
};
