"""What a page says aloud by itself, measured where it sounds: others are heard by a <video>, this by an Audio."""

from playwright.sync_api import Page

LISTEN = """() => {
  const spoken = (window.spokenAloud = []);
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (this.isConnected || !this.src.startsWith("blob:")) return play.call(this);
    const note = { energy: 0, volumes: [] };
    this.addEventListener("playing", () => {
      const context = new AudioContext();
      const meter = context.createAnalyser();
      context.createMediaStreamSource(this.captureStream()).connect(meter);
      const samples = new Float32Array(meter.fftSize);
      spoken.push(note);
      const look = () => {
        if (this.ended || this.paused) return context.close();
        meter.getFloatTimeDomainData(samples);
        note.energy += samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
        const others = [...document.querySelectorAll(".pictures video")].filter(({ muted }) => !muted);
        note.volumes.push(...others.map(({ volume }) => volume));
        return requestAnimationFrame(look);
      };
      look();
    }, { once: true });
    return play.call(this);
  };
}"""

# A hundred looks at speech of this loudness; silence gives 0.
AUDIBLE = 0.02


def listens(page: Page) -> None:
    """From now on, until the page is loaded anew."""
    page.evaluate(LISTEN)


def hears_a_translation(page: Page, within_ms: int = 30_000) -> None:
    """One sounds, loud enough, and the others were never louder than a quarter meanwhile."""
    page.wait_for_function(f"() => spokenAloud.some(({{ energy }}) => energy > {AUDIBLE})", timeout=within_ms)
    volumes = page.evaluate("() => spokenAloud.flatMap(({ volumes }) => volumes)")
    assert volumes, "nobody else was there to go softer"
    assert max(volumes) <= 0.25


def hears_the_others_again(page: Page, within_ms: int = 30_000) -> None:
    page.wait_for_function(
        "() => [...document.querySelectorAll('.pictures video')].every(({ volume }) => volume === 1)",
        timeout=within_ms,
    )
