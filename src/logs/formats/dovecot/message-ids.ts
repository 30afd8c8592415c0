import { OpenThings } from '../../draft.ts';

/**
 * Message ids by mailbox, folder and uid, of lines that name both: exported events of reading name the uid
 * alone. A folder that is deleted or renamed gives its uids out anew.
 */
export class MessageIds {
  readonly #ids: OpenThings<string>;
  readonly #eras: OpenThings<number>;
  #era = 0;

  constructor(countMax: number) {
    this.#ids = new OpenThings(countMax);
    this.#eras = new OpenThings(countMax);
  }

  #key(user: string, folder: string, uid: number): string {
    const era = this.#eras.size === 0 ? 0 : (this.#eras.get(`${user}\0${folder}`) ?? 0);
    return `${era}\0${user}\0${folder}\0${uid}`;
  }

  learn(
    user: string | undefined,
    folder: string | undefined,
    uid: number | undefined,
    messageId: string | undefined,
  ): void {
    if (user === undefined || folder === undefined || uid === undefined) return;
    if (messageId !== undefined) this.#ids.set(this.#key(user, folder, uid), messageId);
  }

  find(
    user: string | undefined,
    folder: string | undefined,
    uid: number | undefined,
  ): string | undefined {
    return user === undefined || folder === undefined || uid === undefined
      ? undefined
      : this.#ids.get(this.#key(user, folder, uid));
  }

  /** The folder is gone, or is another one now. */
  forget(user: string | undefined, folder: string | undefined): void {
    if (user === undefined || folder === undefined) return;
    this.#era += 1;
    this.#eras.set(`${user}\0${folder}`, this.#era);
  }
}
