// Builds each [data-module] once. The one script tag of every page; a page works without it.

/** @param {Element} element */
async function build(element) {
  if ("component" in element) return;
  const name = element.getAttribute("data-module");
  Object.defineProperty(element, "component", { value: undefined, writable: true });
  try {
    const module = await import(new URL(`../${name}.js`, import.meta.url).href);
    /** @type {any} */ (element).component = new module.default(element);
    element.dispatchEvent(new CustomEvent("component-ready", { bubbles: true }));
  } catch (error) {
    // One component that fails leaves its plain HTML; the others go on.
    console.error(`${name}:`, error);
    element.dispatchEvent(new CustomEvent("component-failed", { bubbles: true }));
  }
}

/** @param {ParentNode} root */
function buildAll(root) {
  if (root instanceof Element && root.matches("[data-module]")) build(root);
  root.querySelectorAll("[data-module]").forEach(build);
}

document.documentElement.classList.add("has-script");
buildAll(document);
// htmx 4 says "htmx:after:process" (and older ones "htmx:load") on what it has put into the page.
for (const name of ["htmx:after:process", "htmx:after:init", "htmx:load"]) {
  document.addEventListener(name, (event) => buildAll(/** @type {Element} */ (event.target)));
}
