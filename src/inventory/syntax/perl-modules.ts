import type { FileView } from '../../core/files.ts';

/** Folders in which Perl looks for modules, on Debian, Fedora and by hand. */
export const perlFolders: readonly string[] = [
  '/usr/share/perl5',
  '/usr/share/perl5/vendor_perl',
  '/usr/local/share/perl5',
  '/usr/local/share/perl/5.*.*',
  '/usr/local/lib/site_perl',
  '/etc/perl',
  '/usr/lib/perl5/vendor_perl/5.*',
  '/usr/local/share/perl5/5.*',
];

/** The file of a Perl module, where one of Perl's folders holds it. */
export const findModule = (files: FileView, name: string): string | undefined => {
  const tail = `${name.replaceAll('::', '/')}.pm`;
  for (const folder of perlFolders) {
    const path = folder.includes('*') ? files.glob(`${folder}/${tail}`)[0] : `${folder}/${tail}`;
    if (path !== undefined && files.stat(path)?.kind === 'file') return path;
  }
  return undefined;
};

/** `our $VERSION = '1.5';` in a module's own source. */
export const moduleVersion = (text: string): string | undefined =>
  /^[ \t]*(?:our[ \t]+|my[ \t]+)?\$(?:\w+::)*VERSION[ \t]*=[ \t]*["']?v?(\d[\w.]{0,40})/m.exec(
    text,
  )?.[1];
