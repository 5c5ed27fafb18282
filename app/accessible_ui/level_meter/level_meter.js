// A bar that moves with the voice, and words for who does not see it.

/** Below this is the room's own noise; above the second one hears a person well. */
const SOFT = 0.04;
const GOOD = 0.15;
/** Words change at most this often: a live region that chatters talks over the speaker. */
const WORDS_MS = 1500;

export default class LevelMeter {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.bar = /** @type {HTMLElement} */ (element.querySelector("[role=meter]"));
    this.words = /** @type {HTMLElement} */ (element.querySelector(".level-meter__words"));
    this.steps = [...this.bar.children];
    this.loudest = 0;
    this.toldAt = -Infinity;
  }

  /**
   * @param {number} value loudness, 0 to 1 (root mean square or peak)
   * @param {number} now_ms
   */
  level(value, now_ms = performance.now()) {
    const level = Math.min(1, Math.max(0, value || 0));
    // Ears hear ratios, not differences: the square root lifts soft speech into sight.
    const shown = Math.round(Math.sqrt(level) * this.steps.length);
    this.steps.forEach((step, index) => step.classList.toggle("level-meter__step--on", index < shown));
    this.loudest = Math.max(this.loudest, level);
    if (now_ms - this.toldAt < WORDS_MS) return;
    this.toldAt = now_ms;
    this.tell(this.loudest);
    this.loudest = 0;
  }

  /** @param {number} level */
  tell(level) {
    const { silentText = "", softText = "", goodText = "" } = this.element.dataset;
    const text = level < SOFT ? silentText : level < GOOD ? softText : goodText;
    this.bar.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    this.bar.setAttribute("aria-valuetext", text);
    this.element.dataset.heard = level < SOFT ? "silent" : level < GOOD ? "soft" : "good";
    if (this.words.textContent !== text) this.words.textContent = text;
  }
}
