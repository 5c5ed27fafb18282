// Says a minute ahead that the host's time is over, and leaves when it is: the server has closed the door by then.

const WARN_S = 60;

export default class TimeLeft {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    const left_s = Number(element.dataset.leftS);
    setTimeout(() => this.warn(), Math.max(0, left_s - WARN_S) * 1000);
    setTimeout(() => location.assign("/host"), (left_s + 1) * 1000);
  }

  warn() {
    const warning = /** @type {HTMLTemplateElement} */ (this.element.querySelector("template"));
    this.element.querySelector(".staff-time__warning")?.replaceChildren(warning.content.cloneNode(true));
  }
}
