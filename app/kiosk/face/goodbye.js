// Counts down to the end of the visit, where it can be seen; then everything is wiped.

export default class Goodbye {
  /** @param {HTMLFormElement} element */
  constructor(element) {
    this.left = Number(element.dataset.seconds);
    const hint = /** @type {HTMLElement | null} */ (element.querySelector("[data-count]"));
    const timer = setInterval(() => {
      this.left -= 1;
      if (hint) hint.textContent = hint.dataset.count?.replace("{seconds}", String(Math.max(this.left, 0))) ?? "";
      if (this.left > 0) return;
      clearInterval(timer);
      element.requestSubmit();
    }, 1000);
  }
}
