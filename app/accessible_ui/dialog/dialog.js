// A native <dialog>: the browser keeps focus inside and gives it back; this opens and closes it.

export default class Dialog {
  /** @param {HTMLDialogElement} element */
  constructor(element) {
    this.element = element;
    /** @type {Element | null} */ this.opener = null;
    document.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const opener = target?.closest(`[data-opens="${CSS.escape(element.id)}"]`);
      if (opener) this.open(opener);
      // A press on the dark ground is a press on the dialog itself, not on what is inside it.
      else if (target === element || (target?.closest("[data-closes]") && element.contains(target))) this.close();
    });
    element.addEventListener("close", () => {
      // Safari forgets who opened it when the opener was pressed with a mouse.
      if (this.opener instanceof HTMLElement) this.opener.focus();
      this.opener = null;
    });
  }

  /** @param {Element | null} opener who gets the focus back */
  open(opener = document.activeElement) {
    if (this.element.open) return;
    this.opener = opener;
    this.element.showModal();
  }

  close() {
    this.element.close();
  }
}
