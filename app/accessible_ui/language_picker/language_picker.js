// Says the name of a language aloud on focus or touch, so that who cannot read can choose by ear.

export default class LanguagePicker {
  /** @param {HTMLElement} element the form with one button per language */
  constructor(element) {
    this.spoken = "";
    for (const kind of ["focusin", "pointerover"]) {
      element.addEventListener(kind, (event) => {
        const button = event.target instanceof Element ? event.target.closest("button") : null;
        if (button) this.say(button);
      });
    }
    element.addEventListener("focusout", () => (this.spoken = ""));
  }

  /** @param {HTMLButtonElement} button */
  say(button) {
    if (this.spoken === button.value) return;
    this.spoken = button.value;
    const reader = document.querySelector('[data-module="accessible_ui/read_aloud/read_aloud"]');
    // Without the read-aloud component the picker is silent, and works as before.
    /** @type {any} */ (reader)?.component?.speakText?.(button.textContent?.trim(), button.lang);
  }
}
