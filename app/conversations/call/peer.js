// One connection to one other participant: negotiated perfectly, repaired by itself, bounded by the line.
//
// Perfect negotiation (WebRTC 1.0, example 10.7) with one addition: the first offer is always made by the impolite
// one, the lower seat, so that the usual start has no collision; later offers (repairs) may come from both sides.

import { Ladder } from "./quality.js";
import { inTurn } from "./turns.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Tracks */
/**
 * @typedef {object} LineFacts What one look at the connection showed; rates are over the time since the last look.
 * @property {boolean} connected
 * @property {number} framesDecoded Of the other's picture, since the start.
 * @property {number} soundPackets Of the other's sound, since the start.
 * @property {number} lost Share of our packets that did not arrive, 0 to 1.
 * @property {number} roundTripS
 * @property {number} availableBps What the browser believes it can send here; NaN when unknown.
 */

/** "disconnected" often heals by itself within seconds; a repair costs a second of picture. */
const DISCONNECTED_PATIENCE_MS = 4000;
/** The polite one leaves the repair to the other, unless nothing comes. */
const POLITE_PATIENCE_MS = 3000;
/** Normally the impolite one offers within a second; a slow device deserves patience. */
const FIRST_OFFER_PATIENCE_MS = 8000;
const NO_ROUTE_MS = 15_000;

/** Events: "signal" (detail {type, body}), "stream", "state", "quality", "route" (detail: whether there is one). */
export class Peer extends EventTarget {
  stream = new MediaStream();
  ladder = new Ladder();
  /** When it was first connected. @type {number | null} */ connectedAt = null;
  #people = 2;
  #makingOffer = false;
  #ignoreOffer = false;
  #closed = false;
  #started = false;
  #agreed = false;
  #routeMissing = false;
  /** Work on one connection is done in order of arrival. */ #work = Promise.resolve();
  /** @type {RTCIceCandidateInit[]} */ #early = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #repair;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #noRoute;
  #sent = 0;
  #lost = 0;

  /**
   * @param {Participant} participant
   * @param {boolean} polite
   * @param {RTCConfiguration} ways The servers, and whether only relays may be used.
   * @param {MediaStream} own Only names the stream, so that the other side keeps lips and voice together.
   * @param {() => Tracks} tracks What is sent now.
   */
  constructor(participant, polite, ways, own, tracks) {
    super();
    this.id = participant.id;
    this.epoch = participant.epoch;
    this.polite = polite;
    this.own = own;
    this.tracks = tracks;
    this.ways = ways;
    this.pc = this.#open();
    if (polite) this.#repair = setTimeout(() => this.#begin(), FIRST_OFFER_PATIENCE_MS);
    else this.#begin();
    this.#expectRoute();
  }

