// Sends each change of the line being typed; Enter or the button begins a new line.

/** EN 301 549 6.2.4 allows 500 ms; this leaves the line time to travel. */
const GATHER_MS = 100;

export default class RealTimeText {
  /** @param {HTMLFormElement} element */
  constructor(element) {
    this.element = element;
    this.input = /** @type {HTMLInputElement} */ (element.querySelector("input"));
    this.line = 1;
    this.sent = "";
    /** @type {number | undefined} */ this.timer = undefined;
    this.input.addEventListener("input", () => {
      this.timer ??= window.setTimeout(() => this.tell(false), GATHER_MS);
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.input.value.trim()) return;
      this.tell(true);
      this.line += 1;
      this.sent = this.input.value = "";
      this.input.focus();
    });
  }

  /** @param {boolean} done */
  tell(done) {
    clearTimeout(this.timer);
    this.timer = undefined;
    const text = this.input.value;
    if (text === this.sent && !done) return;
    this.sent = text;
    this.element.dispatchEvent(new CustomEvent("typing", { bubbles: true, detail: { line: this.line, text, done } }));
  }
}
