// Lets a sentence be heard. A second press stops it.

export default class Hear {
  #audio = new Audio();

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.#press(button);
    });
    for (const name of ["ended", "pause", "error"]) this.#audio.addEventListener(name, () => this.#quiet());
    this.#audio.addEventListener("error", () => this.#say(element.dataset.silentText ?? ""));
    window.addEventListener("pagehide", () => this.#audio.pause());
  }

  /** @param {HTMLButtonElement} button */
  #press(button) {
    const playing = button.hasAttribute("data-playing");
    this.#audio.pause();
    this.#quiet();
    this.#say("");
    if (playing) return;
    const { sound, speaks } = button.dataset;
    if (speaks) return this.#speak(speaks);
    if (!sound) return;
    button.setAttribute("data-playing", "");
    this.#audio.src = sound;
    // What fails is told by the error event; "aborted" is another press.
    this.#audio.play().catch(() => {});
  }

  /** A text of one's own has no recording: the read-aloud of the bar says it. @param {string} selector */
  #speak(selector) {
    const text = /** @type {HTMLElement | null} */ (document.querySelector(selector));
    const reader = document.querySelector('[data-module="accessible_ui/read_aloud/read_aloud"]');
    /** @type {any} */ (reader)?.component?.speakText(text?.textContent ?? "", text?.lang ?? "");
  }

  #quiet() {
    for (const button of this.element.querySelectorAll("[data-playing]")) button.removeAttribute("data-playing");
  }

  /** @param {string} text */
  #say(text) {
    const said = this.element.querySelector("[role=status]");
    if (said) said.textContent = text;
  }
}
