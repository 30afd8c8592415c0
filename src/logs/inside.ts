import type { Endpoint } from '../core/access-event.ts';

const inside =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/;

/** Whether an address is of this host or of a private network (RFC 1918, RFC 4193), where webmail and filters are. */
const isInside = ({ ip }: Endpoint): boolean => ip !== undefined && inside.test(ip);

/** Whether a message that came from there without a login is one from outside, as far as that can be told. */
export const isOutside = (client: Endpoint | undefined): boolean =>
  client?.ip !== undefined && !isInside(client);
