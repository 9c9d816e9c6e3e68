// What the provider keeps, in memory and for as long as the process lives: the library's own forgets when it is made anew.

/** An adapter of the library for one of its models. */
export class Shelf {
  constructor(model, store) {
    this.model = model;
    this.store = store;
  }

  static of(store) {
    return (model) => new Shelf(model, store);
  }

  async upsert(id, payload) {
    this.store.set(`${this.model}:${id}`, payload);
  }

  async find(id) {
    return this.store.get(`${this.model}:${id}`);
  }

  async findByUid(uid) {
    return this.#first((key, value) => key.startsWith("Session:") && value.uid === uid);
  }

  async findByUserCode(code) {
    return this.#first((_key, value) => value.userCode === code);
  }

  async consume(id) {
    this.store.get(`${this.model}:${id}`).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.store.delete(`${this.model}:${id}`);
  }

  async revokeByGrantId(grant) {
    for (const [key, value] of this.store) if (value.grantId === grant) this.store.delete(key);
  }

  #first(fits) {
    for (const [key, value] of this.store) if (fits(key, value)) return value;
    return undefined;
  }
}
