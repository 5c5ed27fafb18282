// Brings the reader to what is wrong: focus on the summary, and from a link on the first control of its question.

export default class ErrorSummary {
  /** @param {HTMLElement} element */
  constructor(element) {
    element.focus();
    element.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) return;
      event.preventDefault();
      const control = target.matches("input, select, textarea")
        ? target
        : /** @type {HTMLElement | null} */ (target.querySelector("input, select, textarea"));
      target.scrollIntoView({ block: "center" });
      (control ?? target).focus({ preventScroll: true });
    });
  }
}
