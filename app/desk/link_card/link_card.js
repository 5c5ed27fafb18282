// Copies or shares one link. Without it the address can still be selected, sent and scanned.

export default class LinkCard {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.address = /** @type {HTMLInputElement} */ (element.querySelector("[data-address]"));
    this.done = /** @type {HTMLElement} */ (element.querySelector("[data-done]"));
    const copy = /** @type {HTMLButtonElement} */ (element.querySelector("[data-copy]"));
    const share = /** @type {HTMLButtonElement} */ (element.querySelector("[data-share]"));
    copy.hidden = false;
    copy.addEventListener("click", () => this.copy());
    this.address.addEventListener("focus", () => this.address.select());
    if (typeof navigator.share === "function") {
      share.hidden = false;
      share.addEventListener("click", () => this.share());
    }
  }

  async copy() {
    this.say("");
    try {
      await navigator.clipboard.writeText(this.address.value);
      this.say(this.element.dataset.copiedText);
    } catch {
      // No permission, or no secure origin: the selection is there, and the keys always work.
      this.address.focus();
      this.address.select();
      this.say(this.element.dataset.selectText);
    }
  }

  async share() {
    const { shareTitle: title, shareText: text } = this.element.dataset;
    try {
      await navigator.share({ title, text, url: this.address.value });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) await this.copy();
    }
  }

  /** @param {string | undefined} text */
  say(text) {
    this.done.textContent = text ?? "";
  }
}
