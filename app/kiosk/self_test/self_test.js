// Calls the echo, measures what comes back, tells it, and leads back to the terminal's own pages.

import { VOLUME, measure } from "./measure.js";

/** @typedef {import("./measure.js").Result} Result */

const GATHER_MS = 5000;
const CONNECT_MS = 15_000;
/** Long enough to read the outcome. */
const BACK_MS = 10_000;
/** Small: the line and the camera are tested, not the processor. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15 } };
/** Raw: what makes speech clear takes the tone for noise. */
const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** One of the stable codes of a self-test that failed. */
class Failed extends Error {}

/** @param {Promise<unknown>} event @param {number} ms @returns {Promise<boolean>} did it come in time? */
async function within(event, ms) {
  return Promise.race([event.then(() => true), new Promise((resolve) => setTimeout(resolve, ms, false))]);
}

/** @param {RTCPeerConnection} connection @param {string} name @param {() => boolean} reached */
function reaches(connection, name, reached) {
  return new Promise((resolve) => {
    const look = () => { if (reached()) resolve(undefined); };
    connection.addEventListener(name, look);
    look();
  });
}

export default class SelfTest {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.video = /** @type {HTMLVideoElement} */ (element.querySelector("video"));
    // Sound is measured only where it is played, and as loud as it is played; soft, so that it does not go round.
    this.audio = Object.assign(new Audio(), { volume: VOLUME });
    /** @type {MediaStreamTrack[]} */ this.tracks = [];
    const servers = JSON.parse(element.dataset.iceServers ?? "[]");
    this.connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: element.dataset.relay === "yes" ? "relay" : "all" });
    addEventListener("pagehide", () => this.close());
    void this.run();
  }

  async run() {
    /** @type {Result} */ const result = { picture: false, sound: false, loss: 0, delay_ms: 0, failed: "" };
    try {
      const camera = await this.open("video", PICTURE), microphone = await this.open("audio", SOUND);
      result.failed = !camera ? "no_camera" : !microphone ? "no_microphone" : "";
      if (camera || microphone) {
        await this.call();
        if (microphone) this.sing();
        Object.assign(result, await measure(this.connection, this.video, { picture: camera, sound: microphone }));
        if (this.connection.connectionState !== "connected") result.failed ||= "no_route";
      }
    } catch (error) {
      result.failed ||= error instanceof Failed ? error.message : "no_route";
    }
    this.close();
    await this.tell(result);
  }

  /** @param {"audio" | "video"} kind @param {MediaTrackConstraints} wanted */
  async open(kind, wanted) {
    try {
      const got = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
      for (const track of got.getTracks()) {
        this.tracks.push(track);
        this.connection.addTrack(track, got);
      }
      return true;
    } catch { return false; }
  }

  async call() {
    const { connection, element } = this;
    connection.addEventListener("track", ({ track }) => {
      const player = track.kind === "video" ? this.video : this.audio;
      player.srcObject = new MediaStream([track]);
      void player.play().catch(() => {});
    });
    await connection.setLocalDescription();
    // No trickle: one offer with all there is.
    await within(reaches(connection, "icegatheringstatechange", () => connection.iceGatheringState === "complete"), GATHER_MS);
    const sdp = connection.localDescription?.sdp ?? "";
    if (!sdp.includes("a=candidate:")) throw new Failed("no_route");
    const answer = await this.post(element.dataset.offer ?? "", "application/sdp", sdp);
    if (!answer) throw new Failed("no_route");
    if (answer.status !== 201) throw new Failed((await answer.json().catch(() => null))?.code === "busy" ? "busy" : "no_echo");
    await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    const settled = reaches(connection, "connectionstatechange", () => ["connected", "failed", "closed"].includes(connection.connectionState));
    await within(settled, CONNECT_MS);
    if (connection.connectionState !== "connected") throw new Failed("no_route");
  }

  /** A soft tone from the loudspeaker, so that a silent room is no dead microphone. */
  sing() {
    this.sound = new AudioContext();
    const tone = new OscillatorNode(this.sound, { frequency: 660 }), soft = new GainNode(this.sound, { gain: 0.2 });
    tone.connect(soft).connect(this.sound.destination);
    tone.start();
    void this.sound.resume().catch(() => {});
  }

  /** @param {string} address @param {string} type @param {string} body @returns {Promise<Response | null>} null: no answer */
  async post(address, type, body) {
    const token = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=csrf-token]"));
    const headers = { "Content-Type": type, "X-CSRF-Token": token?.content ?? "" };
    return fetch(address, { method: "POST", headers, body }).catch(() => null);
  }

  /** @param {Result} result */
  async tell(result) {
    const told = await this.post(this.element.dataset.result ?? "", "application/json", JSON.stringify(result));
    const code = !told?.ok ? "not_saved" : result.failed || (!result.picture ? "no_picture" : !result.sound ? "no_sound" : "fine");
    this.say("title", "done");
    this.say("says", code);
    this.element.dataset.outcome = code;
    setTimeout(() => location.assign(this.element.dataset.back ?? "/"), BACK_MS);
  }

  /** @param {string} part @param {string} code */
  say(part, code) {
    const place = /** @type {HTMLElement} */ (this.element.querySelector(`[data-part=${part}]`));
    place.textContent = this.element.querySelector(`[data-words="${code}"]`)?.textContent ?? "";
  }

  close() {
    for (const track of this.tracks) track.stop();
    this.connection.close();
    void this.sound?.close().catch(() => {});
    this.sound = undefined;
  }
}
