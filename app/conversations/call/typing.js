// "Typ mee": each character is at the others at once (EN 301 549 6.2: within 500 ms), a line ends with Enter.

/** Several characters typed within this time go as one message; well within 500 ms, well under the socket's rate. */
const GATHER_MS = 60;

export class TypingField {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #composing = false;

  /**
   * @param {HTMLFormElement} form With one text field.
   * @param {(text: string, done: boolean) => void} send
   */
  constructor(form, send) {
    this.form = form;
    this.field = /** @type {HTMLInputElement} */ (form.querySelector("input, textarea"));
    this.send = send;
    this.field.addEventListener("compositionstart", () => { this.#composing = true; });
    this.field.addEventListener("compositionend", () => { this.#composing = false; this.#gather(); });
    this.field.addEventListener("input", () => { if (!this.#composing) this.#gather(); });
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#finish(); });
  }

  #gather() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.send(this.field.value, false);
    }, GATHER_MS);
  }

  #finish() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.field.value.trim()) return;
    this.send(this.field.value, true);
    this.field.value = "";
    this.field.focus();
  }

  /** Others see at once what stands here after the line came back. */
  repeat() { if (this.field.value) this.send(this.field.value, false); }
}
