import type { HuntReport } from '../../core/hunt-report.ts';
import type { LineRef } from '../../core/watched-event.ts';

export const number = (value: number): string => value.toLocaleString('en-US');

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

/** As `evidence prove` takes it. */
export const lineName = ({ source, seq, line }: LineRef): string => `${source}/${seq}/${line}`;

/** `2026-06-29 02:00:00`, UTC. */
export const stamp = (timeMs: number): string =>
  new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');

/** `2026-06-29 02:00:00 to 02:41:12` */
export const span = (firstMs: number, lastMs: number): string => {
  const [first, last] = [stamp(firstMs), stamp(lastMs)];
  if (first === last) return first;
  return `${first} to ${last.startsWith(first.slice(0, 10)) ? last.slice(11) : last}`;
};

/** `T1114.002` of `attack.t1114.002`; other tags are left out. */
export const techniques = (tags: readonly string[]): readonly string[] =>
  tags.flatMap(tag => {
    const id = /^attack\.(t\d{4}(?:\.\d{3})?)$/.exec(tag)?.[1];
    return id === undefined ? [] : [id.toUpperCase()];
  });

/** What the whole of it came to. */
export const huntSentence = (report: HuntReport): string => {
  const { mode, alerts, repeated, suppressed, backtest = [] } = report;
  if (mode === 'backtest') {
    const firing = backtest.filter(each => each.alerts > 0);
    const sum = firing.reduce((total, each) => total + each.alerts, 0);
    return firing.length === 0
      ? 'no rule would have fired'
      : `${counted(firing.length, 'rule')} would have fired: ${counted(sum, 'alert')}`;
  }
  const also = [
    ...(repeated > 0 ? [`${counted(repeated, 'sighting')} more of open alerts`] : []),
    ...(suppressed > 0 ? [`${counted(suppressed, 'sighting')} kept back`] : []),
  ];
  const fresh = alerts.length === 0 ? 'no new alert' : counted(alerts.length, 'new alert');
  return [fresh, ...also].join(', ');
};

/** What it rests on. */
export const basisOf = ({ lines, rules }: HuntReport): string => {
  const { events, sources, notUnderstood, firstMs, lastMs } = lines;
  const when =
    firstMs === undefined || lastMs === undefined ? '' : `, ${span(firstMs, lastMs)} UTC`;
  const share = notUnderstood === 0 ? '' : `, ${number(notUnderstood)} of them not understood`;
  if (events === 0 && sources > 0)
    return `nothing came to ${counted(sources, 'source')} since the last time`;
  return `${counted(events, 'event')} of ${counted(sources, 'source')}${when}${share}; ${counted(rules.run, 'rule')}, of which ${number(rules.about)} are about these logs`;
};
