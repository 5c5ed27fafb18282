// Tells the agent that the page lives, and shows what works: the line, headphones, an open desk.

const LOOK_MS = 2000;
const BEACON_MS = 8000;

export default class Presence {
  #lastTouch = performance.now();
  /** As the page was drawn with: what changed while it loaded is a change as well. */
  #headphones = document.querySelector("#headphones")?.hasAttribute("hidden") === false;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    for (const name of ["pointerdown", "keydown"]) {
      document.addEventListener(name, () => (this.#lastTouch = performance.now()), { capture: true, passive: true });
    }
    // A long press must not open the browser's own menu.
    document.addEventListener("contextmenu", (event) => event.preventDefault());
    this.beat();
    setInterval(() => this.beat(), BEACON_MS);
    setInterval(() => this.look(), LOOK_MS);
  }

  /** Only a frame that was really drawn counts as painted. */
  beat() {
    let painted = false;
    requestAnimationFrame(() => requestAnimationFrame(() => (painted = true)));
    setTimeout(() => {
      const beacon = {
        page: "face",
        painted,
        in_talk: false,
        at_rest: this.element.dataset.rest === "yes",
        still_s: Math.round((performance.now() - this.#lastTouch) / 1000),
      };
      void this.#ask("/hartslag", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(beacon) });
    }, 500);
  }

  async look() {
    const answer = await this.#ask("/stand", {});
    if (!answer?.ok) return;
    const state = await answer.json();
    if (this.element.dataset.rest === "yes") {
      if (state.key !== this.element.dataset.key) location.reload();
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
    if (dataset.line === line || dataset.line === "none") return;
    dataset.line = line;
    const text = this.element.querySelector(".face-line__text");
    if (text) text.textContent = (up ? dataset.upText : dataset.downText) ?? "";
  }

  /** The local server may be starting again: the next beat finds it. @param {string} url @param {RequestInit} options */
  async #ask(url, options) {
    try {
      return await fetch(url, options);
    } catch {
      return null;
    }
  }
}
