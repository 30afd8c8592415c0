import type { FileView } from '../../../core/files.ts';
import { idMatches } from '../../../core/policy.ts';

/** Where dnf, yum and zypper are told of repositories. */
export const repositoryFilePatterns: readonly string[] = [
  '/etc/yum.repos.d/*.repo',
  '/etc/distro.repos.d/*.repo',
  '/etc/zypp/repos.d/*.repo',
];
/** dnf 5's changes to them (dnf5-config-manager(8)); section names may hold wildcards. */
export const overridePatterns: readonly string[] = [
  '/usr/share/dnf5/repos.override.d/*.repo',
  '/etc/dnf/repos.override.d/*.repo',
];

const filesMax = 500;

interface Section {
  readonly id: string;
  readonly enabled?: boolean;
}

const sectionsIn = (text: string): readonly Section[] => {
  const sections: { id: string; enabled?: boolean }[] = [];
  for (const line of text.split('\n').slice(0, 20_000)) {
    const id = /^\[([^\]\s]{1,200})\]/.exec(line)?.[1];
    if (id !== undefined) sections.push({ id });
    const enabled = /^enabled\s*=\s*(\w{1,10})/i.exec(line)?.[1]?.toLowerCase();
    const last = sections.at(-1);
    if (enabled !== undefined && last !== undefined) {
      last.enabled = ['1', 'true', 'yes', 'on', 'enabled'].includes(enabled);
    }
  }
  return sections.filter(({ id }) => id !== 'main');
};

/** Ids of the repositories that are switched on; nothing when no file names any repository. */
export const enabledRepositories = (files: FileView): ReadonlySet<string> | undefined => {
  const read = (patterns: readonly string[]): readonly Section[] =>
    patterns
      .flatMap(pattern => files.glob(pattern))
      .slice(0, filesMax)
      .flatMap(path => sectionsIn(files.text(path) ?? ''));
  const state = new Map<string, boolean>();
  for (const { id, enabled = true } of read(repositoryFilePatterns)) state.set(id, enabled);
  if (state.size === 0) return undefined;
  for (const { id: pattern, enabled } of read(overridePatterns)) {
    if (enabled === undefined) continue;
    for (const id of state.keys()) if (idMatches(pattern, id)) state.set(id, enabled);
  }
  return new Set([...state].filter(([, enabled]) => enabled).map(([id]) => id));
};
