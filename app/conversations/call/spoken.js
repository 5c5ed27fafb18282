// Translations as sound, for this listener alone: one voice at a time, and never far behind the talk.

import { MadeSpeech, Refusal } from "../../accessible_ui/read_aloud/made_speech.js";

/** @typedef {{text: string, language: string, address: Promise<string>}} Sentence */

/**
 * Events (detail): "speaking" (boolean; the others go softer meanwhile), "behind" (boolean: a sentence was left out),
 * "silent" (the server's own words about why nothing sounds, or "").
 */
export class SpokenTranslation extends EventTarget {
  #audio = new Audio();
  /** At most one: what waits longer is old news. @type {Sentence | null} */ #waiting = null;
  #turn = 0;
  #running = false;
  #on = false;
  #finish = () => {};

  /** @param {string} url Of reading aloud. @param {string} token Of the page's forms. */
  constructor(url, token) {
    super();
    this.url = url;
    this.token = token;
  }

  get on() { return this.#on; }

  /** Off is silent at once. @param {boolean} on */
  switchTo(on) {
    if (on === this.#on) return;
    this.#on = on;
    this.#turn += 1;
    this.#forget(this.#waiting);
    this.#waiting = null;
    this.#audio.onerror = null;
    // Pausing alone would leave a loader that asks for an address that is gone.
    this.#audio.removeAttribute("src");
    this.#audio.load();
    this.#finish();
    this.#running = false;
    this.#tell("speaking", false);
    this.#tell("behind", false);
  }

  /** @param {string} text @param {string} language */
  say(text, language) {
    if (!this.#on || !text.trim()) return;
    if (this.#waiting) {
      this.#forget(this.#waiting);
      this.#tell("behind", true);
    }
    // A new maker for each: what was said in a talk is kept nowhere once it has sounded.
    const made = new MadeSpeech(this.url, this.token).make(text, language, 1);
    const address = made.then((speech) => speech.address);
    address.catch(() => {});
    this.#waiting = { text, language, address };
    if (!this.#running) void this.#run();
  }

  async #run() {
    const turn = this.#turn;
    this.#running = true;
    while (this.#waiting) {
      const sentence = this.#waiting;
      this.#waiting = null;
      try {
        const address = await sentence.address;
        if (turn === this.#turn) await this.#play(address);
      } catch (error) {
        if (turn === this.#turn) this.#tell("silent", error instanceof Refusal ? error.message : "");
      }
      this.#forget(sentence);
      if (turn !== this.#turn) return;
    }
    this.#running = false;
    this.#tell("speaking", false);
    this.#tell("behind", false);
  }

  /** @param {string} address @returns {Promise<void>} */
  #play(address) {
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#audio.onended = () => resolve();
      this.#audio.onerror = () => reject(this.#audio.error);
      this.#audio.src = address;
      this.#tell("speaking", true);
      this.#audio.play().catch(reject);
    });
  }

  /** @param {Sentence | null} sentence */
  #forget(sentence) { sentence?.address.then((address) => URL.revokeObjectURL(address), () => {}); }

  /** @param {string} name @param {boolean | string} detail */
  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}
