// An official banner in the employee's own picture, or the room behind them blurred. Loaded only when chosen.

/** @typedef {(context: OffscreenCanvasRenderingContext2D, frame: CanvasImageSource, width: number, height: number) => void | Promise<void>} Painter */

const BANNER_SHARE = 0.14;
const STRIPE_SHARE = 0.016;

/** Draws the picture, and a strip with the municipality's name over its top: the foot is where pages put names. @param {{bannerName?: string, bannerColour?: string, bannerInk?: string}} look @returns {Painter} */
function bannerPainter({ bannerName = "", bannerColour = "#2b2175", bannerInk = "#ffffff" }) {
  return (context, frame, width, height) => {
    context.drawImage(frame, 0, 0, width, height);
    const strip = Math.round(height * BANNER_SHARE);
    const stripe = Math.max(2, Math.round(height * STRIPE_SHARE));
    context.fillStyle = bannerColour;
    context.fillRect(0, 0, width, strip);
    context.fillStyle = bannerInk;
    context.fillRect(0, strip - stripe, width, stripe);
    context.font = `700 ${Math.round(strip * 0.46)}px "Atkinson Hyperlegible", sans-serif`;
    context.textBaseline = "middle";
    context.textAlign = "center";
    context.fillText(bannerName, width / 2, (strip - stripe) / 2, width * 0.9);
  };
}

/**
 * Frame by frame where the browser can (also while the tab is hidden), else through a canvas.
 * @param {MediaStreamTrack} track @param {Painter} paint @returns {Promise<MediaStreamTrack>}
 */
async function repaint(track, paint) {
  const scope = /** @type {any} */ (globalThis);
  if (scope.MediaStreamTrackProcessor && scope.MediaStreamTrackGenerator) return repaintFrames(track, paint, scope);
  return repaintCanvas(track, paint);
}

/** @param {MediaStreamTrack} track @param {Painter} paint @param {any} scope */
function repaintFrames(track, paint, scope) {
  const processor = new scope.MediaStreamTrackProcessor({ track });
  const generator = new scope.MediaStreamTrackGenerator({ kind: "video" });
  const canvas = new OffscreenCanvas(2, 2);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const transformer = new TransformStream({
    async transform(/** @type {VideoFrame} */ frame, controller) {
      const { displayWidth: width, displayHeight: height, timestamp } = frame;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      await paint(context, frame, width, height);
      frame.close();
      controller.enqueue(new VideoFrame(canvas, { timestamp }));
    },
  });
  // The pipe ends when either track stops; that is no error.
  processor.readable.pipeThrough(transformer).pipeTo(generator.writable).catch(() => {});
  return generator;
}

/** @param {MediaStreamTrack} track @param {Painter} paint */
async function repaintCanvas(track, paint) {
  const video = Object.assign(document.createElement("video"), { srcObject: new MediaStream([track]), muted: true, playsInline: true });
  await video.play();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  const context = /** @type {any} */ (canvas.getContext("2d"));
  const [out] = canvas.captureStream(24).getVideoTracks();
  if (!out) throw new Error("no canvas stream");
  const draw = async () => {
    if (track.readyState === "ended" || out.readyState === "ended") return video.pause();
    await paint(context, video, canvas.width, canvas.height);
    return void (video.requestVideoFrameCallback?.(draw) ?? requestAnimationFrame(draw));
  };
  await draw();
  return out;
}

/**
 * @param {string} kind "banner" or "blur".
 * @param {DOMStringMap} look bannerName, bannerColour, bannerInk.
 * @returns {(track: MediaStreamTrack) => Promise<MediaStreamTrack>}
 */
export function dresser(kind, look) {
  if (kind === "banner") return (track) => repaint(track, bannerPainter(look));
  return async (track) => {
    // The camera's own blur costs nothing; only some systems have it.
    const can = /** @type {any} */ (track.getCapabilities?.() ?? {});
    if (can.backgroundBlur?.includes(true)) {
      await track.applyConstraints(/** @type {any} */ ({ backgroundBlur: true }));
      return track;
    }
    const { blurPainter } = await import("./blur.js");
    return repaint(track, await blurPainter());
  };
}
