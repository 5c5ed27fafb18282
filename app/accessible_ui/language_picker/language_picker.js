// Says the name of a language aloud on focus or touch, so that who cannot read can choose by ear.

export default class LanguagePicker {
  /** @param {HTMLElement} element the form with one button per language */
  constructor(element) {
    this.spoken = "";
    element.addEventListener("focusin", (event) => this.say(event.target));
    element.addEventListener("pointerover", (event) => {
      // A mouse passes over many buttons on its way; a finger means the one it touches.
      if (event.pointerType !== "mouse") this.say(event.target);
    });
    element.addEventListener("focusout", () => (this.spoken = ""));
  }

  /** @param {EventTarget | null} target */
  say(target) {
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button || this.spoken === button.value) return;
    this.spoken = button.value;
    const reader = document.querySelector('[data-module="accessible_ui/read_aloud/read_aloud"]');
    // Without the read-aloud component the picker is silent, and works as before.
    /** @type {any} */ (reader)?.component?.speakText?.(button.textContent?.trim(), button.lang);
  }
}
