/** @param {HTMLElement} element @param {string | null} code Its sentence is in the page; null takes the last one away. */
export function showProblem(element, code) {
  const words = code && element.querySelector(`template[data-words="${code}"]`);
  element.querySelector("[data-part=problem]")?.replaceChildren(
    ...(words ? [/** @type {HTMLTemplateElement} */ (words).content.cloneNode(true)] : []),
  );
}
