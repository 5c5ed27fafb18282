// Two keys that move a page which is longer than the screen: nobody has to drag.

const MOST = 0.7;

export default class Scroll {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) scrollBy({ top: innerHeight * MOST * Number(button.dataset.by), behavior: this.#behaviour() });
    });
    new ResizeObserver(() => this.#show()).observe(document.body);
    addEventListener("resize", () => this.#show());
    addEventListener("scroll", () => this.#ends(), { passive: true });
  }

  #show() {
    const own = this.element.hidden ? 0 : this.element.offsetHeight;
    this.element.hidden = document.documentElement.scrollHeight - own <= innerHeight + 4;
    this.#ends();
  }

  /** At an end the key stays where it is, and says that it does nothing there. */
  #ends() {
    const room = document.documentElement.scrollHeight - innerHeight;
    for (const button of this.element.querySelectorAll("button")) {
      button.ariaDisabled = String(button.dataset.by === "1" ? scrollY >= room - 4 : scrollY <= 4);
    }
  }

  /** @returns {ScrollBehavior} */
  #behaviour() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.documentElement.dataset.motion === "calm";
    return still ? "instant" : "smooth";
  }
}
