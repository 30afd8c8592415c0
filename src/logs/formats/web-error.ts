import type { Envelope, LogFormat } from '../format.ts';
import { onHost, unparsed } from '../reading.ts';
import { slashedStamp } from '../time/stamps.ts';
import { combined, looksLikeAccess } from './web-access/combined.ts';
import { looksLikeLighttpdError } from './web-error/lighttpd.ts';
import { errorLine, isApacheError } from './web-error/line.ts';
import { looksLikeNginxError } from './web-error/nginx.ts';

const programs = /^(?:nginx|apache2?|httpd|lighttpd)(?:\/|$)/;

const sniff = ({ program, message }: Envelope): number => {
  if (program !== undefined && !programs.test(program)) return 0;
  const stamped = program !== undefined || slashedStamp(message) !== undefined;
  if (stamped && looksLikeNginxError(message)) return 0.9;
  if (isApacheError(message, program)) return 0.85;
  return looksLikeLighttpdError(message) ? 0.8 : 0;
};

/** Error logs of nginx (its mail proxy's too), Apache and lighttpd. */
export const webError: LogFormat = {
  id: 'web-error',
  title: 'Web servers: error logs',
  sniff,
  open: context => ({
    read: envelope => {
      const parsed =
        errorLine(envelope, context) ??
        // In syslog both of a server's logs come under its name.
        (envelope.program !== undefined && looksLikeAccess(envelope.message)
          ? combined(envelope, context)
          : unparsed('no line of an error log'));
      return onHost(parsed, envelope);
    },
  }),
};
