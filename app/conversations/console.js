// The employee's page in a live talk: the same call, and besides: who waits, who is let in, what the others see.

import CallPage from "./call_page.js";
import { Coach } from "./call/coach.js";

/** @typedef {import("./call/types.js").Participant} Participant */

const TITLE_CUE = "● ";
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

export default class Console extends CallPage {
  /** @param {HTMLElement} element */
  constructor(element) {
    super(element);
    this.title = document.title;
    /** @type {Set<string>} */ this.knownWaiting = new Set();
    this.chime = new Audio(element.dataset.chime);
    this.bindBackground();
    this.bindCoach();
  }

  /** Every new line begins without: the page says at each welcome whether it wants hints. */
  bindCoach() {
    const coach = new Coach(this.part("coach"), (on) => this.client.coach(on));
    this.client.addEventListener("welcome", () => this.client.coach(coach.on));
    this.client.addEventListener("hint", (event) => coach.take(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {Participant | undefined} who */
  showParticipant(who) {
    super.showParticipant(who);
    if (who && who.id !== this.client.you) this.showPerson(who);
  }

  showPeople() {
    super.showPeople();
    const list = this.part("people");
    const here = new Set(this.client.participants.keys());
    for (const row of list.querySelectorAll("[data-person]")) if (!here.has(row.getAttribute("data-person") ?? "")) row.remove();
    const waiting = [...this.client.participants.values()].filter(({ admitted, presence }) => !admitted && presence === "waiting");
    this.callForAttention(waiting.map(({ id }) => id));
    this.part("nobody").hidden = here.size > 1;
  }

  /** Sees and hears it: whoever looks at a file on another screen must know that somebody waits. @param {string[]} waiting */
  callForAttention(waiting) {
    const fresh = waiting.filter((id) => !this.knownWaiting?.has(id));
    this.knownWaiting = new Set(waiting);
    if (!this.title) return;
    document.title = (waiting.length ? TITLE_CUE : "") + this.title;
    if (!waiting.length && this.element.dataset.called) this.say("");
    this.element.dataset.called = waiting.length ? "true" : "";
    if (!fresh.length) return;
    void this.chime.play().catch(() => { /* Before the first touch a browser may refuse; the picture stays. */ });
    this.say(this.fill(this.text("waits"), this.nameOf(fresh[0] ?? "")));
  }

  /** @param {Participant} who */
  showPerson(who) {
    const list = this.part("people");
    let row = list.querySelector(`[data-person="${CSS.escape(who.id)}"]`);
    if (!row) {
      const template = /** @type {HTMLTemplateElement} */ (this.element.querySelector("template[data-person-row]"));
      row = /** @type {Element} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
      row.setAttribute("data-person", who.id);
      list.append(row);
    }
    const waits = !who.admitted;
    const set = (/** @type {string} */ part, /** @type {string} */ text) => {
      const node = /** @type {HTMLElement | null} */ (row.querySelector(`[data-part=${part}]`));
      if (!node) return;
      node.hidden = !text;
      if (node.textContent !== text) node.textContent = text;
    };
    set("name", this.nameOf(who.id));
    set("role", who.name && this.tiles.role(who));
    set("place", this.text(waits ? (who.presence === "waiting" ? "placeWaiting" : "placeAway") : { waiting: "placeComing", connected: "placeHere", away: "placeAway" }[who.presence]));
    set("reads", waits ? "" : this.text(who.reads ? "reads" : "readsNot"));
    const times = (who.text_size ?? 100) / 100;
    set("text-size", times > 1 ? this.text("largeLetters").replace("{percent}", percent.format(times)) : "");
    set("agrees", waits ? "" : this.text(who.agrees ? "agrees" : "agreesNot"));
    set("trouble", who.trouble ? this.troubleOf(who.trouble) : "");
    row.classList.toggle("person--waits", waits && who.presence === "waiting");
    row.classList.toggle("person--troubled", Boolean(who.trouble));
    for (const button of row.querySelectorAll("[data-person-action]")) {
      const action = button.getAttribute("data-person-action");
      /** @type {HTMLElement} */ (button).hidden = action === "admit" ? !waits : action === "mute" ? waits || !who.microphone : waits;
      // Many rows hold the same words: the name tells a screen reader whose button this is.
      button.setAttribute("aria-label", `${button.textContent?.trim()}: ${this.nameOf(who.id)}`);
    }
  }

  /** @param {string} code */
  troubleOf(code) {
    return this.element.querySelector(`[data-other-trouble="${CSS.escape(code)}"]`)?.textContent ?? this.text("otherTrouble");
  }

  /** @param {string} action @param {Element} button */
  async act(action, button) {
    if (action === "end-for-all") return this.client.endForAll() || this.say(this.text("noLine"));
    if (action === "confirm-remove") {
      const dialog = this.dialog("remove-person");
      this.client.order("remove", dialog.dataset.person ?? "");
      return dialog.close();
    }
    return super.act(action, button);
  }

  /** @param {Event} event */
  press(event) {
    super.press(event);
    const button = /** @type {Element} */ (event.target).closest("[data-person-action]");
    const id = button?.closest("[data-person]")?.getAttribute("data-person");
    if (!button || !id) return;
    const action = /** @type {"admit" | "mute" | "remove"} */ (button.getAttribute("data-person-action"));
    if (action !== "remove") return void this.client.order(action, id);
    const dialog = this.dialog("remove-person");
    dialog.dataset.person = id;
    const name = dialog.querySelector("[data-part=name]");
    if (name) name.textContent = this.nameOf(id);
    dialog.showModal();
  }

  /** What stands behind the employee: loaded only when it is wanted, and in place before the first picture leaves. */
  bindBackground() {
    const select = /** @type {HTMLSelectElement} */ (this.part("background"));
    const { media } = this.client;
    const choose = () => {
      const kind = select.value;
      media.dress = kind === "none" ? null : async (track) => (await import("./call/background.js")).dresser(kind, this.element.dataset)(track);
    };
    choose();
    select.addEventListener("change", async () => {
      choose();
      await media.redress();
      if (!media.dressFailed) return;
      select.value = "none";
      choose();
      this.say(this.text("noBackground"));
    });
  }
}
