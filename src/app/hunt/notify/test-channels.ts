import type { WatchPolicy } from '../../../core/watch-policy.ts';
import { HuntState } from '../../../store/hunt-state.ts';
import { type AlertsRequest, sendSetting } from '../alerts/open-alerts.ts';
import { notifyTest, type TestedChannel } from './notify-test.ts';

export interface TestRequest
  extends Pick<AlertsRequest, 'folder' | 'environment' | 'host' | 'organisation' | 'now'> {
  readonly store: string;
  readonly policy: WatchPolicy;
}

/** Sends every channel a message, and remembers which of them work. */
export const testChannels = async (request: TestRequest): Promise<readonly TestedChannel[]> => {
  const { store, folder, environment, ...rest } = request;
  const state = new HuntState(store);
  try {
    return await notifyTest({ ...rest, state, setting: sendSetting({ folder, environment }) });
  } finally {
    state.close();
  }
};
