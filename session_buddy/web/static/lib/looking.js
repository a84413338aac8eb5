// How long a person has looked at something: only the time in which it was on the screen counts.

export class Looking {
  #spent = 0;
  #since = null;

  /** It is on the screen from now on, or no more. @param {boolean} seen @param {number} now milliseconds */
  turn(seen, now) {
    if (seen && this.#since === null) this.#since = now;
    if (!seen && this.#since !== null) {
      this.#spent += now - this.#since;
      this.#since = null;
    }
  }

  /** For how many milliseconds it has been on the screen without a break; null where it is not. */
  unbroken(now) {
    return this.#since === null ? null : now - this.#since;
  }

  /** Seconds that it was looked at; null where it was never on the screen. */
  seconds(now) {
    const all = this.#spent + (this.#since === null ? 0 : now - this.#since);
    return this.#since === null && !this.#spent ? null : Math.round(all) / 1000;
  }
}
