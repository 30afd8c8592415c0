/** What comes, and `undefined` once whenever nothing came for so long. */
export async function* withPauses<T>(
  source: AsyncIterable<T>,
  ms: number,
): AsyncGenerator<T | undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<'pause'>(done => {
        timer = setTimeout(() => done('pause'), ms);
      });
      const first = await Promise.race([next, pause]);
      clearTimeout(timer);
      if (first === 'pause') yield undefined;
      const answer = first === 'pause' ? await next : first;
      if (answer.done === true) return;
      yield answer.value;
    }
  } finally {
    // Not waited for: it ends when what is asked of it ends.
    void iterator.return?.();
  }
}

/** A pipe that is written to now and then: a chunk of no bytes says that nothing comes for a while. */
export async function* paced(
  input: AsyncIterable<Uint8Array>,
  ms: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of withPauses(input, ms)) yield chunk ?? new Uint8Array();
}