  #open() {
    const pc = new RTCPeerConnection({ ...this.ways, bundlePolicy: "max-bundle" });
    pc.onicecandidate = ({ candidate }) => this.#signal("candidate", { candidate: candidate && candidate.toJSON() });
    pc.onnegotiationneeded = () => this.#enqueue(() => this.#offer());
    pc.ontrack = ({ track }) => this.#receive(track);
    pc.onconnectionstatechange = () => this.#watch();
    pc.oniceconnectionstatechange = () => this.#watch();
    return pc;
  }

  get connected() { return this.pc.connectionState === "connected"; }

  /** @param {string} type @param {object} body */
  #signal(type, body) {
    if (!this.#closed) this.dispatchEvent(new CustomEvent("signal", { detail: { type, body } }));
  }

  /** @param {() => Promise<void>} job */
  #enqueue(job) {
    this.#work = this.#work.then(() => (this.#closed ? undefined : job())).catch((error) => {
      // A description that came too late belongs to a past state; the repair below finds what is really broken.
      console.warn("call: negotiation step failed", error.name);
    });
  }

  /** Sound first, picture second, always both: switching a camera is then replacing a track, not a negotiation. */
  #begin() {
    if (this.#started || this.#closed) return;
    this.#started = true;
    for (const kind of /** @type {const} */ (["audio", "video"])) {
      this.pc.addTransceiver(this.tracks()[kind] ?? kind, { direction: "sendrecv", streams: [this.own] });
    }
  }

  /** The sender for a kind; there once negotiation began. @param {"audio" | "video"} kind */
  #sender(kind) {
    return this.#line(kind)?.sender;
  }

  /** @param {"audio" | "video"} kind */
  #line(kind) {
    return this.pc.getTransceivers().find((line) => line.direction !== "stopped" && line.receiver.track.kind === kind);
  }

  async #offer() {
    if (this.pc.signalingState !== "stable") return;
    try {
      this.#makingOffer = true;
      await this.pc.setLocalDescription();
      this.#signal("offer", { description: this.pc.localDescription });
    } finally {
      this.#makingOffer = false;
    }
  }

  /** @param {RTCSessionDescriptionInit} description */
  takeDescription(description) {
    // Judged on arrival: waiting in the queue would hide that our own offer is just being made.
    const collision = description.type === "offer" && (this.#makingOffer || this.pc.signalingState !== "stable");
    this.#ignoreOffer = !this.polite && collision;
    if (this.#ignoreOffer) return;
    this.#enqueue(() => inTurn(async () => {
      // Two first offers at once: ours never led anywhere, so a fresh connection takes the other's lines.
      if (collision && !this.#agreed && description.type === "offer") this.#beginAnew();
      await this.pc.setRemoteDescription(description);
      for (const candidate of this.#early.splice(0)) await this.pc.addIceCandidate(candidate);
      if (description.type !== "offer") {
        this.#agreed = true;
        return;
      }
      if (!this.#agreed) await this.#joinOffered();
      this.#agreed = true;
      await this.pc.setLocalDescription();
      this.#signal("answer", { description: this.pc.localDescription });
    }).then(() => this.#bound()));
  }

  #beginAnew() {
    const { pc } = this;
    pc.onicecandidate = pc.onnegotiationneeded = pc.ontrack = pc.onconnectionstatechange = pc.oniceconnectionstatechange = null;
    pc.close();
    this.pc = this.#open();
  }

  /** Takes the two lines that the other offered instead of adding our own beside them. */
  async #joinOffered() {
    this.#started = true;
    clearTimeout(this.#repair);
    for (const kind of /** @type {const} */ (["audio", "video"])) {
      const line = this.#line(kind);
      if (!line) continue;
      line.direction = "sendrecv";
      line.sender.setStreams?.(this.own);
      await line.sender.replaceTrack(this.tracks()[kind]);
    }
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  takeCandidate(candidate) {
    this.#enqueue(async () => {
      if (!candidate) return;
      if (!this.pc.remoteDescription) return void this.#early.push(candidate);
      try {
        await this.pc.addIceCandidate(candidate);
      } catch (error) {
        if (!this.#ignoreOffer) throw error;
      }
    });
  }

  /** @param {MediaStreamTrack} track */
  #receive(track) {
    for (const old of this.stream.getTracks()) if (old.kind === track.kind) this.stream.removeTrack(old);
    this.stream.addTrack(track);
    this.dispatchEvent(new Event("stream"));
  }

  /** Sends what the owner has now: another camera, no camera, a microphone that was just allowed. */
  sendTracks() {
    this.#enqueue(async () => {
      for (const kind of /** @type {const} */ (["audio", "video"])) {
        const sender = this.#sender(kind);
        const track = this.tracks()[kind];
        if (sender && sender.track !== track) await sender.replaceTrack(track);
      }
      await this.#bound();
    });
  }

  /** @param {number} people */
  setPeople(people) {
    if (people === this.#people) return;
    this.#people = people;
    this.#enqueue(() => this.#bound());
  }

  /** Bounds the picture; an unbounded mesh of four collapses. */
  async #bound() {
    const sender = this.#sender("video");
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0];
    if (!sender || !parameters || !encoding) return;
    const picture = this.ladder.picture(this.#people);
    encoding.active = !picture.sound_only;
    encoding.maxBitrate = picture.bitrateBps;
    encoding.maxFramerate = picture.framesPerS;
    encoding.scaleResolutionDownBy = picture.scaleDown;
    // Signing and lips need motion more than sharpness (EN 301 549 6.5.3).
    Object.assign(parameters, { degradationPreference: "maintain-framerate" });
    await sender.setParameters(parameters).catch(() => {});
  }

  #watch(patience = DISCONNECTED_PATIENCE_MS) {
    const state = this.pc.connectionState;
    clearTimeout(this.#repair);
    if (state === "connected") {
      this.connectedAt ??= performance.now();
      clearTimeout(this.#noRoute);
      this.#noRoute = undefined;
      this.#tellRoute(true);
    } else if (state === "failed") {
      this.#expectRoute();
      this.#repair = setTimeout(() => this.restart(), this.polite ? POLITE_PATIENCE_MS : 0);
    } else if (state === "disconnected") {
      this.#expectRoute();
      this.#repair = setTimeout(() => this.restart(), patience + (this.polite ? POLITE_PATIENCE_MS : 0));
    }
    this.dispatchEvent(new Event("state"));
  }

  /** Signalling works again for both: repeats what may be lost, repairs what broke meanwhile. */
  resume() {
    if (this.#closed) return;
    if (this.pc.signalingState === "have-local-offer") this.#signal("offer", { description: this.pc.localDescription });
    if (["failed", "disconnected"].includes(this.pc.connectionState)) this.#watch(0);
  }

  /** Asked for by a person: picture or sound does not come though the line seems whole. */
  renegotiate() { if (!this.#closed) this.pc.restartIce(); }

  /** Looks for a new way to the other. */
  restart() {
    if (this.#closed || this.connected) return;
    if (!this.#started) return this.#begin();
    if (this.pc.signalingState === "have-local-offer") {
      // Our offer or its answer was lost: say it again.
      this.#signal("offer", { description: this.pc.localDescription });
    } else {
      this.pc.restartIce();
    }
    clearTimeout(this.#repair);
    this.#repair = setTimeout(() => this.restart(), NO_ROUTE_MS);
  }

  #expectRoute() {
    this.#noRoute ??= setTimeout(() => { if (!this.connected) this.#tellRoute(false); }, NO_ROUTE_MS);
  }

  /** @param {boolean} there */
  #tellRoute(there) {
    if (this.#routeMissing === !there) return;
    this.#routeMissing = !there;
    this.dispatchEvent(new CustomEvent("route", { detail: there }));
  }

  /** How loud the other is now, 0 to 1. Cheap: no statistics, no audio graph. Yet it waits for the sound's thread, which
   * is busy enough while a connection is made. */
  level() {
    if (!this.connected) return 0;
    const receiver = this.#line("audio")?.receiver;
    const source = receiver?.getSynchronizationSources?.()[0];
    if (!source || performance.timeOrigin + performance.now() - source.timestamp > 500) return 0;
    return source.audioLevel ?? 0;
  }

  /** One look at the line; steps the picture up or down. @returns {Promise<LineFacts>} */
  async look() {
    const facts = { connected: this.connected, framesDecoded: 0, soundPackets: 0, lost: 0, roundTripS: NaN, availableBps: NaN };
    if (this.#closed) return facts;
    let sent = 0;
    let lost = 0;
    for (const report of (await this.pc.getStats()).values()) {
      if (report.type === "inbound-rtp" && report.kind === "video") facts.framesDecoded += report.framesDecoded ?? 0;
      if (report.type === "inbound-rtp" && report.kind === "audio") facts.soundPackets += report.packetsReceived ?? 0;
      if (report.type === "candidate-pair" && report.nominated) facts.availableBps = report.availableOutgoingBitrate ?? NaN;
      if (report.type === "outbound-rtp") sent += report.packetsSent ?? 0;
      if (report.type === "remote-inbound-rtp") {
        lost += report.packetsLost ?? 0;
        if (report.roundTripTime !== undefined) facts.roundTripS = Math.max(report.roundTripTime, facts.roundTripS || 0);
      }
    }
    if (sent > this.#sent) facts.lost = Math.min(1, Math.max(0, lost - this.#lost) / (sent - this.#sent));
    [this.#sent, this.#lost] = [sent, lost];
    if (facts.connected && this.ladder.take(facts)) {
      this.#enqueue(() => this.#bound());
      this.dispatchEvent(new Event("quality"));
    }
    return facts;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#repair);
    clearTimeout(this.#noRoute);
    this.pc.close();
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }
}
