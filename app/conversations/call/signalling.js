// The socket to the server: numbers every frame, says hello first, and comes back by itself after a lost line.

/** @typedef {import("./types.js").Frame} Frame */

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 4000;
/** A phone that changes network keeps a dead socket open for minutes; a ping without answer finds out sooner. */
const PING_EVERY_MS = 5000;
const SILENCE_IS_GONE_MS = 10_000;
/** What an end means to the page; every other close code is a lost line that we mend (docs/signalling.md, close codes). */
/** @type {Record<number, string>} */
const FINAL = {
  1000: "left", 1009: "broken", 4400: "broken", 4401: "signed_out", 4403: "reload", 4404: "reload", 4409: "moved", 4410: "ended", 4411: "removed",
};
const BUSY = new Set([1013, 4429]);

/**
 * Events: "frame" (detail: Frame), "gone" (the line is lost, we keep trying), "back" (welcome after being gone),
 * "stopped" (detail: why the server does not want this page back: moved, ended, removed, reload, signed_out, broken).
 */
export class Signalling extends EventTarget {
  /** @type {WebSocket | null} */ #socket = null;
  #seq = 0;
  #delay = FIRST_DELAY_MS;
  #heardAt = 0;
  #welcomed = false;
  #gone = false;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #retry;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #pulse;

  /**
   * @param {string} url Address of the socket, ws: or wss:.
   * @param {() => object} hello Gives the hello of this moment: its epoch and view.
   */
  constructor(url, hello) {
    super();
    this.url = url;
    this.hello = hello;
    /** A network that just came back need not wait for the end of the delay. */
    this.hurry = () => { if (!this.#closed && !this.#socket) { this.#delay = FIRST_DELAY_MS; this.#connect(); } };
    this.lost = () => this.#drop();
    this.woken = () => { if (document.visibilityState === "visible") this.#checkPulse(); };
  }

  get welcomed() { return this.#welcomed; }

  open() {
    addEventListener("online", this.hurry);
    addEventListener("offline", this.lost);
    document.addEventListener("visibilitychange", this.woken);
    this.#pulse = setInterval(() => this.#checkPulse(), PING_EVERY_MS);
    this.#connect();
  }

  /** False when there is no line now: the caller decides whether it still matters later. @param {string} type @param {object} [body] */
  send(type, body = {}) {
    if (!this.#welcomed) return false;
    return this.#write(type, body);
  }

  close() {
    this.#closed = true;
    this.#welcomed = false;
    clearTimeout(this.#retry);
    clearInterval(this.#pulse);
    removeEventListener("online", this.hurry);
    removeEventListener("offline", this.lost);
    document.removeEventListener("visibilitychange", this.woken);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /** @param {string} type @param {object} body */
  #write(type, body) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ ...body, type, seq: ++this.#seq }));
    return true;
  }

  #connect() {
    clearTimeout(this.#retry);
    if (this.#closed || this.#socket) return;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#seq = 0;
    this.#heardAt = Date.now();
    socket.onopen = () => this.#write("hello", this.hello());
    socket.onmessage = (event) => { if (socket === this.#socket) this.#take(JSON.parse(event.data)); };
    socket.onclose = ({ code }) => { if (socket === this.#socket) this.#closedBy(code); };
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.#heardAt = Date.now();
    if (frame.type === "pong") return;
    if (frame.type === "welcome") {
      this.#welcomed = true;
      this.#delay = FIRST_DELAY_MS;
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    if (frame.type === "welcome" && this.#gone) {
      this.#gone = false;
      this.dispatchEvent(new Event("back"));
    }
  }

  /** @param {number} code */
  #closedBy(code) {
    const why = FINAL[code];
    if (!why) {
      if (BUSY.has(code)) this.#delay = LONGEST_DELAY_MS;
      return this.#drop();
    }
    this.close();
    return this.dispatchEvent(new CustomEvent("stopped", { detail: why }));
  }

  /** The line is lost: says so once, then tries again, slower each time so that a returning server is not stormed. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    socket?.close();
    if (this.#closed) return;
    if (!this.#gone) {
      this.#gone = true;
      this.dispatchEvent(new Event("gone"));
    }
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), this.#delay * (0.75 + Math.random() / 2));
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
  }

  #checkPulse() {
    if (!this.#socket) return this.hurry();
    if (Date.now() - this.#heardAt > SILENCE_IS_GONE_MS) return this.#drop();
    return void this.send("ping");
  }
}
