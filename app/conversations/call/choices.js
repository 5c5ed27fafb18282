// The dialog of captions: who reads, whose voice may be in them, and in which language that voice speaks.

/** @typedef {import("./types.js").CaptionChoice} CaptionChoice */

export class CaptionChoices {
  /**
   * @param {HTMLFormElement} form
   * @param {(choice: Partial<CaptionChoice>) => void} choose Called at each change: nothing waits for "Klaar".
   */
  constructor(form, choose) {
    this.form = form;
    this.spoken = /** @type {HTMLSelectElement} */ (form.elements.namedItem("spoken_language"));
    this.note = /** @type {HTMLElement} */ (form.querySelector("[data-call=unheard]"));
    this.known = [...this.spoken.options];
    form.addEventListener("change", () => {
      const values = new FormData(form);
      choose({ reads: values.get("reads") === "yes", agrees: values.get("agrees") === "yes", spoken_language: this.spoken.value });
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); form.closest("dialog")?.close(); });
  }

  /**
   * Offers what can be heard, and the language that was chosen before; says so when that one cannot.
   * @param {string} spoken @param {string[]} heard language codes
   */
  show(spoken, heard) {
    const offered = this.known.filter(({ value }) => value === spoken || heard.includes(value));
    // Moving the options closes an open list, so only when they differ.
    if (offered.some((option, index) => this.spoken.options[index] !== option) || offered.length !== this.spoken.length) {
      this.spoken.replaceChildren(...offered);
    }
    this.spoken.value = spoken;
    this.note.textContent = heard.includes(spoken) ? "" : this.note.dataset.unheardText ?? "";
  }
}
