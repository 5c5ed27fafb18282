// Shows the board screen by screen, tells which sentence was pressed, and lets it be heard.

export default class PhraseBoard {
  #audio = new Audio();
  /** @type {Element | null} */ #playing = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    element.addEventListener("click", (event) => this.#press(/** @type {Element} */ (event.target)));
    element.addEventListener("change", (event) => {
      const { target } = event;
      if (target instanceof HTMLSelectElement) this.#tell("phrase-language", target.value);
    });
    for (const name of ["ended", "error", "pause"]) {
      this.#audio.addEventListener(name, () => {
        this.#playing?.removeAttribute("data-playing");
        if (name === "error" && this.#playing) this.say(element.dataset.silentText ?? "");
      });
    }
  }

  /** Puts a board into it; the focus stays on the choice of language if it was there. @param {string} html */
  fill(html) {
    const chose = this.element.contains(document.activeElement) && document.activeElement instanceof HTMLSelectElement;
    this.silence();
    this.say("");
    // Our own server's page; parsed apart, no script in it can run.
    this.#content().replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    if (chose) this.element.querySelector("select")?.focus();
  }

  /** One sentence about the board itself. @param {string} text */
  say(text) { /** @type {HTMLElement} */ (this.element.querySelector("[role=status]")).textContent = text; }

  silence() { this.#audio.pause(); }

  /** Back to the first screen. */
  restart() {
    const first = this.#screens()[0];
    if (first) this.#show(first);
  }

  #content() { return /** @type {HTMLElement} */ (this.element.querySelector(".phrase-board__content")); }

  #screens() { return [.../** @type {NodeListOf<HTMLElement>} */ (this.element.querySelectorAll("[data-screen]"))]; }

  /** @param {Element} target */
  #press(target) {
    const button = target.closest("button");
    if (!button) return;
    const { goes, phrase, language, sound } = button.dataset;
    if (goes) {
      const screen = this.#screens().find(({ dataset }) => dataset.screen === goes);
      if (!screen) return;
      this.#show(screen);
      // A keyboard or a screen reader goes on where the new screen begins.
      /** @type {HTMLElement | null} */ (screen.querySelector(".phrases__title"))?.focus();
    }
    if (phrase) {
      this.silence();
      this.#tell("phrase", { id: phrase, language, text: button.querySelector(".phrase__text")?.textContent ?? "" });
    }
    if (sound) this.#hear(button, sound);
  }

  /** @param {HTMLElement} screen */
  #show(screen) {
    for (const each of this.#screens()) each.hidden = each !== screen;
    screen.closest("dialog")?.scrollTo(0, 0);
  }

  /** A second press stops it. @param {Element} button @param {string} address */
  #hear(button, address) {
    const stops = button.hasAttribute("data-playing");
    this.silence();
    this.#playing?.removeAttribute("data-playing");
    this.#playing = button;
    this.say("");
    if (stops) return;
    this.#audio.src = address;
    button.setAttribute("data-playing", "");
    // What fails is told by the error event; "aborted" is another press.
    this.#audio.play().catch(() => {});
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) { this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }
}
