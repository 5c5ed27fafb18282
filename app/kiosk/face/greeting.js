// Speaks to whoever has just come, in one language after another, until they press something.

export default class Greeting {
  #stopped = false;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.done = false;
    this.reader = document.querySelector('[data-module="accessible_ui/read_aloud/read_aloud"]');
    const stop = () => {
      this.#stopped = true;
      this.#voice()?.stop();
    };
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, stop, { once: true, capture: true });
    if (this.#voice()) void this.speak();
    else this.reader?.addEventListener("component-ready", () => this.speak(), { once: true });
  }

  /** @returns {any} */
  #voice() {
    return /** @type {any} */ (this.reader)?.component;
  }

  async speak() {
    for (const text of /** @type {NodeListOf<HTMLElement>} */ (this.element.querySelectorAll("[lang]"))) {
      if (this.#stopped) break;
      await this.#voice()?.speakText(text.textContent ?? "", text.lang);
    }
    this.done = true;
    this.element.dispatchEvent(new CustomEvent("greeted"));
  }
}
