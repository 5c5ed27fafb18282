// The waiting room: a bell and a clear sign when the employee calls, then on to the talk, by button or by itself.

/** Time to hear the bell and to read; who needs longer presses nothing and loses nothing. */
const GO_ON_MS = 4000;

export default class WaitingRoom {
  /** @param {HTMLElement} element The page puts [data-called data-next=address] into it when the visitor is called. */
  constructor(element) {
    this.element = element;
    this.bell = new Audio(new URL("./chime.mp3", import.meta.url).href);
    this.bell.preload = "none"; // waiting costs no data for what may come; one fetch later it rings
    this.title = document.title;
    this.called = false;
    // A phone that dims its screen would leave the queue's page asleep.
    this.keepAwake();
    document.addEventListener("visibilitychange", () => this.keepAwake());
    new MutationObserver(() => this.look()).observe(element, { childList: true, subtree: true });
    this.look();
  }

  async keepAwake() {
    if (document.visibilityState !== "visible") return;
    await navigator.wakeLock?.request("screen").catch(() => { /* Low battery: the system may refuse. */ });
  }

  look() {
    const call = this.element.querySelector("[data-called]");
    if (!(call instanceof HTMLElement) || this.called) return;
    this.called = true;
    document.title = `● ${call.querySelector("h1")?.textContent?.trim() ?? this.title}`;
    // Refused when nobody touched this page yet; sign and words stay.
    this.bell.play().catch(() => {});
    navigator.vibrate?.([200, 100, 200]);
    this.element.dispatchEvent(new CustomEvent("called", { bubbles: true }));
    const next = call.dataset.next;
    if (next) setTimeout(() => location.assign(next), GO_ON_MS);
  }
}
