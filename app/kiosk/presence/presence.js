// A page at a terminal tells the agent that it lives, and whether somebody is in a talk or there at all. Never what it shows.

/** The agent waits for three of these (app/kiosk/device/beacon.py has the same number). */
const EVERY_MS = 8000;
/** A page whose frames do not come within this time is not on the screen. */
const FRAME_MS = 3000;
/** So long without anybody else is no talk any more: who walked away must be forgotten. */
const ALONE_MS = 180_000;
const TOUCHES = ["pointerdown", "keydown", "input", "wheel"];

export default class Presence {
  /** @param {HTMLElement} element [data-page] [data-address] [data-at-rest] */
  constructor(element) {
    this.element = element;
    this.aloneAt = 0;
    this.touchedAt = performance.now();
    for (const name of TOUCHES) {
      addEventListener(name, () => { this.touchedAt = performance.now(); }, { capture: true, passive: true });
    }
    this.drawn = new Promise((resolve) => {
      new PerformanceObserver((list, observer) => {
        if (!list.getEntriesByName("first-contentful-paint").length) return;
        observer.disconnect();
        resolve(true);
      }).observe({ type: "paint", buffered: true });
    });
    // A long press must not open the browser's own menu.
    addEventListener("contextmenu", (event) => event.preventDefault());
    this.followTalk();
    void this.beat();
    setInterval(() => void this.beat(), EVERY_MS);
  }

  /** The call's page tells by its own state; no call page, no talk. */
  followTalk() {
    const call = document.querySelector("[data-module='conversations/call_page']");
    this.call = call instanceof HTMLElement ? call : null;
    if (!this.call) return;
    new MutationObserver(() => this.tellTalk()).observe(this.call, {
      attributes: true, attributeFilter: ["data-stopped", "data-joined", "hidden"], subtree: true,
    });
    this.tellTalk();
  }

  /** @returns {boolean} */
  tellTalk() {
    const talks = this.call !== null && !this.call?.dataset.stopped && !this.longAlone();
    if (talks) document.documentElement.dataset.inTalk = "true";
    else delete document.documentElement.dataset.inTalk;
    return talks;
  }

  longAlone() {
    const alone = this.call?.querySelector("[data-call=alone]:not([hidden])");
    if (!alone) {
      this.aloneAt = 0;
      return false;
    }
    this.aloneAt ||= performance.now();
    return performance.now() - this.aloneAt > ALONE_MS;
  }

  async beat() {
    const painted = await this.painted();
    const { page, address = "", atRest } = this.element.dataset;
    const still_s = Math.floor((performance.now() - this.touchedAt) / 1000);
    const sent = {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ page, painted, in_talk: this.tellTalk(), at_rest: atRest !== undefined, still_s }),
      credentials: /** @type {const} */ ("omit"), signal: AbortSignal.timeout(EVERY_MS),
    };
    // Refused or not heard: the agent sees that without us, and acts.
    await fetch(address, sent).catch(() => {});
  }

  /** Content was drawn once, and frames still come. @returns {Promise<boolean>} */
  painted() {
    const frames = this.drawn.then(() => new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
    }));
    return Promise.race([frames, new Promise((resolve) => { setTimeout(() => resolve(false), FRAME_MS); })]);
  }
}
