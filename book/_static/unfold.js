// A block of code that scrolls can be reached by keyboard: the theme sees to it when the page
// loads and when the window changes its size. What was folded has a size only once it opens.
const measure = () => setTimeout(() => window.dispatchEvent(new Event("resize")));
document.addEventListener("toggle", measure, true);
document.addEventListener("click", event => {
  if (event.target.closest(".admonition-title")) measure();
});
