/** A thread that does pieces of a scoping, beside others. */
import { parentPort } from 'node:worker_threads';
import { doScopeStep, type ScopeStep } from './scope-steps.ts';
import { type ScopeShared, ScopeWork } from './scope-work.ts';

interface Asked {
  readonly shared?: ScopeShared;
  readonly step?: ScopeStep;
  readonly thread: number;
}

let work: ScopeWork | undefined;

parentPort?.on('message', ({ shared, step, thread }: Asked) => {
  if (shared !== undefined) work = new ScopeWork(shared);
  if (step === undefined || work === undefined) return;
  try {
    parentPort?.postMessage({ done: doScopeStep(work, step, thread) }, []);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    parentPort?.postMessage({ why }, []);
  }
});
