// Keys in the page for whoever stands at a screen without a keyboard. What they type goes into the field as if it were
// typed by hand: at the cursor, within its length, with the same events, and with undo.

import { fitting, known, layers, writings } from "./layouts.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */
/** @typedef {{ setOptions(options: object): void }} Keys as simple-keyboard gives them */

const TYPES = ["text", "search", "email", "tel", "url", "password", "number"];
/** Of a key that needs no pointer: arrows go from key to key. */
const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0],
});
/** What of the screen may be keys, so that one still sees what one types. */
const MOST_OF_SCREEN = 0.6;

export default class OnScreenKeyboard {
  /** @type {Field | null} */ #field = null;
  /** @type {Promise<Keys> | null} */ #keys = null;
  #layout = "nl";
  #layer = "letters";
  /** @type {"" | "once" | "lock"} */ #shift = "";
  /** What Tab comes to: row and place in it. */
  #stop = [0, 0];
  #pressing = false;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.board = /** @type {HTMLElement} */ (element.querySelector(".on-screen-keyboard__keys"));
    this.words = JSON.parse(element.dataset.words ?? "{}");
    this.names = JSON.parse(element.dataset.names ?? "{}");
    this.languages = JSON.parse(element.dataset.languages ?? "{}");
    document.addEventListener("focusin", (event) => this.#reached(/** @type {Element} */ (event.target)));
    // After "Klaar" the field may still have the focus: a touch on it brings the keys back.
    document.addEventListener("click", (event) => {
      if (event.target === document.activeElement) this.#reached(/** @type {Element} */ (event.target));
    });
    for (const [name, down] of /** @type {[string, boolean][]} */ ([["pointerdown", true], ["pointerup", false], ["pointercancel", false]])) {
      document.addEventListener(name, () => (this.#pressing = down), true);
    }
    element.addEventListener("keydown", (event) => this.#move(event));
    element.addEventListener("focusin", (event) => this.#remember(/** @type {Element} */ (event.target)));
    if (document.activeElement) this.#reached(document.activeElement);
  }

  /** @param {Element} target */
  #reached(target) {
    if (this.#serves(target)) return void this.#open(target);
    if (!this.#field || this.element.contains(target)) return;
    if (!this.#pressing) return this.close();
    // Whoever presses a button outside must hit it: the page must not move before the finger is up and the click is done.
    document.addEventListener("pointerup", () => setTimeout(() => this.#leave()), { once: true });
  }

  #leave() {
    const { activeElement } = document;
    if (activeElement && !this.#serves(activeElement) && !this.element.contains(activeElement)) this.close();
  }

  /** @param {Element} target @returns {target is Field} */
  #serves(target) {
    const { for: ids } = this.element.dataset;
    if (!(target instanceof HTMLTextAreaElement) && !(target instanceof HTMLInputElement && TYPES.includes(target.type))) return false;
    return !target.readOnly && target.dataset.keyboard !== "off" && (!ids || ids.split(" ").includes(target.id));
  }

  /** @param {Field} field */
  async #open(field) {
    if (this.#field === field) return;
    this.#field = field;
    field.dataset.mode ??= field.inputMode;
    field.inputMode = "none"; // a tablet must not put its own keyboard over ours
    this.#layout = fitting(field, field.dataset.mode, this.element.dataset.layout ?? document.documentElement.lang);
    this.#layer = "letters";
    this.#shift = "";
    this.#stop = [0, 0];
    await this.#draw();
    if (this.#field !== field) return;
    this.element.hidden = false;
    this.#place(field);
  }

  close() {
    this.#field = null;
    this.element.hidden = true;
  }

  /** At the foot of the screen where there is room, else below the field. @param {Field} field */
  #place(field) {
    const { element } = this;
    element.dataset.place = "bottom";
    (field.closest("dialog") ?? document.body).append(element);
    if (element.offsetHeight > innerHeight * MOST_OF_SCREEN) {
      element.dataset.place = "field";
      (field.closest(".text-field") ?? field).after(element);
    }
    field.scrollIntoView({ block: element.dataset.place === "bottom" ? "center" : "start" });
  }

  async #draw() {
    const field = this.#field;
    if (!field) return;
    const sign = field.type === "tel" || field.dataset.mode === "tel" ? "+" : field.dataset.mode === "decimal" ? "," : "";
    const lines = field instanceof HTMLTextAreaElement;
    this.element.dataset.layout = this.#layout;
    const capitals = this.#shift && /** @type {Record<string, string>} */ ({ letters: "capitals", more: "moreCapitals" })[this.#layer];
    const shown = { layout: layers(this.#layout, { lines, sign }), layoutName: capitals || this.#layer };
    const within = this.board.contains(document.activeElement);
    if (this.#keys) (await this.#keys).setOptions(shown);
    else await (this.#keys = this.#build(shown));
    // Other keys stand there now: whoever goes through them by arrow stays where it was.
    if (within) /** @type {HTMLElement | null} */ (this.board.querySelector("[tabindex='0']") ?? this.board.querySelector("button"))?.focus();
  }

  /** Fetched when the first field is reached: a page without one never asks for it. @param {object} shown */
  async #build(shown) {
    const library = new URL("../vendor/simple-keyboard-3.8.192/simple-keyboard.js", import.meta.url).href;
    const { SimpleKeyboard } = await import(library);
    return new SimpleKeyboard(this.board, {
      ...shown,
      theme: "",
      // Buttons that answer to "click": also pressed by a screen reader, a switch or the Enter key, and never by a slip.
      useButtonTag: true,
      useMouseEvents: true,
      // A hand that stays on a key for long means one letter.
      disableButtonHold: true,
      // The field keeps the focus and the cursor; the library keeps no text: no text fits this pattern.
      preventMouseDownDefault: true,
      disableCaretPositioning: true,
      enableLayoutCandidates: false,
      inputPattern: /^$/,
      onRender: () => this.#name(),
      onKeyPress: (/** @type {string} */ key) => this.#press(key),
    });
  }

  /** Gives the library's keys their words, names and languages. */
  #name() {
    this.#rows().forEach((keys, row) =>
      keys.forEach((key, place) => {
        const what = key.dataset.skbtn ?? "";
        const name = /^\{(\w+)\}$/.exec(what)?.[1];
        key.type = "button";
        key.tabIndex = row === this.#stop[0] && place === this.#stop[1] ? 0 : -1;
        if (name) this.#nameTool(key, name);
        else this.#nameLetter(key, what);
      }),
    );
  }

  /** @param {HTMLButtonElement} key @param {string} name */
  #nameTool(key, name) {
    const next = name === "next" ? this.#next() : "";
    key.dataset.key = name;
    /** @type {Element} */ (key.firstElementChild).textContent = next ? this.languages[next] : this.words[name];
    if (next) key.lang = next;
    if (name === "shift") key.ariaPressed = String(Boolean(this.#shift));
    key.toggleAttribute("data-lock", name === "shift" && this.#shift === "lock");
  }

  /** @param {HTMLButtonElement} key @param {string} letter */
  #nameLetter(key, letter) {
    key.dataset.letter = letter;
    const { name, language } = this.#spoken(letter);
    if (name !== letter) key.ariaLabel = name;
    key.lang = language;
    // A mark that stands above a letter needs something to stand above.
    if (/^\p{M}$/u.test(letter)) /** @type {Element} */ (key.firstElementChild).textContent = `◌${letter}`;
  }

  /** What a letter is called, and in which language. @param {string} letter */
  #spoken(letter) {
    const reader = document.documentElement.lang;
    if (this.names[letter]) return { name: this.names[letter], language: reader };
    if (letter !== letter.toLowerCase()) {
      return { name: (this.element.dataset.capitalText ?? "").replace("{letter}", letter), language: reader };
    }
    return { name: letter, language: this.#layout === "digits" || /\d/.test(letter) ? reader : this.#layout };
  }

  #next() {
    const all = writings(known(document.documentElement.lang));
    return all[(all.indexOf(this.#layout) + 1) % all.length];
  }

  /** @param {string} key as in the layout: "a" or "{space}" */
  #press(key) {
    const name = /^\{(\w+)\}$/.exec(key)?.[1];
    if (!name) return this.#type(key);
    if (name === "space") return this.#type(" ");
    if (name === "enter") return this.#type("\n");
    if (name === "done") return this.#done();
    if (name === "bksp") this.#edit((field) => void document.execCommand(field.value ? "delete" : ""));
    if (name === "clear") this.#edit((field) => (field.select(), void document.execCommand("delete")));
    if (name === "shift") this.#shift = this.#shift === "" ? "once" : this.#shift === "once" ? "lock" : "";
    if (name === "next") this.#layout = this.#next();
    if (name === "next" || name === "letters") this.#layer = "letters";
    if (name === "signs" || name === "more") this.#layer = name;
    if (name !== "bksp" && name !== "clear") void this.#draw();
    if (name === "next") this.#tell(this.languages[this.#layout], this.#layout);
    else this.#tell(this.words[name]);
  }

  /** @param {string} text */
  #type(text) {
    const before = this.#field?.value;
    this.#edit(() => void document.execCommand(text === "\n" ? "insertLineBreak" : "insertText", false, text));
    if (this.#field?.value === before) return this.#tell(this.element.dataset.fullText ?? "");
    const { name, language } = this.#spoken(text);
    this.#tell(text === " " ? this.words.space : text === "\n" ? this.words.enter : name, text.trim() ? language : undefined);
    if (this.#shift === "once") {
      this.#shift = "";
      void this.#draw();
    }
  }

  /** As the browser itself does it; it needs the focus in the field for that. @param {(field: Field) => void} edit */
  #edit(edit) {
    const field = this.#field;
    if (!field) return;
    const before = /** @type {HTMLElement} */ (document.activeElement);
    if (before !== field) field.focus({ preventScroll: true });
    edit(field);
    if (this.board.contains(before)) before.focus({ preventScroll: true });
  }

  /** On to what one presses next. */
  #done() {
    const field = this.#field;
    this.#tell(this.words.done);
    this.close();
    const next = field?.form?.querySelector("[type=submit], button:not([type])") ?? field;
    /** @type {HTMLElement} */ (next)?.focus();
    if (next === field) this.close();
  }

  /** To who sees no screen, and to who asked to hear what is pressed. @param {string} text @param {string} [language] */
  #tell(text, language = document.documentElement.lang) {
    const status = /** @type {HTMLElement} */ (this.element.querySelector("[role=status]"));
    const hidden = this.#field?.type === "password";
    if (hidden) text = "";
    status.lang = language;
    // The same letter twice is news as well.
    status.textContent = status.textContent === text ? `${text}\u00a0` : text;
    if (text) this.element.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: { text, language } }));
  }

  #rows() {
    return [...this.board.querySelectorAll(".hg-row")].map(
      (row) => /** @type {HTMLButtonElement[]} */ ([...row.querySelectorAll("button")]),
    );
  }

  /** @param {Element} target */
  #remember(target) {
    this.#rows().forEach((keys, row) =>
      keys.forEach((key, place) => {
        key.tabIndex = key === target ? 0 : -1;
        if (key === target) this.#stop = [row, place];
      }),
    );
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const step = STEPS[event.key];
    const key = /** @type {HTMLElement} */ (event.target);
    if (event.key === "Escape" && this.#field) {
      event.preventDefault();
      return this.#field.focus();
    }
    if (!step || !this.board.contains(key)) return;
    event.preventDefault();
    const [right, down] = step;
    const from = key.getBoundingClientRect();
    const middle = (/** @type {DOMRect} */ box) => [box.left + box.width / 2, box.top + box.height / 2];
    const [x, y] = middle(from);
    /** @type {[number, HTMLElement][]} */
    const ahead = this.#rows().flat().map((other) => {
      const [left, top] = middle(other.getBoundingClientRect());
      const along = (left - x) * right + (top - y) * down;
      const beside = Math.abs(right ? top - y : left - x);
      // In a line to the side; anything above or below, the nearest first.
      if (along < 8 || (right && beside > 32)) return [Infinity, other];
      return [right ? along : along * 4 + beside, other];
    });
    const [far, nearest] = ahead.reduce((best, each) => (each[0] < best[0] ? each : best), [Infinity, key]);
    if (far !== Infinity) nearest.focus();
  }
}
