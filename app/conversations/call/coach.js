// The employee's plain-speech coach: shows one hint at a time, to this page only, and keeps nothing.

import { keepSwitch, kept } from "./kept.js";

/** @typedef {{kind: "hard_word" | "long_sentence" | "too_fast", found: string, plain: string}} Hint */

/** Only the choice to have it off; never a word that was said. */
const OFF_KEY = "wijkbalie.coach";

export class Coach {
  /** As this browser was last told; it begins on. */ on = kept(OFF_KEY, "localStorage") !== "off";

  /** @param {HTMLElement} element With the texts as data attributes. @param {(on: boolean) => void} choose */
  constructor(element, choose) {
    this.element = element;
    this.words = /** @type {HTMLElement} */ (element.querySelector("[data-part=hint]"));
    this.button = /** @type {HTMLButtonElement} */ (element.querySelector("[data-part=switch]"));
    this.button.addEventListener("click", () => {
      this.on = !this.on;
      keepSwitch(OFF_KEY, this.on, "localStorage");
      choose(this.on);
      this.#show("");
    });
    this.#show("");
  }

  /** @param {Hint} hint */
  take({ kind, found, plain }) {
    if (!this.on) return;
    const { hardWordText = "", needlessWordText = "", longSentenceText = "", tooFastText = "" } = this.element.dataset;
    const text = { hard_word: plain ? hardWordText : needlessWordText, long_sentence: longSentenceText, too_fast: tooFastText }[kind];
    this.#show(text.replace("{found}", found).replace("{plain}", plain));
  }

  /** @param {string} hint */
  #show(hint) {
    const { onText = "", offText = "", quietText = "", silentText = "" } = this.element.dataset;
    this.button.setAttribute("aria-pressed", String(this.on));
    this.button.textContent = this.on ? onText : offText;
    this.words.textContent = hint || (this.on ? quietText : silentText);
    this.element.classList.toggle("coach--hint", Boolean(hint));
  }
}
