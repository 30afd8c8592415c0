/** What a rule asks for cannot be asked of the table. */
export class CannotSay extends Error {
  override readonly name = 'CannotSay';
}
