import { pathMatches } from '../../core/glob.ts';
import { joinPath } from '../../core/paths.ts';
import type { ApacheDirective } from './apache.ts';
import type { Audience } from './served.ts';
import { isWithin } from './web-paths.ts';

type Rule = 'everybody' | 'nobody' | { readonly who: readonly string[] };

const everybodyRule: Rule = 'everybody';

/** `Require …` of mod_authz_host; whatever asks for a user leaves the address open. */
const requireRule = (args: readonly string[]): Rule | undefined => {
  const [provider = '', ...rest] = args.map(each => each.toLowerCase());
  if (provider === 'all') return rest[0] === 'denied' ? 'nobody' : everybodyRule;
  if (provider === 'local') return { who: ['localhost'] };
  if (provider === 'ip' || provider === 'host' || provider === 'forward-dns') return { who: rest };
  // A denial by address leaves the rest of the world.
  return provider === 'not' ? undefined : everybodyRule;
};

const anyOf = (rules: readonly Rule[]): Rule => {
  if (rules.includes(everybodyRule)) return everybodyRule;
  const who = rules.flatMap(rule => (typeof rule === 'object' ? rule.who : []));
  return who.length > 0 ? { who } : 'nobody';
};

const allOf = (rules: readonly Rule[]): Rule => {
  if (rules.includes('nobody')) return 'nobody';
  return rules.find(rule => typeof rule === 'object') ?? everybodyRule;
};

const containers: ReadonlySet<string> = new Set(['requireany', 'requireall']);

const rulesIn = (block: readonly ApacheDirective[], depth: number): readonly Rule[] =>
  block.flatMap((each): readonly Rule[] => {
    if (each.name === 'require') {
      const rule = requireRule(each.args);
      return rule === undefined ? [] : [rule];
    }
    if (!containers.has(each.name) || depth > 10) return [];
    const inner = rulesIn(each.block ?? [], depth + 1);
    if (inner.length === 0) return [];
    return [each.name === 'requireall' ? allOf(inner) : anyOf(inner)];
  });

/** `Order`, `Allow` and `Deny` of 2.2 and mod_access_compat. */
const compatRule = (block: readonly ApacheDirective[]): Rule | undefined => {
  const of = (name: string): readonly string[] =>
    block
      .filter(each => each.name === name && each.args[0]?.toLowerCase() === 'from')
      .flatMap(each => each.args.slice(1).map(who => who.toLowerCase()));
  const order = block
    .findLast(each => each.name === 'order')
    ?.args.join('')
    .toLowerCase();
  const allowed = of('allow');
  const denied = of('deny');
  if (order === undefined && allowed.length === 0 && denied.length === 0) return undefined;
  if (order === 'allow,deny') {
    if (denied.includes('all') || allowed.length === 0) return 'nobody';
    return allowed.includes('all') ? everybodyRule : { who: allowed };
  }
  if (!denied.includes('all') || allowed.includes('all')) return everybodyRule;
  return allowed.length > 0 ? { who: allowed } : 'nobody';
};

const ruleOf = (section: ApacheDirective): Rule | undefined => {
  const block = section.block ?? [];
  const rules = rulesIn(block, 0);
  return rules.length > 0 ? anyOf(rules) : compatRule(block);
};

const covers = (pattern: string, path: string): boolean => {
  const wanted = joinPath(pattern);
  if (!/[*?[]/.test(wanted)) return isWithin(wanted, path);
  const depth = wanted.split('/').length;
  return pathMatches(wanted, path.split('/').slice(0, depth).join('/'));
};

const depthOf = (section: ApacheDirective): number =>
  joinPath(section.args[0] ?? '').split('/').length;

/**
 * Directory sections from the shortest to the longest, then Location sections in the order in which
 * they stand; each that states a rule replaces the one before (sections.html, AuthMerging Off).
 */
export const audienceOf = (
  sections: readonly ApacheDirective[],
  target: { readonly folder?: string; readonly url: string },
): Audience => {
  const { folder, url } = target;
  const directories = sections
    .filter(each => each.name === 'directory' && folder !== undefined)
    // What the root section refuses is the default that every site then opens for itself.
    .filter(each => each.args[0] !== '/' && covers(each.args[0] ?? '', folder ?? ''))
    .sort((a, b) => depthOf(a) - depthOf(b));
  const locations = sections.filter(
    each => each.name === 'location' && each.args[0]?.startsWith('/') && covers(each.args[0], url),
  );
  let audience: Audience = {};
  for (const section of [...directories, ...locations]) {
    const rule = ruleOf(section);
    if (rule === undefined) continue;
    const because = { path: section.path, line: section.line };
    audience =
      rule === 'nobody'
        ? { nobody: true }
        : rule === 'everybody'
          ? {}
          : { onlyFrom: { who: rule.who, because } };
  }
  return audience;
};

/** Folders below the target's own that a section of their own opens to fewer, or to nobody. */
export const audiencesBelow = (
  sections: readonly ApacheDirective[],
  target: { readonly folder?: string; readonly url: string },
): readonly { readonly folder: string; readonly audience: Audience }[] => {
  const { folder, url } = target;
  if (folder === undefined) return [];
  const named = sections.flatMap((each): readonly string[] => {
    const [pattern = ''] = each.args;
    if (!pattern.startsWith('/') || /[*?[]/.test(pattern) || ruleOf(each) === undefined) return [];
    const path = joinPath(pattern);
    if (each.name === 'directory') return [path];
    return isWithin(joinPath(url), path)
      ? [joinPath(folder, path.slice(url === '/' ? 0 : joinPath(url).length))]
      : [];
  });
  return [...new Set(named)]
    .filter(path => path !== folder && isWithin(folder, path))
    .map(path => ({
      folder: path,
      audience: audienceOf(sections, {
        folder: path,
        url: joinPath(url, path.slice(folder === '/' ? 0 : folder.length)),
      }),
    }));
};

const engineOf = (section: ApacheDirective): string | undefined =>
  section.block
    ?.findLast(
      ({ name, args }) =>
        /^php\d?_(?:admin_)?(?:flag|value)$/.test(name) && args[0]?.toLowerCase() === 'engine',
    )
    ?.args[1]?.toLowerCase();

/**
 * Whether Directory sections keep mod_php from running the scripts of a folder, and of all below it:
 * `php_admin_flag engine off`, as Debian has it for the folders of users.
 */
export const phpIsOff = (
  sections: readonly ApacheDirective[],
  folder: string | undefined,
): boolean => {
  if (folder === undefined) return false;
  const stated = sections
    .filter(({ name, args }) => name === 'directory' && args[0]?.startsWith('/') === true)
    .map(section => ({ section, engine: engineOf(section) }))
    .filter(({ engine }) => engine !== undefined);
  const isOff = (engine: string | undefined): boolean => engine === 'off' || engine === '0';
  const inEffect = stated
    .filter(({ section }) => covers(section.args[0] ?? '', folder))
    .sort((a, b) => depthOf(a.section) - depthOf(b.section))
    .at(-1);
  const onBelow = stated.some(
    ({ section, engine }) => !isOff(engine) && isWithin(folder, joinPath(section.args[0] ?? '')),
  );
  return inEffect !== undefined && isOff(inEffect.engine) && !onBelow;
};
