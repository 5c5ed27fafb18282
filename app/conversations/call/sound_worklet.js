// Runs on the audio thread: one channel at any rate in, 16 kHz 16-bit little-endian frames of 60 ms out.

const TARGET_HZ = 16_000;
const FRAME = 960;

// The audio thread's globals are not in the checker's library for documents.
const scope = /** @type {any} */ (globalThis);

class CaptionSound extends scope.AudioWorkletProcessor {
  constructor() {
    super();
    this.ratio = scope.sampleRate / TARGET_HZ;
    this.position = 0;
    this.sum = 0;
    this.count = 0;
    this.filled = 0;
    this.frame = new DataView(new ArrayBuffer(FRAME * 2));
  }

  /** Averages the samples that fall into one of ours: a plain low-pass, enough for speech. @param {Float32Array[][]} inputs */
  process(inputs) {
    const samples = inputs[0]?.[0];
    if (!samples) return true;
    for (const sample of samples) {
      this.sum += sample;
      this.count += 1;
      this.position += 1;
      if (this.position < this.ratio) continue;
      this.position -= this.ratio;
      this.put(this.sum / this.count);
      this.sum = this.count = 0;
    }
    return true;
  }

  /** @param {number} value */
  put(value) {
    const bounded = Math.max(-1, Math.min(1, value));
    this.frame.setInt16(this.filled * 2, bounded * 32_767, true);
    if (++this.filled < FRAME) return;
    this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
    this.frame = new DataView(new ArrayBuffer(FRAME * 2));
    this.filled = 0;
  }
}

scope.registerProcessor("caption-sound", CaptionSound);
