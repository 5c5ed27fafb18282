// The dialog of captions: who reads and in which language, who wants that read aloud, whose voice may be in them, and
// which language that voice speaks.

import { isolated, languageName } from "./names.js";

/** @typedef {import("./types.js").CaptionChoice} CaptionChoice */

/**
 * @typedef {object} Situation
 * @property {CaptionChoice} choice
 * @property {boolean} voice Translations are read aloud.
 * @property {string[]} heard Languages that can be captioned.
 * @property {(language: string) => string[]} untranslated Names of the others whose words nobody can translate into it.
 * @property {(language: string) => boolean} speaks
 */

export class CaptionChoices {
  /**
   * @param {HTMLFormElement} form
   * @param {(choice: Partial<CaptionChoice>, voice: boolean) => void} choose Called at each change: nothing waits for "Klaar".
   */
  constructor(form, choose) {
    this.form = form;
    this.spoken = this.#select("spoken_language");
    this.read = this.#select("language");
    this.known = [...this.spoken.options];
    this.readable = [...this.read.options];
    form.addEventListener("change", (event) => {
      this.#agree(/** @type {HTMLInputElement} */ (event.target));
      const values = new FormData(form);
      const yes = (/** @type {string} */ name) => values.get(name) === "yes";
      choose({ reads: yes("reads"), agrees: yes("agrees"), language: this.read.value, spoken_language: this.spoken.value }, yes("voice"));
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); form.closest("dialog")?.close(); });
  }

  /** @param {string} name @returns {HTMLSelectElement} */
  #select(name) { return /** @type {HTMLSelectElement} */ (this.form.elements.namedItem(name)); }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) { return /** @type {HTMLElement} */ (this.form.querySelector(`[data-call=${name}]`)); }

  /** @param {string} name @param {boolean} yes */
  #set(name, yes) { /** @type {RadioNodeList} */ (this.form.elements.namedItem(name)).value = yes ? "yes" : "no"; }

  /** Only what comes as captions can be read aloud: the one brings the other along. @param {HTMLInputElement} changed */
  #agree(changed) {
    if (changed.name === "voice" && changed.value === "yes") this.#set("reads", true);
    if (changed.name === "reads" && changed.value === "no") this.#set("voice", false);
  }

  /** @param {Situation} now */
  show({ choice, voice, heard, untranslated, speaks }) {
    const { language, spoken_language } = choice;
    offerAlso(this.known, spoken_language);
    offerAlso(this.readable, language);
    this.#offer(this.spoken, this.known.filter(({ value }) => value === spoken_language || heard.includes(value)), spoken_language);
    this.#note("unheard", heard.includes(spoken_language) ? [] : [""]);
    const works = this.readable.filter(({ value }) => !untranslated(value).length);
    this.#offer(this.#part("reading-works"), works, language);
    this.#offer(this.#part("reading-not-yet"), this.readable.filter((option) => !works.includes(option)), language);
    this.#note("untranslated", untranslated(language));
    this.#part("voice").hidden = !speaks(language);
    this.#note("unspoken", speaks(language) ? [] : [""]);
    this.#set("reads", choice.reads);
    this.#set("agrees", choice.agrees);
    this.#set("voice", voice);
  }

  /** @param {HTMLElement} list A select, or a group in it. @param {HTMLOptionElement[]} options @param {string} chosen */
  #offer(list, options, chosen) {
    // Moving the options closes an open list, so only when they differ.
    const now = [...list.querySelectorAll("option")];
    if (now.length !== options.length || options.some((option, index) => now[index] !== option)) list.replaceChildren(...options);
    if (list instanceof HTMLOptGroupElement) list.hidden = !options.length;
    const select = /** @type {HTMLSelectElement} */ (list.closest("select"));
    if (options.some(({ value }) => value === chosen)) select.value = chosen;
  }

  /** One sentence for each name; none says nothing. @param {string} name @param {string[]} about */
  #note(name, about) {
    const note = this.#part(name);
    const text = about.map((who) => (note.dataset.text ?? "").replace("{name}", isolated(who))).join(" ");
    if (note.textContent !== text) note.textContent = text;
  }
}

/** An engine may know a language that the page does not list. @param {HTMLOptionElement[]} options @param {string} code */
function offerAlso(options, code) {
  if (options.some(({ value }) => value === code)) return;
  const option = new Option(languageName(code, code), code);
  option.lang = code;
  options.push(option);
}
