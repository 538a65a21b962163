// Copies the citation; where the browser forbids that, selects it for the reader to copy.
for (const box of document.querySelectorAll(".cite")) {
  const text = box.querySelector(".citation-text");
  const button = box.querySelector("button");
  const status = box.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(text.textContent);
      status.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      status.textContent = "Selected: copy it with Ctrl+C or ⌘C";
    }
  });
}
