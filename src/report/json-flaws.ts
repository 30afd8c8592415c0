import type { AnsweredComponent } from '../core/answer.ts';
import { printable } from './plain.ts';
import { softwareOf } from './software.ts';

/** Every flaw once for each piece of software, and under which names the parts refer to it. */
export interface SharedFlaws {
  /** By name: `deb:roundcube CVE-2025-49113`. */
  readonly flaws: Readonly<Record<string, object>>;
  readonly findings: ReadonlyMap<AnsweredComponent, readonly string[]>;
}

/**
 * Dozens of parts come from one source package and share its flaws. Where what is said of one differs
 * between parts (a part that faces nobody has longer), it stands once for each way: `… (2)`.
 */
export const sharedFlaws = (components: readonly AnsweredComponent[]): SharedFlaws => {
  const softwareFor = softwareOf(components);
  const rows = new Map<string, object>();
  const names = new Map<string, string>();
  const ways = new Map<string, number>();
  const findings = new Map<AnsweredComponent, readonly string[]>();
  for (const component of components) {
    if (component.flaws === undefined) continue;
    const software = softwareFor(component);
    const refer = (finding: { readonly id: string }): string => {
      const row = { software, ...finding };
      const told = JSON.stringify(row);
      const known = names.get(told);
      if (known !== undefined) return known;
      // Half a surrogate pair must not become part of a key.
      const plain = printable(`${software} ${finding.id}`);
      let way = ways.get(plain) ?? 0;
      let name = plain;
      do {
        way += 1;
        name = way === 1 ? plain : `${plain} (${way})`;
      } while (rows.has(name));
      ways.set(plain, way);
      rows.set(name, row);
      names.set(told, name);
      return name;
    };
    findings.set(component, component.flaws.findings.map(refer));
  }
  return { flaws: Object.fromEntries(rows), findings };
};
