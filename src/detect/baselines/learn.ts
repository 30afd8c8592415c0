import { dayOfHour } from './calendar.ts';
import type { Feature, Features } from './features.ts';
import { beginningDays, floors, outOfUsual, silentDays, strangeKey, toldKey } from './judgement.ts';
import type { ComponentMemory, Subject, SubjectKind } from './memory.ts';

/** Ten minutes are over: what was counted of them. */
export const learnWindow = (
  memory: ComponentMemory,
  hour: number,
  unit: number,
  ofWindow: Features,
): void => {
  const { mailboxes } = ofWindow.all;
  if (mailboxes === 0) return;
  const day = dayOfHour(hour);
  memory.history.add('window', hour, unit, mailboxes);
  memory.changedDays.add(day);
  for (const kind of ['actor', 'app', 'address'] as const) {
    for (const feature of ofWindow.byKind[kind].values()) {
      if (feature.mailboxes === 0) continue;
      // Of addresses only those that are known are looked at by ten minutes.
      const subject = memory.subjectOrNew(kind, feature.id, day);
      subject?.history.add('window', hour, unit, feature.mailboxes);
      subject?.changedDays.add(day);
    }
  }
};

/** What those did of whom nothing, or nothing of late, is known: before they are known. */
const learnPeers = (memory: ComponentMemory, day: number, ofHour: Features): void => {
  // At first everybody is new: that says nothing of who comes later.
  const isBegun = memory.observedDays(day) >= beginningDays;
  const put = (kind: SubjectKind, feature: Feature): void => {
    const isTold = memory.told.has(toldKey(kind, feature.id));
    const { mailboxes, reads } = feature;
    if (kind === 'account') {
      memory.peers.put('account', day, reads, isTold);
      return;
    }
    const subject = memory.subject(kind, feature.id);
    const measures = { actor: 'newActor', app: 'newApp', address: 'newAddress' } as const;
    if (subject === undefined || subject.firstDay >= day) {
      if (isBegun) memory.peers.put(measures[kind], day, mailboxes, isTold);
    } else if (kind !== 'address' && memory.observedBetween(subject.lastDay, day) >= silentDays) {
      memory.peers.put(kind === 'actor' ? 'wokeActor' : 'wokeApp', day, mailboxes, isTold);
    }
  };
  for (const feature of ofHour.byKind.actor.values()) put('actor', feature);
  for (const feature of ofHour.byKind.app.values()) put('app', feature);
  for (const feature of ofHour.shared) put('address', feature);
  for (const feature of ofHour.busy) put('account', feature);
};

const learnSubject = (subject: Subject, hour: number, feature: Feature): void => {
  const { history, mailboxes, addresses } = subject;
  const day = dayOfHour(hour);
  let fresh = 0;
  // Whose mailboxes come and go is no news of an address.
  if (!mailboxes.isFull && (subject.kind === 'actor' || subject.kind === 'app')) {
    for (const user of feature.users()) if (mailboxes.put(user, day)) fresh += 1;
  }
  for (const [id] of feature.addresses()) {
    if (!addresses.days.has(id)) subject.newAddressDay = day;
    addresses.put(id, day);
  }
  if (feature.mailboxes > 0) history.add('hour', hour, 0, feature.mailboxes);
  // Of an account all that was read of it; of the others what does not rest on a few.
  const reads = subject.kind === 'account' ? feature.reads : feature.spreadReads;
  if (reads > 0) history.add('reads', hour, 0, reads);
  // On its first days all are new: that says nothing of later ones.
  if (fresh > 0 && day >= subject.firstDay + beginningDays) history.add('fresh', hour, 0, fresh);
  subject.lastDay = Math.max(day, subject.lastDay);
  subject.changedDays.add(day);
};

/** An hour is over: whoever did something in it is known from now on. */
export const learnHour = (
  memory: ComponentMemory,
  hour: number,
  ofHour: Features,
  events: number,
): void => {
  const day = dayOfHour(hour);
  learnPeers(memory, day, ofHour);
  const learn = (kind: SubjectKind, feature: Feature): void => {
    const subject = memory.subjectOrNew(kind, feature.id, day);
    if (subject === undefined) return;
    learnSubject(subject, hour, feature);
    if (kind === 'app') subject.label = feature.text;
    if (memory.told.has(toldKey(kind, feature.id))) subject.history.markStrange(hour);
  };
  for (const feature of ofHour.byKind.actor.values()) learn('actor', feature);
  for (const feature of ofHour.byKind.app.values()) learn('app', feature);
  for (const feature of ofHour.byKind.address.values()) {
    // One that did much before is followed in all that it does.
    const isKnown = memory.subject('address', feature.id) !== undefined;
    if (isKnown || ofHour.shared.has(feature)) learn('address', feature);
    memory.seen.put(feature.id, day);
  }
  for (const feature of ofHour.busy) learn('account', feature);
  learnComponent(memory, hour, ofHour, events);
  memory.told.clear();
};

const learnComponent = (
  memory: ComponentMemory,
  hour: number,
  ofHour: Features,
  events: number,
): void => {
  const { history, told } = memory;
  const { mailboxes } = ofHour.all;
  const reads = ofHour.all.spreadReads;
  // What one who was told of did makes the whole strange, too, where it may show in it.
  const least = floors.component.window ?? 0;
  const isLarge = (kind: SubjectKind, features: Iterable<Feature>): boolean => {
    for (const { id, mailboxes: many } of features) {
      if (many >= least && told.has(toldKey(kind, id))) return true;
    }
    return false;
  };
  const isStrange =
    told.has(toldKey('component', 0)) ||
    isLarge('actor', ofHour.byKind.actor.values()) ||
    isLarge('app', ofHour.byKind.app.values()) ||
    isLarge('address', ofHour.shared) ||
    told.has(strangeKey) ||
    outOfUsual(history, 'hour', hour, mailboxes, floors.component.hour ?? 0) !== undefined;
  if (mailboxes > 0) history.add('hour', hour, 0, mailboxes);
  if (reads > 0) history.add('reads', hour, 0, reads);
  if (events > 0) history.add('events', hour, 0, events);
  if (isStrange) history.markStrange(hour);
  memory.changedDays.add(dayOfHour(hour));
};
