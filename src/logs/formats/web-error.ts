import type { Envelope, LogFormat } from '../format.ts';
import { onHost, unparsed } from '../reading.ts';
import { asctimeStamp, slashedStamp } from '../time/stamps.ts';
import { apacheError, looksLikeApacheError } from './web-error/apache.ts';
import { lighttpdError, looksLikeLighttpdError } from './web-error/lighttpd.ts';
import { looksLikeNginxError, nginxError } from './web-error/nginx.ts';

const programs = /^(?:nginx|apache2?|httpd|lighttpd)(?:\/|$)/;

const isNginx = (message: string): boolean =>
  slashedStamp(message) !== undefined && looksLikeNginxError(message);

const isApache = (message: string, program: string | undefined): boolean =>
  (asctimeStamp(message) !== undefined || program !== undefined) && looksLikeApacheError(message);

const sniff = ({ program, message }: Envelope): number => {
  if (program !== undefined && !programs.test(program)) return 0;
  if (isNginx(message)) return 0.9;
  if (isApache(message, program)) return 0.85;
  return looksLikeLighttpdError(message) ? 0.8 : 0;
};

/** Error logs of nginx (its mail proxy's too), Apache and lighttpd. */
export const webError: LogFormat = {
  id: 'web-error',
  title: 'Web servers: error logs',
  sniff,
  open: context => ({
    read: envelope => {
      const { message, program } = envelope;
      if (looksLikeNginxError(message)) return onHost(nginxError(envelope, context), envelope);
      if (isApache(message, program)) return onHost(apacheError(envelope, context), envelope);
      if (looksLikeLighttpdError(message))
        return onHost(lighttpdError(envelope, context), envelope);
      return unparsed('no line of an error log');
    },
  }),
};
