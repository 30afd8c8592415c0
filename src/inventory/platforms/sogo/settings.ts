import type { FileView } from '../../../core/files.ts';
import { type PlistValue, plistEntry, readPlist } from '../../syntax/plist.ts';

/** A dictionary of settings: the whole host's, or those of one mail domain. */
export interface SogoScope {
  readonly path: string;
  readonly values: PlistValue;
  /** Name of the domain, for its own settings. */
  readonly domain?: string;
}

export const sogoConfigs = [
  '/etc/sogo/sogo.conf',
  '/usr/local/etc/sogo/sogo.conf',
  '/var/lib/sogo/GNUstep/Defaults/.GNUstepDefaults',
  '/home/sogo/GNUstep/Defaults/.GNUstepDefaults',
] as const;

/** Older files wrap everything into a domain of GNUstep's defaults. */
const unwrap = (value: PlistValue): PlistValue => plistEntry(value, 'sogod')?.value ?? value;

/**
 * The settings and, behind them, those of each mail domain. A file that GNUstep cannot read is
 * ignored by it as a whole; so it is here, and noted.
 */
export const sogoScopes = (files: FileView): readonly SogoScope[] => {
  const path = sogoConfigs.find(each => files.stat(each)?.kind === 'file');
  const text = path === undefined ? undefined : files.text(path);
  if (path === undefined || text === undefined) return [];
  if (text.trimStart().startsWith('<?xml')) {
    files.note({
      what: path,
      why: 'is an XML property list, which is not read',
      how: 'Move the settings to /etc/sogo/sogo.conf, as SOGo recommends.',
    });
    return [];
  }
  const { value, fault } = readPlist(text);
  if (fault !== undefined) {
    files.note({
      what: `${path}:${fault.line}`,
      why: `${fault.why}; SOGo would ignore the whole file`,
      how: `Mend it; plparse ${path} shows where it breaks.`,
    });
  }
  if (value === undefined) return [];
  const whole = unwrap(value);
  const domains = plistEntry(whole, 'domains')?.value;
  const own = domains?.is === 'dictionary' ? domains.entries.slice(0, 2_000) : [];
  return [
    { path, values: whole },
    ...own.map(({ key, value: values }) => ({ path, values, domain: key })),
  ];
};
