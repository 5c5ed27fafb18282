// The attract screen: greetings take turns, and any touch, key or switch wakes it.

const TURN_MS = 5000;

export default class Attract {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.greetings = /** @type {HTMLElement[]} */ ([...element.children]);
    this.form = /** @type {HTMLFormElement} */ (document.querySelector("#begin"));
    this.woken = false;
    this.shown = 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.documentElement.dataset.motion === "calm";
    if (!still && this.greetings.length > 1) {
      element.classList.add("face-greetings--turning");
      this.show(0);
      setInterval(() => this.show(this.shown + 1), TURN_MS);
    }
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => {
      if (!(event.target instanceof Element && event.target.closest("button"))) this.wake();
    });
  }

  /** @param {number} number */
  show(number) {
    this.shown = number % this.greetings.length;
    this.greetings.forEach((greeting, index) => greeting.toggleAttribute("data-shown", index === this.shown));
  }

  /** A modifier alone is half a key; on a language's button a key presses that button. @param {KeyboardEvent} event */
  key(event) {
    if (event.repeat || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    if (event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    this.wake();
  }

  wake() {
    if (this.woken) return;
    this.woken = true;
    this.form.requestSubmit();
  }
}
