// The picture of one participant: a ring while speaking, words for what is off, buttons to pin and to enlarge.

/**
 * @typedef {object} Person
 * @property {string} name
 * @property {string} role as people read it
 * @property {boolean} camera
 * @property {boolean} microphone
 * @property {boolean} [sound_only] the line is too poor for a picture
 * @property {boolean} [away] the line is lost, the seat is kept
 * @property {boolean} [mirrored] one's own front camera, as in a mirror
 */

/** Louder than this is speech; the ring stays a moment so that it does not flicker between words. */
const SPEAKING = 0.03;
const RING_MS = 700;

export default class ParticipantTile {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.video = /** @type {HTMLVideoElement} */ (element.querySelector("video"));
    this.heardAt = -Infinity;
    this.pinned = false;
    this.size = element.dataset.size ?? "medium";
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-does]") : null;
      if (button?.getAttribute("data-does") === "pin") this.pin(!this.pinned);
      if (button?.getAttribute("data-does") === "size") this.resize(this.size === "large" ? "medium" : "large");
    });
  }

  /** @param {Person} person */
  show(person) {
    this.part("name").textContent = person.name;
    this.part("role").textContent = person.role;
    this.part("initial").textContent = [...person.name.trim()][0]?.toLocaleUpperCase() ?? "";
    const visible = person.camera && !person.sound_only && !person.away;
    Object.assign(this.element.dataset, { camera: visible ? "on" : "off", microphone: person.microphone ? "on" : "off" });
    this.element.classList.toggle("tile--away", Boolean(person.away));
    this.element.classList.toggle("tile--mirrored", Boolean(person.mirrored));
    this.part("state").textContent = visible ? "" : this.text(person.away ? "away" : person.sound_only ? "soundOnly" : "cameraOff");
  }

  /** @param {MediaStream | null} stream @param {boolean} muted true for one's own sound */
  play(stream, muted = false) {
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    this.video.muted = muted;
  }

  /** @param {number} loudness 0 to 1 @param {number} now_ms */
  level(loudness, now_ms = performance.now()) {
    if (loudness >= SPEAKING) this.heardAt = now_ms;
    this.element.classList.toggle("tile--speaking", now_ms - this.heardAt < RING_MS);
  }

  /** One plain sentence, or null when all is well. @param {string | null} sentence */
  trouble(sentence) {
    this.part("trouble").textContent = sentence ?? "";
  }

  /** @param {boolean} pinned */
  pin(pinned) {
    this.pinned = pinned;
    this.element.classList.toggle("tile--pinned", pinned);
    const button = this.element.querySelector("[data-does=pin]");
    button?.setAttribute("aria-pressed", String(pinned));
    this.word("pin", pinned ? "unpin" : "pin");
    this.element.dispatchEvent(new CustomEvent("tile-pin", { bubbles: true, detail: { pinned } }));
  }

  /** @param {string} size "medium" or "large" */
  resize(size) {
    this.size = this.element.dataset.size = size;
    this.word("size", size === "large" ? "medium" : "large");
    this.element.dispatchEvent(new CustomEvent("tile-size", { bubbles: true, detail: { size } }));
  }

  /** @param {string} button @param {string} text */
  word(button, text) {
    const word = this.element.querySelector(`[data-does=${button}] [data-part=word]`);
    if (word) word.textContent = this.text(text);
  }

  /** @param {string} name */
  text(name) {
    return this.element.dataset[`${name}Text`] ?? "";
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    const found = this.element.querySelector(`[data-part=${name}]`);
    if (!(found instanceof HTMLElement)) throw new Error(`tile without ${name}`);
    return found;
  }
}
