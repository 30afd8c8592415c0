import type { Configuration } from '../../core/policy.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { wantedSources } from './customer-sources.ts';

export interface ScanCustomers {
  readonly store: string;
  /** `--customers` */
  readonly given: string | undefined;
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pseudonyms: () => Pseudonyms;
  readonly now: Date;
  readonly say: (stage: string) => void;
}

/** Reads the lists that a scan is to know of, if any. @returns what could not be used of them */
export const scanCustomers = async ({
  store,
  given,
  configuration,
  environment,
  pseudonyms,
  now,
  say,
}: ScanCustomers): Promise<readonly Unseen[]> => {
  const sources = wantedSources(given, configuration);
  if (sources.length === 0) return [];
  const { regions, customerNumberSeparators: separators } = configuration.exposure;
  let lastMs = 0;
  // Most scans have no list to read.
  const { refreshCustomers } = await import('./refresh-customers.ts');
  const { unseen } = await refreshCustomers({
    store,
    sources,
    folder: configuration.folder ?? '.',
    environment,
    pseudonyms: pseudonyms(),
    regions,
    ...(separators === undefined ? {} : { separators }),
    tenants: configuration.tenants,
    now,
    progress: ({ list, rows, share }) => {
      const nowMs = performance.now();
      if (nowMs - lastMs < 250) return;
      lastMs = nowMs;
      const part = share === undefined ? '' : `, ${Math.floor(100 * share)} %`;
      say(`${list}: ${rows.toLocaleString('en-US')} rows${part}`);
    },
  });
  return unseen;
};
