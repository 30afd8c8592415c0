import { type OpenIndex, openIndex } from '../app/advisories/open.ts';
import type { Invocation } from './arguments.ts';
import { storeToRead } from './store-folder.ts';
import type { Aim } from './target.ts';

/** The advisory database that a target is judged by; absent where nobody filled one. */
export const openAdvisories = (
  invocation: Invocation,
  { target, files }: Aim,
): OpenIndex | undefined =>
  'sample' in target ? undefined : openIndex(storeToRead(invocation), files);
