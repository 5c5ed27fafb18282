// The pictures on the page: one tile for each participant, with name and role, to pin and to resize.

import { fitPictures } from "./layout.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./layout.js").Size} Size */
/** @typedef {{pinned: boolean, size: Size | null}} Wish What the owner chose; size null: nothing yet. */

const SIZES = /** @type {const} */ (["small", "medium", "large"]);
const GAP_PX = 8;
/** Buttons would hide the face of a smaller picture; the dialog has the same choices. */
const NARROW_PX = 420;
/** Louder than this is speech; the ring stays a moment so that it does not flicker between words. */
const SPEAKING_LEVEL = 0.03;
const RING_MS = 700;

export class Tiles {
  /** @type {Map<string, HTMLElement>} */ #tiles = new Map();
  /** @type {Map<string, Participant>} */ #people = new Map();
  /** @type {Map<string, Wish>} */ #wishes = new Map();
  /** @type {Map<string, number>} */ #heardAt = new Map();
  #planned = false;

  /**
   * @param {HTMLElement} element Holds the texts as data-*-text, the list and the template of a tile.
   * @param {HTMLElement} choices The dialog with the same choices in words, for every size of screen.
   */
  constructor(element, choices) {
    this.element = element;
    this.choices = choices;
    this.rows = /** @type {HTMLElement} */ (choices.querySelector("[data-picture-rows]"));
    this.row = /** @type {HTMLTemplateElement} */ (choices.querySelector("template[data-picture-row]"));
    this.list = /** @type {HTMLElement} */ (element.querySelector("[data-tiles]"));
    this.template = /** @type {HTMLTemplateElement} */ (element.querySelector("template[data-tile]"));
    this.you = "";
    new ResizeObserver(() => this.#plan()).observe(this.list);
    for (const place of [this.list, this.rows]) place.addEventListener("click", (event) => this.#press(event));
    this.rows.addEventListener("change", (event) => this.#pickSize(event));
  }

  /** @param {string} name */
  #text(name) { return this.element.dataset[`${name}Text`] ?? ""; }

  /** @param {Participant} who @param {MediaStream | null} stream @param {boolean} mirrored */
  show(who, stream, mirrored = false) {
    let tile = this.#tiles.get(who.id);
    if (!tile) tile = this.#add(who);
    const before = this.#people.get(who.id);
    this.#people.set(who.id, who);
    const own = who.id === this.you;
    this.#fill(tile, who, own);
    const video = /** @type {HTMLVideoElement} */ (tile.querySelector("video"));
    video.muted = own;
    video.classList.toggle("tile__video--mirrored", mirrored);
    if (video.srcObject !== stream) video.srcObject = stream;
    if (!before || before.number !== who.number) this.#plan();
  }

  /** @param {Participant} who */
  #add(who) {
    const tile = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (this.template.content.cloneNode(true)).firstElementChild);
    tile.dataset.participant = who.id;
    tile.id = `tile-${who.id}`;
    // An interpreter is no use in the corner: pinned until the owner decides otherwise.
    this.#wishes.set(who.id, { pinned: who.role === "interpreter" && who.id !== this.you, size: null });
    this.#tiles.set(who.id, tile);
    this.list.append(tile);
    const row = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (this.row.content.cloneNode(true)).firstElementChild);
    row.dataset.participant = who.id;
    for (const input of row.querySelectorAll("input")) input.name = `size-${who.id}`;
    this.rows.append(row);
    this.#label(who.id);
    return tile;
  }

