// Shows what works: the line and the headphones. A page at rest [data-key] is drawn anew when more than these changes.

const LOOK_MS = 2000;

export default class State {
  /** As the page was drawn with: what changed while it loaded is a change as well. */
  #headphones = document.querySelector("#headphones")?.hasAttribute("hidden") === false;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    setInterval(() => void this.look(), LOOK_MS);
  }

  async look() {
    // The local server may be starting again: the next look finds it.
    const answer = await fetch("/stand").catch(() => null);
    if (!answer?.ok) return;
    const state = await answer.json();
    const { key } = this.element.dataset;
    if (key !== undefined) {
      if (state.key !== key) location.reload();
      else if (state.self_test) location.assign("/zelftest");
      return;
    }
    if (state.headphones !== this.#headphones) {
      document.dispatchEvent(new CustomEvent("headphones", { detail: { reads: state.reads } }));
    }
    this.#headphones = state.headphones;
    document.querySelector("#headphones")?.toggleAttribute("hidden", !state.headphones);
    this.#show(state.line);
  }

  /** @param {boolean} up */
  #show(up) {
    const { dataset } = this.element;
    const line = up ? "up" : "down";
    if (dataset.line === line) return;
    dataset.line = line;
    const text = this.element.querySelector(".face-line__text");
    if (text) text.textContent = (up ? dataset.upText : dataset.downText) ?? "";
  }
}
