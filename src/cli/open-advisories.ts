import type { OpenIndex } from '../app/advisories/open.ts';
import type { Invocation } from './arguments.ts';
import { storeToRead } from './store-folder.ts';
import { type Aim, sampleFolder } from './target.ts';

/** The advisory database that a target is judged by; absent where nobody filled one. */
export const openAdvisories = async (
  invocation: Invocation,
  { target, files, now }: Aim,
): Promise<OpenIndex | undefined> => {
  if (!('sample' in target)) {
    const { openIndex } = await import('../app/advisories/open.ts');
    return openIndex(storeToRead(invocation), files);
  }
  const { sampleIndex } = await import('../app/advisories/sample.ts');
  return { ...(await sampleIndex(`${sampleFolder}advisories`, now)), close: () => {} };
};
