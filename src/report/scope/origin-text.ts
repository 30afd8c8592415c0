import { oneLine, wrap } from '../plain.ts';

/** Who behaved otherwise before a moment, and what that was learnt from. */
export interface OriginAnswer {
  readonly suspects: readonly {
    readonly component: string;
    readonly app?: string;
    readonly reasons: readonly { readonly what: string; readonly text: string }[];
  }[];
  readonly events: number;
  readonly from: string;
  readonly to: string;
  readonly unseen: readonly { readonly what: string; readonly why: string; readonly how: string }[];
}

const columns = 100;
const suspectsMax = 40;

/** Those with the most reasons first; a reason is no proof, and none is no acquittal. */
export const originText = ({ suspects, events, from, to, unseen }: OriginAnswer): string => {
  const told = suspects.filter(({ reasons }) => reasons.some(({ what }) => what !== 'history'));
  const young = suspects.filter(({ reasons }) => reasons.every(({ what }) => what === 'history'));
  const many = (count: number, one: string, more: string): string =>
    `${count.toLocaleString('en')} ${count === 1 ? one : more}`;
  const lines = [
    wrap(
      `${many(told.length, 'component or application', 'components and applications')} behaved otherwise than before, by ${many(events, 'event', 'events')} from ${from.slice(0, 10)} to ${to.slice(0, 10)}.`,
      columns,
    ),
    ...told
      .slice(0, suspectsMax)
      .flatMap(({ component, app, reasons }) => [
        '',
        oneLine(app === undefined ? component : `${app} through ${component}`).slice(0, columns),
        ...reasons.map(({ text }) => wrap(oneLine(text), columns, '  ')),
      ]),
    ...(told.length > suspectsMax
      ? ['', `… and ${told.length - suspectsMax} more; --format json has all`]
      : []),
    ...(young.length === 0
      ? []
      : [
          '',
          'Too little is kept of these to call anything unusual',
          ...young
            .slice(0, suspectsMax)
            .map(
              ({ component, app }) =>
                `  ${oneLine(app === undefined ? component : `${app} through ${component}`).slice(0, columns - 2)}`,
            ),
        ]),
    ...(unseen.length === 0
      ? []
      : [
          '',
          'Not seen',
          ...unseen
            .slice(0, 20)
            .map(({ what, why, how }) => wrap(oneLine(`${what}: ${why}. ${how}`), columns, '  ')),
        ]),
  ];
  return `${lines.join('\n')}\n`;
};
