import type { LogFormat } from '../format.ts';
import { readSpfPolicy } from './postfix/spf-policy.ts';

/** Policy services that check SPF for Postfix: policyd-spf, spf-engine, postfix-policyd-spf-perl. */
export const policydSpf: LogFormat = {
  id: 'policyd-spf',
  title: 'policyd-spf',
  sniff: ({ program, message }) => {
    if (program !== undefined)
      return /^(?:py)?policyd-spf(?:-perl)?$|^spf-engine$|\/policy-?spf$|^pyspf-milter$/.test(
        program,
      )
        ? 1
        : 0;
    return /^(?:Policy action=)?prepend Received-SPF: /i.test(message) ? 0.8 : 0;
  },
  open: context => ({
    read: envelope =>
      readSpfPolicy(envelope, context) ??
      (envelope.program === undefined
        ? { unparsed: 'no known line of policyd-spf' }
        : { quiet: 'about itself' }),
  }),
};
