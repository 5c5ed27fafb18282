// Captions as a log: names before lines, partial lines grow in place, who scrolls back keeps their place. A translation
// stands large above what was said, and what was said always stays.

/**
 * @typedef {object} Line
 * @property {string} from participant id
 * @property {string} name
 * @property {number} utterance counts up for one participant; the same one again replaces its line
 * @property {string} text the whole line so far; empty takes it away
 * @property {boolean} final
 * @property {string} [language] of the words, for fonts, direction and voices
 * @property {boolean} [typed] typed by hand instead of heard by a machine
 * @property {boolean} [own] by the reader: never announced
 * @property {boolean} [awaits] a translation of it comes
 */

/**
 * @typedef {object} TranslatedLine
 * @property {string} from
 * @property {number} utterance
 * @property {boolean} [typed]
 * @property {string} language of the translation
 * @property {string} text empty: there is none
 * @property {"machine" | "phrase" | "lost" | "missing" | "fixture"} state each but "phrase" is said in words, from data-<state>-text
 */

/** @typedef {{item: HTMLElement, line: Line, timer?: number}} Kept */

/** Older lines leave the page; nothing of them is kept anywhere. */
const MOST_LINES = 400;
const NEAR_END_PX = 48;
const SIZES = ["1", "2", "3", "4"];
const KEPT = "wijkbalie.captions";
/** The server gives up after ten seconds; what comes later than this does not come. */
const LONGEST_WAIT_MS = 12_000;
const FROM_THE_RIGHT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** Not by the first letter: a Persian sentence may begin with "DigiD". @param {string} [language] */
const directionOf = (language) => (language ? (FROM_THE_RIGHT.has(language) ? "rtl" : "ltr") : "auto");

/** Lines and their translations find each other by it. @param {{from: string, utterance: number, typed?: boolean}} line */
const nameOf = ({ from, utterance, typed }) => `${typed ? "t" : "c"} ${from} ${utterance}`;

