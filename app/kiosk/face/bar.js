// The bar without loading the page anew, so that nothing that somebody typed is lost. Starts reading where it should.

export default class Bar {
  /** @param {HTMLFormElement} element */
  constructor(element) {
    this.element = element;
    element.addEventListener("submit", (event) => {
      const key = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
      if (!key) return;
      event.preventDefault();
      void this.press(key);
    });
    element.addEventListener("click", (event) => {
      const does = event.target instanceof Element && event.target.closest("[data-does]")?.getAttribute("data-does");
      if (does === "start") void this.press("read");
      if (does === "stop") void this.press("hush");
    });
    document.addEventListener("headphones", (event) => this.#read(/** @type {CustomEvent} */ (event).detail.reads));
    if (element.dataset.reads === "yes") this.#whenReady(() => this.#read(true));
  }

  /** @param {string} key */
  async press(key) {
    const form = new FormData(this.element);
    form.set("key", key);
    let answer;
    try {
      answer = await fetch(this.element.action, { method: "POST", headers: { Accept: "application/json" }, body: form });
    } catch {
      return;
    }
    if (!answer.ok) return;
    const { volume, textSize, colour, reads } = await answer.json();
    const { dataset } = document.documentElement;
    Object.assign(dataset, { textSize, colour });
    this.element.dataset.reads = reads ? "yes" : "no";
    this.element.querySelector("[value=contrast]")?.setAttribute("aria-pressed", String(colour === "contrast"));
    const level = /** @type {HTMLElement | null} */ (this.element.querySelector("[data-level]"));
    if (level) level.dataset.level = volume;
    const text = /** @type {HTMLElement | null} */ (this.element.querySelector("[data-level-text]"));
    if (text && (key === "louder" || key === "softer")) text.textContent = text.dataset.levelText?.replace("{step}", volume) ?? "";
  }

  /** @param {boolean} on */
  #read(on) {
    this.element.dataset.reads = on ? "yes" : "no";
    const reader = this.#reader();
    if (on) void reader?.start();
    else reader?.stop();
  }

  /** @returns {any} */
  #reader() {
    return /** @type {any} */ (this.#readerElement())?.component;
  }

  #readerElement() {
    return this.element.querySelector('[data-module="accessible_ui/read_aloud/read_aloud"]');
  }

  /** The greeting speaks first, if there is one. @param {() => void} then */
  #whenReady(then) {
    const greeting = document.querySelector('[data-module="kiosk/face/greeting"]');
    if (greeting && !(/** @type {any} */ (greeting).component?.done)) greeting.addEventListener("greeted", then, { once: true });
    else if (this.#reader()) then();
    // Not on the bar: it hears of itself being built, and of that first.
    else this.#readerElement()?.addEventListener("component-ready", then, { once: true });
  }
}
