/** Values by name. Most scopes know none, and most copies of one are only read: a map is made when something is put in. */
export class Names<T> {
  #values: Map<string, T> | null
  #isShared: boolean

  constructor(values: Map<string, T> | null = null) {
    this.#values = values
    this.#isShared = values !== null
  }

  get size(): number {
    return this.#values === null ? 0 : this.#values.size
  }

  get(name: string): T | undefined {
    return this.#values === null ? undefined : this.#values.get(name)
  }

  has(name: string): boolean {
    return this.#values !== null && this.#values.has(name)
  }

  set(name: string, value: T): void {
    if (this.#values === null || this.#isShared) this.#values = new Map(this.#values)
    this.#isShared = false
    this.#values.set(name, value)
  }

  entries(): Iterable<[string, T]> {
    return this.#values ?? []
  }

  /** What is put into the one afterwards, the other does not know. */
  copy(): Names<T> {
    this.#isShared = this.#values !== null
    return new Names(this.#values)
  }
}
