import type { Alert, Sighting } from '../../../core/alert.ts';
import type { Unseen } from '../../../core/unseen.ts';
import type { WatchPolicy } from '../../../core/watch-policy.ts';
import type { LabelOf } from '../../../detect/alerts/anonymous.ts';
import type { HuntState } from '../../../store/hunt-state.ts';
import type { ZoneOf } from '../../ingest/zones.ts';
import { PostOffice } from '../notify/post-office.ts';
import type { SendSetting } from '../notify/sent.ts';
import type { Alerts, TakenAlerts } from '../pipeline.ts';
import { AlertBook } from './alert-book.ts';
import { lockLetters, writeFindings } from './findings-file.ts';
import { namesOf } from './names.ts';

export interface AlertsRequest {
  readonly store: string;
  readonly state: HuntState;
  readonly policy: WatchPolicy;
  /** `openLabels` makes it, of the store's key. */
  readonly labelOf: LabelOf;
  readonly zoneOf: ZoneOf;
  /** What paths of `postern.yaml` are relative to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly host: string;
  readonly organisation?: string;
  readonly now: () => number;
  /** How long a delivery may wait for a second attempt: some seconds of a run that ends, 0 of one that goes on. */
  readonly patienceMs: number;
  readonly note: (unseen: Unseen) => void;
}

/** One attempt to reach a channel. */
const attemptMs = 15_000;

export const sendSetting = (
  request: Pick<AlertsRequest, 'folder' | 'environment'>,
): SendSetting => ({
  folder: request.folder,
  environment: request.environment,
  timeoutMs: attemptMs,
});

class StoreAlerts implements Alerts {
  private readonly request: AlertsRequest;
  private readonly book: AlertBook;
  private readonly office: PostOffice;

  constructor(request: AlertsRequest) {
    this.request = request;
    this.book = new AlertBook(request);
    const { state, policy, host, organisation, now, patienceMs } = request;
    this.office = new PostOffice({
      state,
      policy,
      host,
      ...(organisation === undefined ? {} : { organisation }),
      now,
      patienceMs,
      setting: sendSetting(request),
      namesOf: (alerts: readonly Alert[]) => namesOf(alerts, request),
    });
  }

  take(sightings: readonly Sighting[], options: { readonly names: boolean }): TakenAlerts {
    return this.book.take(sightings, options);
  }

  async deliver(): Promise<readonly string[]> {
    const { store, state } = this.request;
    const release = lockLetters(store);
    // Another run is at it, and what is queued is queued for it as well.
    if (release === undefined) return [];
    try {
      writeFindings(store, state);
      return await this.office.deliver();
    } finally {
      release();
    }
  }
}

/** What a run hands its sightings to. */
export const openAlerts = (request: AlertsRequest): Alerts => new StoreAlerts(request);
