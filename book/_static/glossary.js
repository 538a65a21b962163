// Shows a term's definition below it while the term has the pointer or the focus, or the
// definition has the pointer; Escape puts it away. Without this script, the link leads to it.
let shown = null;
let leaving = 0;

function hide() {
  clearTimeout(leaving);
  if (shown) shown.hidden = true;
  shown = null;
}

function show(link) {
  hide();
  shown = document.getElementById(link.getAttribute("aria-describedby"));
  shown.hidden = false;
  const page = shown.offsetParent.getBoundingClientRect();
  const lines = link.getClientRects();
  const line = lines[lines.length - 1];
  const left = Math.min(line.left - page.left, page.width - shown.offsetWidth);
  shown.style.left = `${Math.max(0, left)}px`;
  shown.style.top = `${line.bottom - page.top}px`;
}

const hideSoon = () => { leaving = setTimeout(hide, 200); }; // time to reach the definition

for (const link of document.querySelectorAll("a.term")) {
  link.addEventListener("pointerenter", () => show(link));
  link.addEventListener("pointerleave", hideSoon);
  link.addEventListener("focus", () => show(link));
  link.addEventListener("blur", hide);
}
for (const definition of document.querySelectorAll(".definition")) {
  definition.addEventListener("pointerenter", () => clearTimeout(leaving));
  definition.addEventListener("pointerleave", hideSoon);
}
document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
