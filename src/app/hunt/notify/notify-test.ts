import { randomUUID } from 'node:crypto';
import type { WatchPolicy } from '../../../core/watch-policy.ts';
import { HuntLetters } from '../../../store/hunt-letters.ts';
import type { HuntState } from '../../../store/hunt-state.ts';
import type { LetterContent } from './letter.ts';
import { placeOf } from './place.ts';
import { send } from './send.ts';
import type { SendSetting } from './sent.ts';

export interface NotifyTestRequest {
  readonly state: HuntState;
  readonly policy: WatchPolicy;
  readonly setting: SendSetting;
  readonly host: string;
  readonly organisation?: string;
  readonly now: () => number;
}

export interface TestedChannel {
  readonly name: string;
  readonly kind: string;
  readonly ok: boolean;
  /** What went wrong, or cannot be told. */
  readonly why?: string;
}

/** Sends each channel a message that says it is a test; what came of it is what `monitored` goes by, too. */
export const notifyTest = async (request: NotifyTestRequest): Promise<readonly TestedChannel[]> => {
  const { state, policy, setting, host, organisation, now } = request;
  const letters = new HuntLetters(state);
  return await Promise.all(
    policy.channels.map(async (channel): Promise<TestedChannel> => {
      const content: LetterContent = {
        id: randomUUID(),
        kind: 'test',
        madeMs: now(),
        host,
        ...(organisation === undefined ? {} : { organisation }),
        notes: [
          `This is a test of Postern's channel "${channel.name}". Alerts of level ${channel.from} and above come here${
            channel.atOnce === 'never'
              ? ' with the digest'
              : `; ${channel.atOnce} and above at once`
          }.`,
        ],
        groups: [],
        more: 0,
      };
      const sent = await send(channel, content, setting);
      const { name, kind } = channel;
      state.transaction(() => {
        letters.channel(name, now());
        if (!sent.ok) letters.failed(name, now(), sent.why);
        else {
          letters.worked(name, now(), placeOf(channel));
          // Somebody mended it: what could not be delivered goes with the next run.
          letters.revive(now(), name);
        }
      });
      if (!sent.ok) return { name, kind, ok: false, why: sent.why };
      const why = sent.remark ?? sent.unsure;
      return { name, kind, ok: true, ...(why === undefined ? {} : { why }) };
    }),
  );
};
