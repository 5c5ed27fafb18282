// The pictures on the page: one tile for each participant, to pin and to resize, laid out to fill the place.

import ParticipantTile from "../../accessible_ui/participant_tile/participant_tile.js";
import { fitPictures } from "./layout.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./layout.js").Size} Size */
/** @typedef {{pinned: boolean, size: Size | null}} Wish What the owner chose; size null: nothing yet. */

const SIZES = /** @type {const} */ (["small", "medium", "large"]);
const GAP_PX = 8;
/** How loud the others stay while a translation sounds. */
const SOFT = 0.25;
/** Buttons would hide the face of a smaller picture; the dialog has the same choices. */
const NARROW_REM = 26;

export class Tiles {
  /** @type {Map<string, ParticipantTile>} */ #tiles = new Map();
  /** @type {Map<string, Participant>} */ #people = new Map();
  /** @type {Map<string, Wish>} */ #wishes = new Map();
  #planned = false;
  #soft = false;

  /**
   * @param {HTMLElement} element Holds the texts as data-*-text, the list and the template of a tile.
   * @param {HTMLElement} choices The dialog with the same choices in words, for every size of screen.
   */
  constructor(element, choices) {
    this.element = element;
    this.list = /** @type {HTMLElement} */ (element.querySelector("[data-tiles]"));
    this.template = /** @type {HTMLTemplateElement} */ (element.querySelector("template[data-tile]"));
    this.captioned = /** @type {HTMLTemplateElement} */ (element.querySelector("template[data-captioned]"));
    this.rows = /** @type {HTMLElement} */ (choices.querySelector("[data-picture-rows]"));
    this.row = /** @type {HTMLTemplateElement} */ (choices.querySelector("template[data-picture-row]"));
    this.you = "";
    new ResizeObserver(() => this.#plan()).observe(this.list);
    this.rows.addEventListener("click", (event) => this.#press(event));
    this.rows.addEventListener("change", (event) => this.#pickSize(event));
  }

  /** @param {string} name */
  #text(name) { return this.element.dataset[`${name}Text`] ?? ""; }

  /** A person's role in words; stands for the name of who gave none. @param {Participant} who */
  role(who) { return this.#text(`role${who.role[0]?.toUpperCase()}${who.role.slice(1)}`); }

  /** @param {HTMLTemplateElement} template @returns {HTMLElement} */
  #copy(template) {
    return /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
  }

  /** @param {Participant} who @param {MediaStream | null} stream @param {boolean} mirrored */
  show(who, stream, mirrored = false) {
    const tile = this.#tiles.get(who.id) ?? this.#add(who);
    const isNew = !this.#people.has(who.id);
    this.#people.set(who.id, who);
    const own = who.id === this.you;
    const name = own ? this.#text("you") : who.name || this.role(who);
    const role = name === this.role(who) ? "" : this.role(who);
    const { camera, microphone, sound_only } = who;
    tile.show({ name, role, camera, microphone, sound_only, away: who.presence === "away", mirrored });
    tile.play(stream, own);
    if (!own) this.#setVolume(tile);
    tile.element.classList.toggle("tile--captioned", who.captioned && !own);
    const legend = this.#rowOf(who.id)?.querySelector("[data-part=name]");
    if (legend) legend.textContent = name;
    if (isNew) this.#changed();
  }

  /** @param {Participant} who */
  #add(who) {
    const element = this.#copy(this.template);
    element.id = `tile-${who.id}`;
    element.dataset.participant = who.id;
    const name = /** @type {HTMLElement} */ (element.querySelector("[data-part=name]"));
    name.id = `${element.id}-name`;
    element.setAttribute("aria-labelledby", name.id);
    element.querySelector(".tile__foot")?.append(this.#copy(this.captioned));
    const tile = new ParticipantTile(element);
    element.addEventListener("tile-pin", (event) => this.#wish(who.id, { pinned: /** @type {CustomEvent} */ (event).detail.pinned }));
    element.addEventListener("tile-size", (event) => this.#wish(who.id, { size: /** @type {CustomEvent} */ (event).detail.size }));
    this.#tiles.set(who.id, tile);
    this.#wishes.set(who.id, { pinned: false, size: null });
    this.list.append(element);
    const row = this.#copy(this.row);
    row.dataset.participant = who.id;
    for (const input of row.querySelectorAll("input")) input.name = `size-${who.id}`;
    this.rows.append(row);
    // An interpreter is no use in the corner: pinned until the owner decides otherwise.
    if (who.role === "interpreter" && who.id !== this.you) tile.pin(true);
    return tile;
  }

  /** @param {string} id */
  #rowOf(id) { return this.rows.querySelector(`[data-participant="${CSS.escape(id)}"]`); }

  /** @param {string} id */
  video(id) { return this.#tiles.get(id)?.video ?? null; }

  /** @param {string} id */
  remove(id) {
    const tile = this.#tiles.get(id);
    if (!tile) return;
    const focused = tile.element.contains(document.activeElement);
    tile.play(null);
    tile.element.remove();
    this.#rowOf(id)?.remove();
    for (const map of [this.#tiles, this.#people, this.#wishes]) map.delete(id);
    if (focused) this.list.focus();
    this.#changed();
  }

  /** The others' own sound, while a translation sounds and after. @param {boolean} soft */
  soften(soft) {
    this.#soft = soft;
    for (const [id, tile] of this.#tiles) if (id !== this.you) this.#setVolume(tile);
  }

  /** @param {ParticipantTile} tile */
  #setVolume({ video }) {
    video.volume = this.#soft ? SOFT : 1;
    // iOS leaves the volume to its own buttons: there only silence keeps two voices apart.
    video.muted = this.#soft && video.volume > SOFT;
  }

  /** @param {Map<string, number>} levels */
  hear(levels) {
    for (const [id, tile] of this.#tiles) tile.level(levels.get(id) ?? 0);
  }

  /** @param {string} id @param {Partial<Wish>} wish */
  #wish(id, wish) {
    Object.assign(this.#wishes.get(id) ?? {}, wish);
    this.#changed();
  }

  /** @param {Event} event */
  #press(event) {
    const button = /** @type {Element} */ (event.target).closest("[data-tile-action=pin]");
    const id = button?.closest("[data-participant]")?.getAttribute("data-participant") ?? "";
    if (button) this.#tiles.get(id)?.pin(!this.#wishes.get(id)?.pinned);
  }

  /** @param {Event} event */
  #pickSize(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const id = input.closest("[data-participant]")?.getAttribute("data-participant") ?? "";
    this.#wish(id, { size: SIZES.find((size) => size === input.value) ?? null });
  }

  #changed() {
    for (const [id, tile] of this.#tiles) this.#label(id, tile);
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

  /** @param {string} id @param {ParticipantTile} tile */
  #label(id, tile) {
    const size = this.#size(id);
    const pinned = this.#wishes.get(id)?.pinned ?? false;
    tile.size = tile.element.dataset.size = size;
    tile.word("size", size === "large" ? "medium" : "large");
    const row = this.#rowOf(id);
    const pin = row?.querySelector("[data-tile-action=pin]");
    pin?.setAttribute("aria-pressed", String(pinned));
    const word = pin?.querySelector("[data-part=word]");
    if (word) word.textContent = this.#text(pinned ? "unpin" : "pin");
    for (const input of row?.querySelectorAll("input") ?? []) input.checked = input.value === size;
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
    const rem_px = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const boxes = fitPictures(ids.map((id) => this.#size(id)), clientWidth, clientHeight, GAP_PX);
    for (const [index, id] of ids.entries()) {
      const element = this.#tiles.get(id)?.element;
      const box = boxes[index];
      if (!element || !box) continue;
      element.style.insetInlineStart = `${box.left}px`;
      element.style.top = `${box.top}px`;
      element.style.width = `${box.width}px`;
      element.style.height = `${box.height}px`;
      element.classList.toggle("tile--narrow", box.width < NARROW_REM * rem_px);
    }
    // Tab order follows what the eye sees; moving a node stops its video, so only when it must.
    const now = [...this.list.children].map((tile) => /** @type {HTMLElement} */ (tile).dataset.participant);
    if (ids.join() !== now.join()) for (const id of ids) this.#place(id);
  }

  /** @param {string} id */
  #place(id) {
    const tile = this.#tiles.get(id);
    if (!tile) return;
    const focused = document.activeElement;
    this.list.append(tile.element);
    void tile.video.play().catch(() => {});
    if (focused instanceof HTMLElement && tile.element.contains(focused)) focused.focus();
  }
}
