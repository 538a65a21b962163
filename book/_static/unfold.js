// A block of code that scrolls can be reached by keyboard: the theme sees to it when the page
// loads and when the window changes its size. What was folded has a size only once it opens.
const measure = () => setTimeout(() => window.dispatchEvent(new Event("resize")));
document.addEventListener("toggle", measure, true);
document.addEventListener("click", event => {
  if (event.target.closest(".admonition-title")) measure();
});

// A link to what stands in a folded part opens it; some browsers do so themselves.
const reveal = () => {
  const place = document.querySelector("details:not([open]) :target");
  if (!place) return;
  for (let part = place; part; part = part.parentElement) if (part.matches("details")) part.open = true;
  place.scrollIntoView();
};
addEventListener("load", reveal);
addEventListener("hashchange", reveal);
document.addEventListener("click", event => {
  if (event.target.closest("a[href*='#']")) setTimeout(reveal); // also to where one has been before
});

// On paper nothing can be opened: answers and options are printed, and folded again afterwards.
const opened = [];
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("article details:not([open])")) {
    opened.push([part, part.getAttribute("name")]);
    part.removeAttribute("name"); // of those with one name only one can be open
    part.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const [part, name] of opened.splice(0)) {
    part.open = false;
    if (name) part.setAttribute("name", name);
  }
});
