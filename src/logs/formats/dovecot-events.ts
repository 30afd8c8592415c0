import type { LogFormat } from '../format.ts';
import { timeless, unparsed } from '../reading.ts';
import { eventRecord, looksLikeEvent } from './dovecot/event-record.ts';
import { memoryOf } from './dovecot/memory.ts';

/** What Dovecot's event exporter writes: JSON or text apart by tabs, a record a line. */
export const dovecotEvents: LogFormat = {
  id: 'dovecot-events',
  title: 'Dovecot: exported events, as JSON or tab-text',
  // Shape, and fields that only Dovecot's records have.
  sniff: ({ message }) => (looksLikeEvent(message) ? 0.95 : 0),
  open: context => {
    const memory = memoryOf(context.openMax);
    return {
      read: ({ message, stamp }) =>
        looksLikeEvent(message)
          ? eventRecord(
              message,
              context,
              stamp === undefined ? timeless : context.time(stamp),
              memory,
            )
          : unparsed('no record of the event exporter'),
    };
  },
};
