// A ring goes past all that can be pressed, row by row; one switch chooses where it is. With two switches one moves it
// and the other chooses. Needs no pointer; a touch or any other key lays it to rest, a switch wakes it.

import { around, boxOf, frontDialog, nameOf, reachable, rowsOf } from "./reachable.js";

const FEW = 6;
const ROUNDS_OF_ROW = 2;
const ROUNDS_OF_PAGE = 3;
/** The first of a row comes when one has just pressed: it stays for longer. */
const FIRST_MS = 1000;
/** A hand that shakes presses twice. */
const STILL_MS = 250;
const LOOK_MS = 200;
const LONGEST_VOICE_MS = 8000;

export default class Scanning {
  /** The first of what the ring is around. @type {HTMLElement | null} */ #at = null;
  /** The row that was chosen. @type {HTMLElement[]} */ #row = [];
  /** What was just pressed, for a moment: once more is one press. @type {HTMLElement | null} */ #pressed = null;
  /** Past the part that wants to go first, to all of the page. */
  #wide = false;
  #rounds = 0;
  #rests = false;
  #lastPress = -Infinity;
  /** @type {number | undefined} */ #timer;
  /** @type {Element | null} */ #shownOver = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.ring = /** @type {HTMLElement} */ (element.querySelector(".scanning__ring"));
    this.hint = /** @type {HTMLElement} */ (element.querySelector(".scanning__hint"));
    this.help = this.hint.textContent ?? "";
    this.paceMs = Number(element.dataset.paceS) * 1000;
    this.two = element.dataset.switches === "two";
    document.addEventListener("keydown", (event) => this.#key(event), true);
    // A button that has the focus is pressed when Space comes up.
    document.addEventListener("keyup", (event) => !this.#rests && isSwitch(event) && event.preventDefault(), true);
    document.addEventListener("pointerdown", () => this.rest(), true);
    for (const name of ["scroll", "resize"]) window.addEventListener(name, () => this.#draw(), { capture: true, passive: true });
    this.start();
  }

  /** From the top. */
  start() {
    this.#rests = false;
    this.#rounds = 0;
    this.#wide = false;
    this.#restart();
    this.#next();
  }

  rest() {
    this.#rests = true;
    clearTimeout(this.#timer);
    this.#restart();
    this.#draw();
    this.hint.textContent = this.hint.dataset.restText ?? "";
  }

  #restart() {
    this.#at = this.#pressed = null;
    this.#row = [];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key === "Shift") return;
    // Somebody uses a keyboard: while they type in a field Space is a space.
    if (!isSwitch(event)) return this.rest();
    if (this.#rests && document.activeElement?.matches("input, textarea, [contenteditable=true]")) return;
    event.preventDefault();
    event.stopPropagation();
    const now = performance.now();
    if (event.repeat || now - this.#lastPress < STILL_MS) return;
    this.#lastPress = now;
    if (this.#rests) this.start();
    else if (this.two && event.key === "Enter") this.#next();
    else this.#choose();
  }

  /** Where the ring may go: the dialog in front, or the page; and there first what asks for it, such as open keys. */
  #rows() {
    const root = frontDialog() ?? document.body;
    const first = this.#wide ? undefined : [...root.querySelectorAll("[data-scan-first]")].find((part) => part.checkVisibility());
    return rowsOf(reachable(first ?? root), FEW);
  }

  #next() {
    const rows = this.#rows();
    const here = this.#row.filter((element) => rows.some((row) => row.includes(element)));
    if (this.#pressed) this.#restart();
    if (here.length > 1) {
      const index = here.indexOf(/** @type {HTMLElement} */ (this.#at)) + 1;
      if (index < here.length) return this.#show(here[index]);
      this.#rounds += 1;
      if (this.#rounds < ROUNDS_OF_ROW) return this.#show(here[0]);
      // Nothing in it after all: on to the next row.
      this.#row = [];
      this.#rounds = 0;
    }
    const index = rows.findIndex((row) => row.includes(/** @type {HTMLElement} */ (this.#at))) + 1;
    if (!index) this.#restart(); // at the beginning, or what it was around is no longer there
    if (index < rows.length) return this.#show(rows[index][0], index === 0);
    if (!this.#at) return this.#later(this.paceMs);
    this.#rounds += 1;
    this.#wide = true;
    if (this.#rounds >= ROUNDS_OF_PAGE && !this.two) return this.rest();
    this.#restart();
    this.#next();
  }

  #choose() {
    const at = this.#at;
    const row = this.#rows().find((each) => each.includes(/** @type {HTMLElement} */ (at)));
    if (!at || !row) return this.#next();
    this.#rounds = 0;
    if (!this.#row.length && row.length > 1 && this.#pressed !== at) {
      this.#row = row;
      return this.#show(row[0], true);
    }
    this.#wide = false;
    this.#row = [];
    press(at);
    this.#pressed = at;
    // What it did may have taken it away, or put something in front of it.
    this.#later(at.isConnected ? this.paceMs : LOOK_MS);
    this.#draw();
  }

  /** @param {HTMLElement} element @param {boolean} [first] of a row or of the page */
  #show(element, first = false) {
    this.#at = element;
    this.hint.textContent = this.help;
    const around = this.#around();
    // Nothing slides: the ring is where one looks, at once.
    (around.length > 1 ? element : around[0]).scrollIntoView({ block: "center", behavior: "instant" });
    this.#draw();
    this.#say(around);
    this.#later(this.paceMs + (first ? FIRST_MS : 0));
  }

  /** Goes on after a while, or when the voice has said the name. @param {number} ms */
  #later(ms, waitedMs = 0) {
    clearTimeout(this.#timer);
    if (this.two && !this.#pressed) return;
    this.#timer = window.setTimeout(() => {
      if (waitedMs < LONGEST_VOICE_MS && saysName()) this.#later(LOOK_MS, waitedMs + LOOK_MS);
      else this.#next();
    }, ms);
  }

  /** What the ring is around: one thing, or all of a row. */
  #around() {
    const at = this.#at;
    if (!at) return [];
    if (this.#row.length || this.#pressed) return [at];
    return this.#rows().find((row) => row.includes(at)) ?? [];
  }

  #draw() {
    const { ring } = this;
    const elements = this.#around().filter((element) => element.isConnected);
    ring.hidden = !elements.length;
    if (ring.hidden) return void (ring.popover = null);
    const front = frontDialog();
    if (ring.popover === null || front !== this.#shownOver) {
      // Shown anew it lies over the dialog that came since.
      ring.popover = null;
      ring.popover = "manual";
      ring.showPopover();
      this.#shownOver = front;
    }
    const box = around(elements.map(boxOf));
    ring.dataset.level = elements.length > 1 ? "row" : "one";
    for (const [name, px] of /** @type {[string, number][]} */ ([
      ["left", box.left - 8], ["top", box.top - 8], ["width", box.width + 16], ["height", box.height + 16],
    ])) ring.style.setProperty(name, `${px}px`);
  }

  /** @param {HTMLElement[]} elements */
  #say(elements) {
    const names = elements.map(nameOf);
    const [first, last] = [names[0], names.at(-1) ?? ""];
    const pattern = this.element.dataset.rowText ?? "";
    const text = names.length > 3 ? pattern.replace("{first}", first).replace("{last}", last) : names.join(", ");
    const language = names.length > 3 ? document.documentElement.lang : elements[0].closest("[lang]")?.getAttribute("lang");
    this.element.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: { text, language: language ?? "" } }));
  }
}

/** @param {KeyboardEvent} event */
function isSwitch(event) {
  return event.key === " " || event.key === "Enter";
}

/** A name is being spoken. While the page is read aloud the ring goes on: it must reach "Stop". */
function saysName() {
  const reader = document.querySelector('[data-module$="/read_aloud"]:not([data-state=idle])');
  return Boolean(reader?.querySelector(".read-aloud__bar[hidden]"));
}

/** @param {HTMLElement} element */
function press(element) {
  const types = element instanceof HTMLInputElement ? element.type : "";
  if (element instanceof HTMLSelectElement) {
    turn(element);
  } else if (element instanceof HTMLMediaElement) {
    void (element.paused ? element.play() : element.pause());
  } else if (types === "range") {
    const range = /** @type {HTMLInputElement} */ (element);
    if (Number(range.value) >= Number(range.max || 100)) range.value = range.min || "0";
    else range.stepUp();
    changed(range);
  } else if (element.matches("textarea, [contenteditable=true]") || (types && !/button|submit|reset|radio|checkbox|file|image|color/.test(types))) {
    element.focus();
  } else {
    element.click();
  }
}

/** To its next choice: the list that a browser unfolds cannot be reached by a ring. @param {HTMLSelectElement} select */
function turn(select) {
  const choices = [...select.options].filter((option) => !option.disabled);
  const next = choices[(choices.indexOf(select.selectedOptions[0]) + 1) % choices.length];
  if (!next) return;
  select.value = next.value;
  changed(select);
  select.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: { text: next.text, language: document.documentElement.lang } }));
}

/** @param {HTMLElement} field */
function changed(field) {
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}
