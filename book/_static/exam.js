// The exam's score: of each question the option that was opened first counts. It stays in the page.
const place = document.querySelector(".exam-score");
const options = [...document.querySelectorAll("details.option")];
const total = new Set(options.map(option => option.getAttribute("name"))).size;
const first = new Map();
const isRight = option => option.querySelector("p > strong")?.textContent === "Right.";

const say = () => {
  const wrong = [...first].filter(([, option]) => !isRight(option)).map(([name]) => name);
  place.textContent = first.size
    ? `${first.size} of ${total} answered, ${first.size - wrong.length} right at the first choice.`
    : "No question is answered yet.";
  const links = options
    .filter(option => isRight(option) && wrong.includes(option.getAttribute("name")))
    .map(option => option.querySelector("a[href*='chapters/']"))
    .sort((a, b) => a.href.localeCompare(b.href));
  const again = new Map(links.map(link => [link.href, link.cloneNode(true)]));
  [...again.values()].forEach((link, n) => place.append(n ? ", " : " To read again: ", link));
  if (again.size) place.append(".");
};

document.addEventListener("click", event => { // also Enter and Space; not what print unfolds
  const option = event.target.closest("details.option > summary")?.parentElement;
  if (!option || first.has(option.getAttribute("name"))) return;
  first.set(option.getAttribute("name"), option);
  option.classList.add("first-choice");
  option.querySelector("summary").append(" (your first choice)");
  say();
});
say();
