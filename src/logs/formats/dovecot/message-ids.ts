import { OpenThings } from '../../draft.ts';

/** What a line told, in turn: whose folder it is, the folder, the uid and the message id. */
const perLine = 4;

/**
 * Message ids by mailbox, folder and uid, of lines that name both: exported events of reading name the uid
 * alone. A folder that is deleted or renamed gives its uids out anew.
 */
export class MessageIds {
  readonly #max: number;
  /** Told by lines, and not looked at yet: most logs have no exported events, and nobody ever asks. */
  #told: (string | number)[] = [];
  /** Where the next one goes, once the list is full. */
  #next = 0;
  readonly #ids: OpenThings<string>;
  readonly #eras: OpenThings<number>;
  #era = 0;
  #isAsked = false;

  constructor(countMax: number) {
    this.#max = Math.max(1, countMax);
    this.#ids = new OpenThings(countMax);
    this.#eras = new OpenThings(countMax);
  }

  learn(
    user: string | undefined,
    folder: string | undefined,
    uid: number | undefined,
    messageId: string | undefined,
  ): void {
    if (user === undefined || folder === undefined || uid === undefined) return;
    if (messageId === undefined) return;
    if (this.#isAsked) this.#ids.set(this.#key(user, folder, uid), messageId);
    else if (this.#told.length < this.#max * perLine) {
      this.#told.push(user, folder, uid, messageId);
    } else {
      const told = this.#told;
      const at = this.#next;
      told[at] = user;
      told[at + 1] = folder;
      told[at + 2] = uid;
      told[at + 3] = messageId;
      this.#next = (at + perLine) % told.length;
    }
  }

  find(
    user: string | undefined,
    folder: string | undefined,
    uid: number | undefined,
  ): string | undefined {
    if (user === undefined || folder === undefined || uid === undefined) return undefined;
    this.#ask();
    return this.#ids.get(this.#key(user, folder, uid));
  }

  /** The folder is gone, or is another one now. */
  forget(user: string | undefined, folder: string | undefined): void {
    if (user === undefined || folder === undefined) return;
    this.#ask();
    this.#era += 1;
    this.#eras.set(`${user}\0${folder}`, this.#era);
  }

  #key(user: string, folder: string, uid: number): string {
    const era = this.#eras.size === 0 ? 0 : (this.#eras.get(`${user}\0${folder}`) ?? 0);
    return `${era}\0${user}\0${folder}\0${uid}`;
  }

  /** From here on, everything is looked up. */
  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const told = this.#told;
    this.#told = [];
    for (let i = 0; i < told.length; i += perLine) {
      const at = (this.#next + i) % told.length;
      const [user, folder, uid, id] = told.slice(at, at + perLine);
      this.#ids.set(this.#key(String(user), String(folder), Number(uid)), String(id));
    }
  }
}