export default class CaptionLog {
  /** @type {Map<string, Kept>} */ #lines = new Map();
  /** @type {Map<string, number>} */ #colours = new Map();
  #atEnd = true;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.log = this.#part("[role=log]");
    this.newest = this.#part("[data-does=newest]");
    this.announced = this.#part("[data-part=announced]");
    this.template = /** @type {HTMLTemplateElement} */ (element.querySelector("template"));
    this.announces = false;
    this.log.addEventListener("scroll", () => this.#noticeScroll(), { passive: true });
    new ResizeObserver(() => this.#follow()).observe(this.log);
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-does]") : null;
      if (button) this.#press(button.getAttribute("data-does") ?? "");
    });
    this.#recall();
  }

  /** Adds a line, or renews the one of this utterance. @param {Line} line */
  show(line) {
    const key = nameOf(line);
    const kept = this.#lines.get(key) ?? this.#add(key, line);
    clearTimeout(kept.timer);
    if (!line.text) {
      kept.item.remove();
      this.#lines.delete(key);
      return;
    }
    kept.line = line;
    this.#write(this.#part("[data-part=text]", kept.item), line.text, line.language);
    const waits = Boolean(line.awaits) && !kept.item.classList.contains("caption--translated");
    // What is going to be the small line is small from the start: nothing jumps when the large one comes.
    kept.item.classList.toggle("caption--awaits", waits);
    kept.item.classList.toggle("caption--partial", !line.final);
    this.#turn(kept.item);
    if (line.final && waits) kept.timer = setTimeout(() => this.#settle(kept, line.text, line.language), LONGEST_WAIT_MS);
    else if (line.final) this.#announce(line, line.text, line.language);
    this.#follow();
  }

  /** Puts a translation with the line that it is of. @param {TranslatedLine} translation */
  translate(translation) {
    const kept = this.#lines.get(nameOf(translation));
    if (!kept) return;
    const { text, language, state } = translation;
    this.#write(this.#part("[data-part=translation]", kept.item), text, language);
    const how = this.element.dataset[`${state}Text`] ?? "";
    this.#part("[data-part=how]", kept.item).hidden = !how;
    this.#part("[data-part=how] span", kept.item).textContent = how;
    kept.item.dataset.translation = state;
    kept.item.classList.toggle("caption--translated", Boolean(text));
    this.#turn(kept.item);
    this.#settle(kept, text || kept.line.text, text ? language : kept.line.language);
    this.#follow();
  }

  /** No longer waits: what there is now is the line. @param {Kept} kept @param {string} text @param {string} [language] */
  #settle(kept, text, language) {
    const waited = kept.item.classList.contains("caption--awaits");
    clearTimeout(kept.timer);
    kept.item.classList.remove("caption--awaits");
    if (waited) this.#announce(kept.line, text, language);
  }

  /**
   * Typed lines have no sound, so they are always told; what was heard only on request. One's own never.
   * @param {Line} line @param {string} text @param {string} [language]
   */
  #announce(line, text, language) {
    if (line.own || !(line.typed || this.announces)) return;
    this.announced.lang = language ?? "";
    if (!language) this.announced.removeAttribute("lang");
    this.announced.textContent = `${line.name}: ${text}`;
  }

  /** @param {HTMLElement} place @param {string} text @param {string} [language] */
  #write(place, text, language) {
    place.textContent = text;
    place.hidden = !text;
    place.dir = directionOf(language);
    if (language) place.lang = language;
  }

  /** The whole line turns with its large words: name, bar and text stay together. @param {HTMLElement} item */
  #turn(item) {
    const translation = this.#part("[data-part=translation]", item);
    item.dir = getComputedStyle(translation.hidden ? this.#part("[data-part=text]", item) : translation).direction;
  }

  /** 1 to 4, the same for one participant as long as the page lives. @param {string} participant */
  participantColor(participant) {
    if (!this.#colours.has(participant)) this.#colours.set(participant, (this.#colours.size % 4) + 1);
    return this.#colours.get(participant) ?? 1;
  }

  /** All lines gone, as when a talk has ended. */
  clear() {
    for (const { timer } of this.#lines.values()) clearTimeout(timer);
    this.#lines.clear();
    this.log.replaceChildren();
    this.announced.textContent = "";
  }

  /** @param {string} key @param {Line} line @returns {Kept} */
  #add(key, line) {
    const copy = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    const item = /** @type {HTMLElement} */ (copy.firstElementChild);
    this.#part("[data-part=name]", item).textContent = line.name;
    this.#part("[data-part=automatic]", item).hidden = Boolean(line.typed);
    this.#part("[data-part=typed]", item).hidden = !line.typed;
    item.dataset.colour = String(this.participantColor(line.from));
    item.dataset.from = line.from;
    const last = /** @type {HTMLElement | null} */ (this.log.lastElementChild);
    item.classList.toggle("caption--again", last?.dataset.from === line.from && !line.typed);
    /** @type {Kept} */ const kept = { item, line };
    this.#lines.set(key, kept);
    this.log.append(item);
    if (this.#lines.size > MOST_LINES) {
      const [oldest, gone] = /** @type {[string, Kept]} */ (this.#lines.entries().next().value);
      clearTimeout(gone.timer);
      this.#lines.delete(oldest);
      gone.item.remove();
    }
    return kept;
  }

  /** @param {string} what */
  #press(what) {
    if (what === "newest") {
      this.#atEnd = true;
      this.#follow();
      this.log.focus();
    } else if (what === "announce") {
      this.announces = !this.announces;
      this.#part("[data-does=announce]").setAttribute("aria-pressed", String(this.announces));
    } else if (what === "move") {
      this.#look(this.element.dataset.size, this.element.dataset.position === "below" ? "above" : "below");
    } else {
      const now = SIZES.indexOf(this.element.dataset.size ?? "1");
      this.#look(SIZES[Math.min(3, Math.max(0, now + (what === "larger" ? 1 : -1)))], this.element.dataset.position);
    }
  }

  /** The page lays itself out by data-position; "caption-look" tells it. @param {string} [size] @param {string} [position] */
  #look(size = "1", position = "below") {
    Object.assign(this.element.dataset, { size, position });
    // Not disabled: a button that vanishes under one's finger takes the focus with it.
    this.#part("[data-does=smaller]").setAttribute("aria-disabled", String(size === "1"));
    this.#part("[data-does=larger]").setAttribute("aria-disabled", String(size === "4"));
    const move = this.#part("[data-does=move]");
    this.#part("[data-part=word]", move).textContent = move.dataset[position === "below" ? "belowText" : "aboveText"] ?? "";
    try {
      localStorage.setItem(KEPT, `${size} ${position}`);
    } catch {
      // Without storage the look holds as long as the page does.
    }
    this.element.dispatchEvent(new CustomEvent("caption-look", { bubbles: true, detail: { size, position } }));
    this.#follow();
  }

  #recall() {
    let kept = "";
    try {
      kept = localStorage.getItem(KEPT) ?? "";
    } catch {
      // As above.
    }
    const [size = "", position = ""] = kept.split(" ");
    if (SIZES.includes(size) && ["below", "above"].includes(position)) this.#look(size, position);
  }

  #noticeScroll() {
    this.#atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX;
    this.newest.hidden = this.#atEnd;
  }

  #follow() {
    if (this.#atEnd) this.log.scrollTop = this.log.scrollHeight;
    this.newest.hidden = this.#atEnd;
  }

  /** @param {string} selector @param {ParentNode} root @returns {HTMLElement} */
  #part(selector, root = this.element) {
    const found = root.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`caption log without ${selector}`);
    return found;
  }
}
