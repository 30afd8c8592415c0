import { type Breach, type Gap, isNarrowed, type RecordsReach } from './breach.ts';
import { always, slackMs } from './event-extents.ts';
import type { Basis, Extent, Shown, Span } from './extent.ts';

/** What lay in mailboxes at some moment of a window: all that had come until its end, and was not gone before it began. */
const stored = ({ fromMs, toMs }: Span): Span => ({
  fromMs: always,
  toMs: toMs + slackMs,
  lookedMs: fromMs,
});

/** What passed in a window. */
const passed = ({ fromMs, toMs }: Span): Span => ({
  fromMs: fromMs - slackMs,
  toMs: toMs + slackMs,
});

const recordsOf = ({ tenants, types }: RecordsReach): Extent => ({
  is: 'records',
  of: { types, ...(tenants === undefined ? {} : { tenants }) },
});

const mailboxesOf = (mailboxes: 'all' | readonly string[], span: Span): readonly Extent[] =>
  mailboxes === 'all'
    ? [{ is: 'stored-mail', span }]
    : mailboxes.map(mailbox => ({ is: 'mailbox', mailbox, span }));

/** All that a component can reach, in a time. */
const reached = (
  { reach, component, accounts }: Breach,
  span: Span,
  basis: { readonly mail: Basis; readonly transit: Basis; readonly records: Basis },
): readonly Shown[] => {
  const { mailboxes, transit, records = [] } = reach;
  // Of an unknown component nothing is known but whose accounts they were.
  const lying = mailboxes ?? (component === undefined ? (accounts ?? 'all') : undefined);
  return [
    ...(lying === undefined
      ? []
      : mailboxesOf(lying, stored(span)).map(extent => ({ basis: basis.mail, extent }))),
    ...(transit === true
      ? [{ basis: basis.transit, extent: { is: 'stored-mail', span: passed(span) } } as const]
      : []),
    ...records.map(each => ({ basis: basis.records, extent: recordsOf(each) })),
  ];
};

const gapShown = (breach: Breach, gap: Gap): readonly Shown[] => {
  const { window } = breach;
  const span = {
    fromMs: Math.max(gap.fromMs, window.fromMs),
    toMs: Math.min(gap.toMs, window.toMs),
  };
  if (span.fromMs > span.toMs) return [];
  const at = { source: gap.log, atMs: span.fromMs };
  return reached(breach, span, { mail: 'gap', transit: 'gap', records: 'gap' }).map(each => ({
    ...each,
    at,
  }));
};

/**
 * What a breach comes to before any event is looked at: all that the component reaches in its window; where it was
 * somebody's access and not the component, his own mailboxes; for each gap, all that could be reached in it; and
 * what an investigation found in another way.
 */
export const shownWithoutEvents = (breach: Breach): readonly Shown[] => {
  const { window, component, accounts, gaps, findings = [] } = breach;
  const own: readonly Shown[] = isNarrowed(breach)
    ? (accounts ?? []).map(mailbox => ({
        basis: 'reach',
        extent: { is: 'mailbox', mailbox, span: stored(window) },
      }))
    : reached(breach, window, {
        mail: 'reach',
        // Whose hands the filter was in decides, not that anything tells of each message.
        transit: component?.controlled === true ? 'in-transit' : 'passed',
        records: 'record',
      });
  return [
    ...own,
    ...gaps.flatMap(gap => gapShown(breach, gap)),
    ...findings.map(
      ({ name, extent, at }): Shown => ({
        basis: 'finding',
        extent,
        at: { source: name, ...at },
      }),
    ),
  ];
};
