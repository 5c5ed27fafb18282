// Shows each choice at once on the page itself; keeping it stays the form's work.

const ATTRIBUTES = /** @type {Record<string, string>} */ ({
  text_size: "textSize",
  colour: "colour",
  spacing: "spacing",
  motion: "motion",
  aloud: "aloud",
});

export default class ReadingPreferences {
  /** @param {HTMLFormElement} element */
  constructor(element) {
    element.addEventListener("change", (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || !(input.name in ATTRIBUTES)) return;
      document.documentElement.dataset[ATTRIBUTES[input.name]] = input.value;
      // Larger letters move what one was looking at out of sight.
      if (input.name === "text_size") input.closest("fieldset")?.scrollIntoView({ block: "nearest" });
    });
  }
}
