// Warns who may have left, counts down, and tells when nobody came back. The time can be had again without end, by any
// touch or key (WCAG 2.2.1; EN 301 549, 9.2.2.1).

/** WCAG 2.2.1 gives 20 seconds at least to ask for more time. */
const LEAST_COUNT_S = 20;
/** A voice that counts each second cannot be understood. */
const TOLD_S = [30, 20, 10, 5];
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchmove", "input"];

export default class Idle {
  /** When somebody was last there, or when the warning came. In ms, of a clock that nobody sets. */
  #since = performance.now();
  /** @type {"watching" | "warning" | "over"} */
  #state = "watching";
  #toldAt = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.dialog = /** @type {HTMLDialogElement} */ (element.querySelector("dialog"));
    this.idleMs = Number(element.dataset.idleS) * 1000;
    this.countMs = Math.max(Number(element.dataset.countS), LEAST_COUNT_S) * 1000;
    for (const name of SIGNS_OF_LIFE) {
      // On window, and first: whoever handles the event after this may stop it.
      window.addEventListener(name, (event) => this.#sign(event), { capture: true });
    }
    // The one button, or anywhere beside it. Not "pointerdown": the end of that touch would fall on what is below.
    this.dialog.addEventListener("click", () => this.stay());
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.stay();
    });
    window.addEventListener("pageshow", (event) => event.persisted && this.#watch());
    // A look each second instead of one long timer: what may postpone it comes and goes without telling.
    setInterval(() => this.#look(), 1000);
  }

  /** Somebody is there. */
  stay() {
    if (this.#state !== "warning") return;
    this.#watch();
    this.#say("");
    this.element.dispatchEvent(new CustomEvent("idle:stay", { bubbles: true }));
  }

  #watch() {
    this.#state = "watching";
    this.#since = performance.now();
    if (this.dialog.open) this.dialog.close();
  }

  /** @param {Event} event */
  #sign(event) {
    if (this.#state === "watching") this.#since = performance.now();
    if (this.#state === "watching" || event.type !== "keydown") return;
    // The key meant "I am here", not what it does in the page below.
    event.preventDefault();
    event.stopImmediatePropagation();
    this.stay();
  }

  #look() {
    const now = performance.now();
    if (this.#state === "over" || !this.element.isConnected) return;
    if (isInTalk() || (this.#state === "watching" && isPlaying())) return this.#watch();
    if (this.#state === "warning") return this.#count(this.countMs - (now - this.#since));
    if (now - this.#since < this.idleMs) return;
    this.#state = "warning";
    this.#since = now;
    this.#toldAt = Infinity;
    this.dialog.showModal();
    this.#count(this.countMs);
  }

  /** @param {number} leftMs */
  #count(leftMs) {
    const left = Math.ceil(leftMs / 1000);
    if (left <= 0) return this.#end();
    const text = (this.element.dataset.leftText ?? "").replace("{seconds}", String(left));
    this.#part(".idle__number").textContent = String(left);
    this.#part(".idle__left").textContent = text;
    const first = this.#toldAt === Infinity;
    // The largest step that has been reached: a machine that slept for a while leaves some out.
    const step = TOLD_S.findLast((told) => left <= told) ?? Infinity;
    if (!first && step >= this.#toldAt) return;
    this.#toldAt = first ? left : step;
    this.#part("[role=alert]").textContent = text;
    const warning = first ? `${this.#part("h2").textContent} ${this.#part(".lead").textContent} ` : "";
    this.#say(warning + text);
  }

  #end() {
    this.#state = "over";
    this.#say("");
    const { end } = this.element.dataset;
    const goesOn = this.element.dispatchEvent(new CustomEvent("idle:end", { bubbles: true, cancelable: true }));
    // The warning stays until the next page is there: until then nobody can read or touch what is below.
    if (goesOn && end) location.assign(end);
    else if (goesOn) this.#watch();
  }

  /** @param {string} text spoken even where one did not ask for a voice; "" ends it */
  #say(text) {
    const detail = { text, language: document.documentElement.lang, urgent: true };
    this.element.dispatchEvent(new CustomEvent("say", { bubbles: true, detail }));
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.dialog.querySelector(selector));
  }
}

function isInTalk() {
  return document.documentElement.dataset.inTalk !== undefined;
}

/** The page is read aloud, or a film or sound in it plays. */
function isPlaying() {
  const reader = '[data-module$="/read_aloud"]:is([data-state=speaking], [data-state=loading])';
  const media = /** @type {NodeListOf<HTMLMediaElement>} */ (document.querySelectorAll("audio, video"));
  return Boolean(document.querySelector(reader)) || [...media].some((each) => !each.paused && !each.ended && !each.muted);
}
