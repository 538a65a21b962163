// Hides and shows the code of all chapters. The page's head has already set what was remembered.
for (const place of document.querySelectorAll(".code-switch")) {
  const button = place.querySelector("button");
  const root = document.documentElement;
  const say = () => { button.textContent = root.dataset.code === "hide" ? "Show code" : "Hide code"; };
  say();
  button.addEventListener("click", () => {
    const wish = root.dataset.code === "hide" ? "show" : "hide";
    root.dataset.code = wish;
    try { localStorage.setItem("code", wish); } catch { /* a browser that remembers nothing */ }
    say();
  });
}
