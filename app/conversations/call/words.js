// What was said and typed, in order, the name before the line. Partial lines grow in place; final ones stay.

/** @typedef {{key: string, name: string, text: string, done: boolean, typed: boolean, language?: string, own?: boolean}} Line */

/** Older lines leave the page; nothing of them is kept anywhere. */
const MOST_LINES = 400;
const NEAR_END_PX = 48;

export class Words {
  /** @type {Map<string, HTMLElement>} */ #lines = new Map();
  #atEnd = true;

  /** @param {HTMLElement} element Holds [data-lines] (the log), [data-announce], [data-newest] and the template of a line. */
  constructor(element) {
    this.element = element;
    this.log = /** @type {HTMLElement} */ (element.querySelector("[data-lines]"));
    this.announce = /** @type {HTMLElement} */ (element.querySelector("[data-announce]"));
    this.newest = /** @type {HTMLElement} */ (element.querySelector("[data-newest]"));
    this.template = /** @type {HTMLTemplateElement} */ (element.querySelector("template[data-line]"));
    this.log.addEventListener("scroll", () => this.#noticeScroll(), { passive: true });
    this.newest.addEventListener("click", () => { this.#atEnd = true; this.#follow(); this.log.focus(); });
    new ResizeObserver(() => this.#follow()).observe(this.log);
  }

  /** Adds a line or replaces the one with the same key. An empty one goes away. @param {Line} line */
  put(line) {
    let item = this.#lines.get(line.key);
    if (!line.text) {
      item?.remove();
      this.#lines.delete(line.key);
      return this.#showEmpty();
    }
    if (!item) item = this.#add(line);
    const words = /** @type {HTMLElement} */ (item.querySelector("[data-part=text]"));
    words.textContent = line.text;
    if (line.language) words.lang = line.language;
    item.classList.toggle("line--partial", !line.done);
    // A live region that repeats partial text talks over the speaker: only whole typed lines are announced.
    if (line.done && line.typed && !line.own) this.announce.textContent = `${line.name}: ${line.text}`;
    this.#follow();
    return this.#showEmpty();
  }

  /** @param {Line} line */
  #add(line) {
    const item = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (this.template.content.cloneNode(true)).firstElementChild);
    /** @type {HTMLElement} */ (item.querySelector("[data-part=name]")).textContent = line.name;
    item.classList.toggle("line--typed", line.typed);
    item.classList.toggle("line--own", Boolean(line.own));
    this.#lines.set(line.key, item);
    this.log.append(item);
    if (this.#lines.size > MOST_LINES) {
      const [oldest, node] = /** @type {[string, HTMLElement]} */ (this.#lines.entries().next().value);
      this.#lines.delete(oldest);
      node.remove();
    }
    return item;
  }

  #showEmpty() { this.element.classList.toggle("words--empty", this.#lines.size === 0); }

  #noticeScroll() {
    this.#atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX;
    this.newest.hidden = this.#atEnd;
  }

  /** Who scrolled back keeps their place. */
  #follow() {
    if (this.#atEnd) this.log.scrollTop = this.log.scrollHeight;
    this.newest.hidden = this.#atEnd;
  }
}
