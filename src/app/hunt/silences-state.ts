import { daysKept } from '../../detect/baselines/history.ts';
import { HeardSource } from '../../detect/silence/heard-source.ts';
import { noReading, Reading, type ReadingState } from '../../detect/silence/reading.ts';
import {
  dayNumbers,
  type Ends,
  type HeardLine,
  type Silence,
  Voice,
} from '../../detect/silence/voice.ts';
import type { HuntSilences } from '../../store/hunt-silences.ts';

interface SourceContent {
  readonly open?: number;
  readonly late: number;
  readonly crowded: number;
  readonly reading: ReadingState;
}

interface VoiceContent {
  readonly component?: string;
  readonly host?: string;
  readonly firstHour: number;
  readonly before?: HeardLine;
  readonly silence?: Silence;
  readonly ends: readonly (readonly [hour: number, ends: Ends])[];
}

const numberBytes = 4;

const packed = (counts: Uint32Array): Uint8Array => {
  const bytes = Buffer.alloc(counts.length * numberBytes);
  for (const [i, count] of counts.entries()) bytes.writeUInt32LE(count, i * numberBytes);
  return bytes;
};

const unpacked = (packedCounts: Uint8Array): Uint32Array => {
  const { buffer, byteOffset, byteLength } = packedCounts;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return Uint32Array.from({ length: dayNumbers }, (_, i) =>
    (i + 1) * numberBytes <= bytes.length ? bytes.readUInt32LE(i * numberBytes) : 0,
  );
};

const voiceContent = (voice: Voice): VoiceContent => {
  const { component, host, firstHour, before, silence, ends } = voice;
  return {
    ...(component === undefined ? {} : { component }),
    ...(host === undefined ? {} : { host }),
    firstHour,
    ...(before === undefined ? {} : { before }),
    ...(silence === undefined ? {} : { silence }),
    ends: [...ends],
  };
};

/** What is known of when logs speak, as it lies in a store. It names components and hosts, and nobody. */
export class SilencesState {
  private readonly kept: HuntSilences;
  /** What was last written down of each. */
  private readonly written = new Map<string, string>();

  constructor(kept: HuntSilences) {
    this.kept = kept;
  }

  load(): {
    readonly sources: readonly HeardSource[];
    readonly readings: ReadonlyMap<string, Reading>;
  } {
    const { kept } = this;
    const sources = new Map<string, HeardSource>();
    const readings = new Map<string, Reading>();
    for (const { source, content } of kept.sources()) {
      const { open, late, crowded, reading } = JSON.parse(content) as SourceContent;
      const heard = new HeardSource(source);
      heard.open = open;
      heard.late = late;
      heard.crowded = crowded;
      sources.set(source, heard);
      readings.set(source, new Reading(reading));
      this.written.set(source, content);
    }
    for (const { source, voice: key, content } of kept.voices()) {
      const { firstHour, before, silence, ends, ...about } = JSON.parse(content) as VoiceContent;
      const voice = new Voice(about, firstHour);
      voice.before = before;
      voice.silence = silence;
      for (const [hour, each] of ends) voice.ends.set(hour, each);
      sources.get(source)?.voices.set(key, voice);
      this.written.set(`${source}\0${key}`, content);
    }
    for (const { source, voice, day, counts } of kept.days()) {
      sources.get(source)?.voices.get(voice)?.days.set(day, unpacked(counts));
    }
    return { sources: [...sources.values()], readings };
  }

  /** Writes down what is new of a source: within the transaction of a pass. */
  save(heard: HeardSource, reading: Reading | undefined): void {
    const { kept } = this;
    const { name: source, open, late, crowded } = heard;
    for (const voice of heard.forget()) {
      kept.dropVoice(source, voice);
      this.written.delete(`${source}\0${voice}`);
    }
    const content: SourceContent = {
      ...(open === undefined ? {} : { open }),
      late,
      crowded,
      reading: reading?.state ?? noReading,
    };
    if (this.isNew(source, content)) {
      kept.putSource({ source, content: JSON.stringify(content) });
    }
    let newest = -Infinity;
    for (const [voice, each] of heard.voices) {
      const about = voiceContent(each);
      if (this.isNew(`${source}\0${voice}`, about)) {
        kept.putVoice({ source, voice, content: JSON.stringify(about) });
      }
      for (const day of each.changedDays) {
        const counts = each.days.get(day);
        if (counts !== undefined) kept.putDay({ source, voice, day, counts: packed(counts) });
        if (day > newest) newest = day;
      }
      each.changedDays.clear();
    }
    if (Number.isFinite(newest)) kept.dropDays(source, newest - 2 * daysKept);
  }

  private isNew(key: string, content: object): boolean {
    const text = JSON.stringify(content);
    if (this.written.get(key) === text) return false;
    this.written.set(key, text);
    return true;
  }
}