  /** @param {HTMLElement} tile @param {Participant} who @param {boolean} own */
  #fill(tile, who, own) {
    const set = (/** @type {string} */ part, /** @type {string} */ text) => {
      const node = tile.querySelector(`[data-part=${part}]`);
      if (node && node.textContent !== text) node.textContent = text;
    };
    const name = own ? this.#text("you") : who.name;
    set("name", name);
    const legend = this.#rowOf(who.id)?.querySelector("[data-part=name]");
    if (legend) legend.textContent = name;
    set("role", this.#text(`role${who.role[0]?.toUpperCase()}${who.role.slice(1)}`));
    set("initial", [...who.name.trim()][0]?.toUpperCase() ?? "");
    const state = who.presence === "away" ? "away" : who.sound_only ? "soundOnly" : who.camera ? "" : "cameraOff";
    set("state", state && this.#text(state));
    tile.classList.toggle("tile--no-picture", state !== "" && state !== "away");
    tile.classList.toggle("tile--away", who.presence === "away");
    tile.classList.toggle("tile--own", own);
    const quiet = tile.querySelector("[data-part=quiet]");
    if (quiet instanceof HTMLElement) quiet.hidden = who.microphone || who.presence === "away";
    const captioned = tile.querySelector("[data-part=captioned]");
    if (captioned instanceof HTMLElement) captioned.hidden = !who.captioned || own;
  }

  /** @param {string} id */
  #rowOf(id) { return this.rows.querySelector(`[data-participant="${CSS.escape(id)}"]`); }

  /** @param {string} id */
  video(id) { return this.#tiles.get(id)?.querySelector("video") ?? null; }

  /** @param {string} id */
  remove(id) {
    const tile = this.#tiles.get(id);
    if (!tile) return;
    const focused = tile.contains(document.activeElement);
    const video = this.video(id);
    if (video) video.srcObject = null;
    tile.remove();
    this.#rowOf(id)?.remove();
    for (const map of [this.#tiles, this.#people, this.#wishes, this.#heardAt]) map.delete(id);
    if (focused) this.list.focus();
    this.#plan();
  }

  /** @param {Map<string, number>} levels */
  hear(levels) {
    const now = performance.now();
    for (const [id, tile] of this.#tiles) {
      if ((levels.get(id) ?? 0) > SPEAKING_LEVEL) this.#heardAt.set(id, now);
      tile.classList.toggle("tile--speaking", now - (this.#heardAt.get(id) ?? -Infinity) < RING_MS);
    }
  }

  /** @param {Event} event */
  #press(event) {
    const button = /** @type {Element} */ (event.target).closest("[data-tile-action]");
    const id = button?.closest("[data-participant]")?.getAttribute("data-participant");
    if (!button || !id) return;
    const action = button.getAttribute("data-tile-action") ?? "";
    const wish = this.#wishes.get(id);
    if (wish && action === "pin") wish.pinned = !wish.pinned;
    else if (wish && action === "size") wish.size = SIZES[(SIZES.indexOf(this.#size(id)) + 1) % SIZES.length] ?? "medium";
    this.#changed();
  }

  /** @param {Event} event */
  #pickSize(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const wish = this.#wishes.get(input.closest("[data-participant]")?.getAttribute("data-participant") ?? "");
    if (wish) wish.size = SIZES.find((size) => size === input.value) ?? null;
    this.#changed();
  }

  #changed() {
    for (const id of this.#tiles.keys()) this.#label(id);
    this.#plan();
  }

  /** The size in use: the owner's wish, or what suits a tile that nobody touched. @param {string} id @returns {Size} */
  #size(id) {
    const wish = this.#wishes.get(id);
    if (wish?.size) return wish.size;
    if (wish?.pinned) return "large";
    if (id === this.you) return "small";
    const anyPinned = [...this.#wishes.values()].some(({ pinned }) => pinned);
    return anyPinned && this.#tiles.size > 2 ? "medium" : "large";
  }

  /** Names say what a press will do; the state stands in them and in ARIA. @param {string} id */
  #label(id) {
    const tile = this.#tiles.get(id);
    const wish = this.#wishes.get(id);
    if (!tile || !wish) return;
    const size = this.#size(id);
    const row = this.#rowOf(id);
    for (const pin of [tile, row].map((place) => place?.querySelector("[data-tile-action=pin]"))) {
      pin?.setAttribute("aria-pressed", String(wish.pinned));
      const word = pin?.querySelector("[data-part=word]");
      if (word) word.textContent = this.#text(wish.pinned ? "unpin" : "pin");
    }
    for (const input of row?.querySelectorAll("input") ?? []) input.checked = input.value === size;
    const sizeText = tile.querySelector("[data-tile-action=size] [data-part=word]");
    if (sizeText) sizeText.textContent = this.#text({ small: "toMedium", medium: "toLarge", large: "toSmall" }[size]);
    tile.dataset.size = size;
    tile.classList.toggle("tile--pinned", wish.pinned);
  }

  /** Pinned first, the interpreter before others, the owner last. */
  #order() {
    /** @param {string} id */
    const rank = (id) => {
      const who = this.#people.get(id);
      const first = this.#wishes.get(id)?.pinned ? 0 : 10;
      return first + (id === this.you ? 5 : who?.role === "interpreter" ? 0 : (who?.number ?? 4) / 10 + 1);
    };
    return [...this.#tiles.keys()].sort((a, b) => rank(a) - rank(b));
  }

  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    requestAnimationFrame(() => { this.#planned = false; this.#lay(); });
  }

  #lay() {
    const ids = this.#order();
    const { clientWidth, clientHeight } = this.list;
    const boxes = fitPictures(ids.map((id) => this.#size(id)), clientWidth, clientHeight, GAP_PX);
    for (const [index, id] of ids.entries()) {
      const tile = this.#tiles.get(id);
      const box = boxes[index];
      if (!tile || !box) continue;
      this.#label(id);
      tile.style.insetInlineStart = `${box.left}px`;
      tile.style.top = `${box.top}px`;
      tile.style.width = `${box.width}px`;
      tile.style.height = `${box.height}px`;
      tile.classList.toggle("tile--narrow", box.width < NARROW_PX);
    }
    // Tab order follows what the eye sees; moving a node would stop its video, so only swap when it must.
    const now = [...this.list.children].map((tile) => /** @type {HTMLElement} */ (tile).dataset.participant);
    if (ids.join() !== now.join()) for (const id of ids) this.#place(id);
  }

  /** @param {string} id */
  #place(id) {
    const tile = this.#tiles.get(id);
    const video = this.video(id);
    if (!tile) return;
    const focused = document.activeElement;
    this.list.append(tile);
    void video?.play().catch(() => {});
    if (focused instanceof HTMLElement && tile.contains(focused)) focused.focus();
  }
}
