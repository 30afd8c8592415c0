import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { onHost, timeless } from '../reading.ts';
import { anyStamp } from '../time/stamps.ts';
import { combined, componentOf, isServer, looksLikeAccess } from './web-access/combined.ts';
import { jsonAccess, looksLikeJsonAccess } from './web-access/json.ts';
import { looksLikeProxyManager, proxyManager } from './web-access/proxy-manager.ts';
import { errorLine } from './web-error/line.ts';

const read =
  (context: FormatContext) =>
  (envelope: Envelope): Parsed => {
    const { message } = envelope;
    if (message.charCodeAt(0) === 0x7b) {
      const time = envelope.stamp === undefined ? timeless : context.time(envelope.stamp);
      return jsonAccess(message, context, time, componentOf(envelope));
    }
    if (looksLikeProxyManager(message)) return proxyManager(message, context);
    // In syslog both of a server's logs come under its name.
    return looksLikeAccess(message) || envelope.program === undefined
      ? combined(envelope, context)
      : (errorLine(envelope, context) ?? combined(envelope, context));
  };

const sniff = ({ program, message }: Envelope): number => {
  if (program !== undefined && !isServer(program)) return 0;
  if (message.charCodeAt(0) === 0x7b) return looksLikeJsonAccess(message) ? 0.7 : 0;
  if (looksLikeProxyManager(message)) return 0.9;
  if (!looksLikeAccess(message)) return 0;
  // SOGo's own lines name its size twice, and come of its own log.
  return anyStamp(message) === undefined ? 0.8 : 0;
};

/** Access logs of nginx, Apache and their like: common, combined, with virtual hosts, with proxies, as JSON. */
export const webAccess: LogFormat = {
  id: 'web-access',
  title: 'Web servers: access logs, with what requests do in webmail',
  sniff,
  open: context => {
    const readLine = read(context);
    return { read: envelope => onHost(readLine(envelope), envelope) };
  },
};
