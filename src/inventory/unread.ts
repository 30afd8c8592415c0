import type { Component } from '../core/component.ts';
import type { FileView } from '../core/files.ts';

/**
 * What a part logs, and that it is switched off, told anew where a file that this rests on is there and
 * could not be read: whatever was said then comes from defaults, which that file may override.
 */
export const withoutUnread = (
  files: FileView,
  components: readonly Component[],
): readonly Component[] => {
  const unread = new Set(
    files.unseen
      .filter(({ why }) => /^(?:cannot be read \(|is \d+ bytes long, more than the )/.test(why))
      .map(({ what }) => what),
  );
  if (unread.size === 0) return components;
  return components.map(component => {
    const found = component.foundAt.find(({ path }) => unread.has(path))?.path;
    const logs = component.logs.map((log): Component['logs'][number] => {
      const { question, because, emitted } = log;
      const path = because !== undefined && unread.has(because.path) ? because.path : found;
      return path === undefined || emitted === 'unknown'
        ? log
        : { question, emitted: 'unknown', why: `${path} could not be read`, because: { path } };
    });
    const isOffBy = found !== undefined && component.enabled === false;
    return { ...component, logs, ...(isOffBy ? { enabled: null } : {}) };
  });
};
