/** Names for what a query gives a name to, each once. */
export class Names {
  private count = 0;

  next(prefix: string): string {
    this.count += 1;
    return `${prefix}${this.count}`;
  }

  /** An expression that says another one several times, which is worked out once. */
  let(value: string, use: (name: string) => string): string {
    const name = this.next('v');
    return `list_transform([${value}], lambda ${name}: ${use(name)})[1]`;
  }
}
