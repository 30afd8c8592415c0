import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { apacheError, apacheStamp, looksLikeApacheError } from './apache.ts';
import { lighttpdError, looksLikeLighttpdError } from './lighttpd.ts';
import { looksLikeNginxError, nginxError } from './nginx.ts';

/** Whether a line is of Apache's error log, with its stamp or in syslog. */
export const isApacheError = (message: string, program: string | undefined): boolean =>
  (program !== undefined || apacheStamp(message) !== undefined) && looksLikeApacheError(message);

/** A line of a web server's error log; undefined for others. */
export const errorLine = (envelope: Envelope, context: FormatContext): Parsed | undefined => {
  const { message, program } = envelope;
  if (looksLikeNginxError(message)) return nginxError(envelope, context);
  if (isApacheError(message, program)) return apacheError(envelope, context);
  return looksLikeLighttpdError(message) ? lighttpdError(envelope, context) : undefined;
};
