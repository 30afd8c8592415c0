import { pastCases } from '../../advisories/replay/cases.ts';
import { replayCases, replayCaveats } from '../../advisories/replay/replay.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { Placed } from '../../core/exposed.ts';
import type { FileView } from '../../core/files.ts';
import type { Configuration } from '../../core/policy.ts';
import type { Replay } from '../../core/replay.ts';
import type { Unseen } from '../../core/unseen.ts';
import { presentable } from '../../core/url-text.ts';
import { takeInventory } from '../../inventory/take.ts';
import { ancestorsOf } from '../ancestors.ts';
import { joinIndexes } from '../flaws.ts';
import { noteOn, withNote } from '../settle.ts';
import { toolVersion } from '../version.ts';
import { shippedNotes } from './shipped-notes.ts';

export interface ReplayRequest {
  readonly files: FileView;
  readonly configuration: Configuration;
  readonly target: Replay['target'];
  readonly now: Date;
  /** The database; absent: only the notes that ship with Postern. */
  readonly advisories?: AdvisoryIndex;
  readonly progress?: (stage: string) => void;
}

export interface ReplayAnswer {
  readonly replay: Replay;
  readonly unseen: readonly Unseen[];
}

/** The notes are in every database that was opened; they are not asked twice. */
const withNotes = (advisories: AdvisoryIndex | undefined): AdvisoryIndex => {
  if (advisories === undefined) return shippedNotes();
  const shipped = advisories.holdings.some(({ from }) => from === 'shipped with Postern');
  return shipped ? advisories : joinIndexes([shippedNotes(), advisories]);
};

/** Walks the cases of the past over this estate: who would have been told, and when. */
export const replay = (request: ReplayRequest): ReplayAnswer => {
  const { files, configuration, target, now, advisories, progress = () => {} } = request;
  progress('reading configuration');
  const { components: found, packages } = takeInventory(files);
  const notes = new Map(found.map(each => [each.id, noteOn(each, configuration)]));
  const components = presentable(found).map(each =>
    withNote(each, notes.get(each.id), configuration.path),
  );
  const byId = new Map(components.map(each => [each.id, each]));
  const parts = components.map((component): Placed => {
    const note = notes.get(component.id);
    return {
      component,
      ancestors: ancestorsOf(component, byId),
      ...(note === undefined ? {} : { note }),
    };
  });
  progress('replaying past cases');
  const index = withNotes(advisories);
  return {
    replay: {
      generated: now.toISOString(),
      tool: { name: 'postern', version: toolVersion },
      target,
      held: [...new Set(index.holdings.map(({ feed }) => feed))].sort(),
      caveats: replayCaveats,
      cases: replayCases(pastCases, {
        parts,
        distribution: packages.distribution,
        index,
        policy: configuration.policy,
        now,
      }),
    },
    unseen: presentable(files.unseen),
  };
};
