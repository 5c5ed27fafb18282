// The phrase board in a talk: fetched when it is first opened, shown in a dialog, said as typed text.

import PhraseBoard from "../../accessible_ui/phrase_board/phrase_board.js";

/** @typedef {{ dialog: HTMLDialogElement, say: (text: string, language: string) => void, language: () => string, other: () => string }} Surroundings */

export class Phrases {
  /** What is in the board now. */ #shown = "";
  /** The reader's own choice in this talk. */ #chosen = "";

  /** @param {Surroundings} around language: what the reader reads; other: what stands below it; say: puts a text into the talk. */
  constructor(around) {
    this.around = around;
    this.element = /** @type {HTMLElement} */ (around.dialog.querySelector(".phrase-board"));
    this.board = new PhraseBoard(this.element);
    this.element.addEventListener("phrase", (event) => {
      around.dialog.close();
      const { text, language } = /** @type {CustomEvent} */ (event).detail;
      around.say(text, language);
    });
    this.element.addEventListener("phrase-language", (event) => {
      this.#chosen = /** @type {CustomEvent} */ (event).detail;
      void this.#load();
    });
    around.dialog.addEventListener("close", () => this.board.silence());
  }

  /** @returns {Promise<void>} */
  async open() {
    this.around.dialog.showModal();
    await this.#load();
    this.board.restart();
  }

  async #load() {
    const { url = "", by = "citizen", loadingText = "", failedText = "" } = { ...this.element.dataset, ...this.around.dialog.dataset };
    const query = new URLSearchParams({ wie: by, taal: this.#chosen || this.around.language(), andere: this.around.other() });
    const address = `${url}?${query}`;
    if (address === this.#shown) return;
    this.board.say(loadingText);
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      this.#shown = address;
      this.board.fill(html);
    } catch {
      this.board.say(failedText);
    }
  }
}
