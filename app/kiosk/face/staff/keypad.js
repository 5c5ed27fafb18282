// Large keys for a code of digits: a terminal has no keyboard of its own.

export default class Keypad {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.field = /** @type {HTMLInputElement} */ (document.getElementById(element.dataset.for ?? ""));
    element.hidden = false;
    element.addEventListener("click", (event) => this.press(event));
  }

  /** @param {Event} event */
  press(event) {
    const key = /** @type {Element} */ (event.target).closest("button");
    if (!key) return;
    if (key.hasAttribute("data-clear")) this.field.value = "";
    else if (this.field.value.length < this.field.maxLength) this.field.value += key.dataset.digit ?? "";
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
