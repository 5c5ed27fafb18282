// A tone from the loudspeaker and a bar for the microphone, for a host who tests them.

import { OwnMedia } from "../../../conversations/call/media.js";
import { showProblem } from "./problem.js";

const LEVEL_MS = 60;
/** Two notes that old ears and cheap loudspeakers both have. */
const NOTES_HZ = [523, 784];
const NOTE_S = 0.8;

export default class SoundTest {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.meter = /** @type {any} */ (element.querySelector('[data-module$="level_meter"]'));
    this.context = new AudioContext();
    this.analyser = Object.assign(this.context.createAnalyser(), { fftSize: 1024 });
    this.samples = new Float32Array(this.analyser.fftSize);
    /** @type {MediaStreamAudioSourceNode | null} */ this.source = null;
    const media = new OwnMedia({ camera: false, microphone: true });
    media.addEventListener("tracks", () => this.listen(media.tracks.audio));
    media.addEventListener("lack", (event) => {
      const { device, lack } = /** @type {CustomEvent} */ (event).detail;
      if (device === "microphone") showProblem(element, lack);
    });
    element.querySelector("[data-action=tone]")?.addEventListener("click", () => this.tone());
    const timer = setInterval(() => this.hear(), LEVEL_MS);
    addEventListener("pagehide", () => {
      clearInterval(timer);
      media.close();
      void this.context.close();
    });
    void media.start();
  }

  /** @param {MediaStreamTrack | null} track */
  listen(track) {
    this.source?.disconnect();
    this.source = track && this.context.createMediaStreamSource(new MediaStream([track]));
    this.source?.connect(this.analyser);
    void this.context.resume().catch(() => {});
  }

  hear() {
    if (!this.source) return;
    this.analyser.getFloatTimeDomainData(this.samples);
    const sum = this.samples.reduce((total, sample) => total + sample * sample, 0);
    // Speech at arm's length has a root mean square of about 0.1; three times that fills the bar.
    this.meter?.component?.level(Math.min(1, Math.sqrt(sum / this.samples.length) * 3));
  }

  async tone() {
    await this.context.resume().catch(() => {});
    const begin = this.context.currentTime + 0.05;
    const gain = this.context.createGain();
    gain.connect(this.context.destination);
    NOTES_HZ.forEach((hertz, index) => {
      const note = new OscillatorNode(this.context, { frequency: hertz });
      note.connect(gain);
      note.start(begin + index * NOTE_S);
      note.stop(begin + (index + 1) * NOTE_S);
    });
    // Without a ramp at both ends a loudspeaker clicks.
    const end = begin + NOTES_HZ.length * NOTE_S;
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(0.4, begin + 0.05);
    gain.gain.setValueAtTime(0.4, end - 0.1);
    gain.gain.linearRampToValueAtTime(0, end);
  }
}
