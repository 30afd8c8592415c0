import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readBom } from '../advisories/bom/bom.ts';
import { readDeployments } from '../advisories/bom/deployments.ts';
import { subjectOf } from '../advisories/bom/subject.ts';
import { openMatching } from '../advisories/matching/match.ts';
import { keyOfPurl } from '../advisories/product-key.ts';
import {
  type ApplicationJudge,
  type ApplicationRecord,
  applicationRecord,
} from '../advisories/urgency/application.ts';
import { deadlineOf } from '../advisories/urgency/deadline.ts';
import type { UnreadApplication } from '../advisories/urgency/parity.ts';
import type { AdvisoryIndex } from '../core/advisory-index.ts';
import { messageOf } from '../core/errors.ts';
import type { FlawFacts } from '../core/finding.ts';
import type { Configuration, CustomerFacing } from '../core/policy.ts';
import { maxAgeHoursOf } from './advisories/sources.ts';

const fileBytesMax = 64 << 20;

/** Text of a file that `postern.yaml` names. A pipe does not hang it, a device does not fill it. */
const textOf = (path: string): string => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error('it is not a file');
    if (stats.size > fileBytesMax) {
      throw new Error(`it has ${stats.size} bytes; at most ${fileBytesMax} are read`);
    }
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
};

const reason = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    ? 'no such file'
    : messageOf(thrown);

/** Judges parts of bills of materials by the database that judges the mail platform. */
const openJudge = (
  index: AdvisoryIndex,
  configuration: Configuration,
  now: Date,
  system: string | undefined,
): ApplicationJudge => {
  const matchers = new Map<string, ReturnType<typeof openMatching>>();
  const asked = new Map<string, FlawFacts>();
  const unknown = new Map<string, boolean>();
  const isUnknown = (purl: string): boolean => {
    const key = keyOfPurl(purl)?.key;
    // A distribution's package is asked for by its source's name, too.
    if (key === undefined || /^pkg:\/{0,3}(?:deb|rpm|apk)\//i.test(purl)) return false;
    const known = unknown.get(key);
    if (known !== undefined) return known;
    const none = index.about(key).length === 0 && index.vexAbout(key).length === 0;
    unknown.set(key, none);
    return none;
  };
  return {
    flawsOf: part => {
      const subject = subjectOf(part, system);
      if ('unjudged' in subject) return subject;
      const { component, distribution } = subject;
      const release = `${distribution.id} ${distribution.versionId}`;
      const question = JSON.stringify(
        // Of what nobody speaks, every version has the same answer.
        isUnknown(part.purl)
          ? [keyOfPurl(part.purl)?.key]
          : [component.purl, component.version, component.package, release],
      );
      const known = asked.get(question);
      if (known !== undefined) return known;
      const match =
        matchers.get(release) ??
        openMatching({
          index,
          distribution,
          now,
          maxAgeHours: holding => maxAgeHoursOf(configuration.advisories, holding),
        });
      matchers.set(release, match);
      const facts = match(component, []);
      asked.set(question, facts);
      return facts;
    },
    deadlineOf: finding =>
      deadlineOf(
        finding,
        { internet: true, why: 'it is a customer-facing application' },
        configuration.policy,
        now,
      ),
  };
};

export interface CustomerFacingRecords {
  readonly applications: readonly ApplicationRecord[];
  readonly unread: readonly UnreadApplication[];
}

const recordOf = (
  { name, sbom, history }: CustomerFacing,
  index: AdvisoryIndex,
  configuration: Configuration,
  now: Date,
): ApplicationRecord | UnreadApplication => {
  const pathOf = (path: string): string => resolve(configuration.folder ?? '.', path);
  let text: string;
  try {
    text = textOf(pathOf(sbom));
  } catch (thrown) {
    return { name, why: `${sbom}: ${reason(thrown)}` };
  }
  const bom = readBom(text);
  if ('refused' in bom) return { name, why: `${sbom}: ${bom.refused}` };
  const judge = openJudge(index, configuration, now, bom.system);
  if (history === undefined) return applicationRecord({ name, bom }, judge, now);
  try {
    const deployments = readDeployments(textOf(pathOf(history)), now);
    if (!('unread' in deployments))
      return applicationRecord({ name, bom, deployments }, judge, now);
    const record = applicationRecord({ name, bom }, judge, now);
    return { ...record, doubts: [`${history}: ${deployments.unread}`, ...record.doubts] };
  } catch (thrown) {
    const record = applicationRecord({ name, bom }, judge, now);
    return { ...record, doubts: [`${history}: ${reason(thrown)}`, ...record.doubts] };
  }
};

/**
 * How fast each customer-facing application of `policy.customerFacing` is mended. A file that cannot be
 * read or understood leaves its application out, with the reason; nothing is thrown for it.
 */
export const customerFacingRecords = (
  configuration: Configuration,
  index: AdvisoryIndex,
  now: Date,
): CustomerFacingRecords => {
  const applications: ApplicationRecord[] = [];
  const unread: UnreadApplication[] = [];
  for (const application of configuration.policy.customerFacing) {
    const record = recordOf(application, index, configuration, now);
    if ('why' in record) unread.push(record);
    else applications.push(record);
  }
  return { applications, unread };
};
