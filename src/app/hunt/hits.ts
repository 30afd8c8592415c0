import type { LineRef, WatchedEvent } from '../../core/watched-event.ts';
import type { ColumnTruth } from '../../detect/columns/column-truth.ts';
import type { FieldValue, Scalar } from '../../detect/fields/field-space.ts';
import type { Hit } from '../../detect/hit.ts';
import type { SegmentColumns } from './segment-columns.ts';
import type { ShapeRule } from './shape-rules.ts';
import type { WatchedRule } from './watched-rule.ts';

type Values = NonNullable<Hit['values']>;

const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value);

/** One text, or all of a field that has several. */
const asValue = (value: FieldValue): Values[string] | undefined => {
  if (value === undefined || value === null) return undefined;
  if (!isList(value)) return String(value);
  const texts = value.filter(each => each !== null).map(String);
  return texts.length > 1 ? texts : texts[0];
};

const optional = (
  user: string | undefined,
  actor: string | undefined,
  app: string | undefined,
  address: string | undefined,
): Pick<Hit, 'user' | 'actor' | 'app' | 'address'> => ({
  ...(user === undefined ? {} : { user }),
  ...(actor === undefined ? {} : { actor }),
  ...(app === undefined ? {} : { app }),
  ...(address === undefined ? {} : { address }),
});

const withValues = (values: Record<string, Values[string]>): Pick<Hit, 'values'> =>
  Object.keys(values).length === 0 ? {} : { values };

/** A rule's hit, out of an event that is there whole. */
export const hitOfEvent = ({ rule, fields }: WatchedRule, watched: WatchedEvent): Hit => {
  const { event, source, seq, line, timeMs } = watched;
  const values: Record<string, Values[string]> = {};
  for (const { name, get } of fields) {
    const value = asValue(get(watched));
    if (value !== undefined) values[name] = value;
  }
  const { user, actor, app, from, component, kind } = event;
  return {
    rule: rule.id,
    source,
    seq,
    line,
    timeMs,
    component,
    kind,
    ...optional(user?.name, actor?.name, app?.uid ?? app?.name, from?.ip),
    ...withValues(values),
  };
};

/** The same, where columns hold all that a hit says; undefined where a row turns out to need its line. */
export const hitOfRow = (
  { watched: { rule }, kind, component, fields = [] }: ShapeRule,
  columns: SegmentColumns,
  truth: ColumnTruth,
  row: number,
  ref: LineRef,
  timeMs: number,
): Hit | undefined => {
  const values: Record<string, Values[string]> = {};
  for (const { name, leaves } of fields) {
    const found: Scalar[] = [];
    if (!truth.gather(leaves, row, found)) return undefined;
    const value = asValue(found);
    if (value !== undefined) values[name] = value;
  }
  return {
    rule: rule.id,
    ...ref,
    timeMs,
    component,
    kind,
    ...optional(
      columns.text('user', row),
      columns.text('actor', row),
      columns.text('app', row),
      columns.text('address', row),
    ),
    ...withValues(values),
  };
};
