import type { ScopePicture, ScopeType } from '../../core/scope-report.ts';
import type { Bounds } from '../../scope/bounds.ts';
import type { Basis } from '../../scope/extent.ts';

/** What a component may do, as a picture names it: the rules by which its reach brings people in. */
const permissions: Partial<Readonly<Record<Basis, string>>> = {
  reach: 'read stored mail',
  passed: 'read what passes',
  record: 'read records',
  gap: 'unseen: logs missing',
};

const noTenant = 'in no list';

/** From what was breached to data types, of the people within reach. */
export const pictureOf = (
  subject: string,
  { withinReach, bases }: Bounds,
  types: readonly ScopeType[],
): ScopePicture => {
  if (withinReach.people === 0) return { nodes: [], flows: [] };
  const means = bases.flatMap(({ basis, people }) => {
    const name = permissions[basis];
    return name === undefined || people === 0 ? [] : [{ name, people }];
  });
  const through = means.length > 0 ? means : [{ name: 'as logs show', people: withinReach.people }];
  const titles = new Map(types.map(({ type, title }) => [type, title]));
  const tenants = [
    ...withinReach.byTenant.map(({ tenant, people, types: held }) => ({
      name: tenant === '' ? 'no tenant named' : tenant,
      people,
      held: held.map(({ type, shared }) => ({ name: titles.get(type) ?? type, people: shared })),
    })),
    ...(withinReach.others === 0 ? [] : [{ name: noTenant, people: withinReach.others, held: [] }]),
  ];
  // By which of several permissions a tenant's people were reached is not counted: by the widest, then.
  const [widest] = through.toSorted((a, b) => b.people - a.people);
  return {
    nodes: [
      { column: 0, name: subject, people: withinReach.people },
      ...through.map(each => ({ column: 1 as const, ...each })),
      ...tenants.map(({ name, people }) => ({ column: 2 as const, name, people })),
      ...types
        .filter(({ withinReach: { shared } }) => shared > 0)
        .map(({ title, withinReach: { shared } }) => ({
          column: 3 as const,
          name: title,
          people: shared,
        })),
    ],
    flows: [
      ...through.map(({ name, people }) => ({
        column: 0 as const,
        from: subject,
        to: name,
        people,
      })),
      ...tenants.map(({ name, people }) => ({
        column: 1 as const,
        from: widest?.name ?? '',
        to: name,
        people,
      })),
      ...tenants.flatMap(({ name, held }) =>
        held
          .filter(({ people }) => people > 0)
          .map(each => ({ column: 2 as const, from: name, to: each.name, people: each.people })),
      ),
    ],
  };
};
