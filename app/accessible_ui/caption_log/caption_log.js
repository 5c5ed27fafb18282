// Captions as a log: names before lines, partial lines grow in place, who scrolls back keeps their place.

/**
 * @typedef {object} Line
 * @property {string} from participant id
 * @property {string} name
 * @property {number} utterance counts up for one participant; the same one again replaces its line
 * @property {string} text the whole line so far; empty takes it away
 * @property {boolean} final
 * @property {string} [language] of the words, for fonts, direction and voices
 * @property {boolean} [typed] typed by hand instead of heard by a machine
 */

/** Older lines leave the page; nothing of them is kept anywhere. */
const MOST_LINES = 400;
const NEAR_END_PX = 48;
const SIZES = ["1", "2", "3", "4"];
const KEPT = "wijkbalie.captions";

export default class CaptionLog {
  /** @type {Map<string, HTMLElement>} */ #lines = new Map();
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
    const key = `${line.typed ? "t" : "c"} ${line.from} ${line.utterance}`;
    const item = this.#lines.get(key) ?? this.#add(key, line);
    if (!line.text) {
      item.remove();
      this.#lines.delete(key);
      return;
    }
    const text = this.#part("[data-part=text]", item);
    text.textContent = line.text;
    if (line.language) text.lang = line.language;
    // The whole line turns with its words: name, bar and text stay together.
    item.dir = getComputedStyle(text).direction;
    item.classList.toggle("caption--partial", !line.final);
    if (line.final && this.announces) this.announced.textContent = `${line.name}: ${line.text}`;
    this.#follow();
  }

  /** 1 to 4, the same for one participant as long as the page lives. @param {string} participant */
  participantColor(participant) {
    if (!this.#colours.has(participant)) this.#colours.set(participant, (this.#colours.size % 4) + 1);
    return this.#colours.get(participant) ?? 1;
  }

  /** All lines gone, as when a talk has ended. */
  clear() {
    this.#lines.clear();
    this.log.replaceChildren();
    this.announced.textContent = "";
  }

  /** @param {string} key @param {Line} line */
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
    this.#lines.set(key, item);
    this.log.append(item);
    if (this.#lines.size > MOST_LINES) {
      const [oldest, node] = /** @type {[string, HTMLElement]} */ (this.#lines.entries().next().value);
      this.#lines.delete(oldest);
      node.remove();
    }
    return item;
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
