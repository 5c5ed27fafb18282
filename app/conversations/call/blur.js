// The room behind the employee, blurred on the employee's own device. Fetched only when chosen: the segmenter is large.

const FOLDER = "../vendor/mediapipe-tasks-vision-20230920.0.0/";
/** The model's own size; a larger mask only costs time. */
const MASK = { width: 256, height: 144 };
/** Shrinking and stretching blurs in every browser at next to no cost. */
const BLUR_SHARE = 1 / 28;

/** @param {string} name */
const address = (name) => new URL(FOLDER + name, import.meta.url).href;

/** @returns {Promise<import("./background.js").Painter>} */
export async function blurPainter() {
  const { ImageSegmenter } = await import(address("vision_bundle.js"));
  const segmenter = await ImageSegmenter.createFromOptions(
    { wasmLoaderPath: address("vision_wasm_internal.js"), wasmBinaryPath: address("vision_wasm_internal.wasm") },
    {
      baseOptions: { modelAssetPath: address("selfie_segmenter_landscape.tflite"), delegate: "CPU" },
      runningMode: "VIDEO", outputConfidenceMasks: true, outputCategoryMask: false,
    },
  );
  const small = surface(MASK.width, MASK.height);
  const mask = surface(MASK.width, MASK.height);
  const pixels = mask.createImageData(MASK.width, MASK.height);
  const tiny = surface(2, 2);
  return (context, frame, width, height) => {
    small.drawImage(frame, 0, 0, MASK.width, MASK.height);
    const found = segmenter.segmentForVideo(small.canvas, performance.now());
    const person = found.confidenceMasks[0].getAsFloat32Array();
    for (let at = 0; at < person.length; at++) pixels.data[at * 4 + 3] = Math.round((person[at] ?? 0) * 255);
    found.close();
    mask.putImageData(pixels, 0, 0);
    Object.assign(tiny.canvas, { width: Math.ceil(width * BLUR_SHARE), height: Math.ceil(height * BLUR_SHARE) });
    tiny.drawImage(frame, 0, 0, tiny.canvas.width, tiny.canvas.height);
    context.globalCompositeOperation = "copy";
    context.drawImage(mask.canvas, 0, 0, width, height);
    context.globalCompositeOperation = "source-in";
    context.drawImage(frame, 0, 0, width, height);
    context.globalCompositeOperation = "destination-over";
    context.drawImage(tiny.canvas, 0, 0, width, height);
    context.globalCompositeOperation = "source-over";
  };
}

/** @param {number} width @param {number} height */
function surface(width, height) {
  return /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext("2d"));
}
