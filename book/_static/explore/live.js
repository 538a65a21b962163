/* Pick three you love: the wall, the learning with its bar, and the home page. Everything that the
   reader chose is in the form, and so in the address. */
"use strict";

(() => {
  const { html, start } = Explore, PICKS = 3;
  const MARKS = ["①", "②", "③"], SLICE = 12; // milliseconds of learning between two paints
  const section = document.querySelector('[data-explorable="live"]');
  const form = section.querySelector("form"), bar = section.querySelector(".learning");
  const stored = JSON.parse(section.querySelector(".explorable-data").textContent);
  const example = stored.example.join(",");
  let world, learned = false, waiting = null, before = null, moved = "";

  const list = text => text.split(",").filter(Boolean).map(Number);
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* Put a choice into the form, as if the reader had typed it. */
  function choose(values) {
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    form.dispatchEvent(new Event("input"));
  }

  function pick(id) {
    const now = form.elements.picks.value;
    const mine = now === example ? [] : list(now);
    const next = mine.includes(id) ? mine.filter(one => one !== id) : [...mine, id].slice(-PICKS);
    choose({ picks: next.length ? next.join(",") : "none", not: "" });
  }

  /* Ask for the counts once; a page from a folder may load a script, not a file. */
  function fetchCounts() {
    return new Promise((arrived, lost) => {
      Explore.arrived = arrived;
      const source = section.querySelector("script[src$='/live.js']").src;
      const script = html("script", { src: source.replace("live.js", "live_counts.js") });
      script.onerror = lost;
      document.head.append(script);
    });
  }

  const breathe = () => new Promise(done => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });

  async function prepare() {
    bar.hidden = false;
    const [progress, words] = [bar.querySelector("progress"), bar.querySelector("span")];
    words.textContent = "Fetching the counts …";
    world = Live.unpack(await fetchCounts());
    const { n } = world, all = (n * (n - 1)).toLocaleString("en-GB");
    let pause = performance.now();
    for (const done of Live.learn(world)) {
      if (performance.now() - pause < SLICE) continue;
      progress.value = done / n;
      words.textContent = `Learned ${(done * (n - 1)).toLocaleString("en-GB")} of ${all} weights`;
      await breathe();
      pause = performance.now();
    }
    progress.value = 1;
    words.textContent = `Learned ${all} weights, here in your browser, from who watched what.`;
    learned = true;
  }

  /* Six numbers become the stops of a gradient: neighbours in the model look alike. */
  function picture([hue, other, x, y, size, turn]) {
    return `--h:${4 * hue};--o:${4 * other};--x:${x}%;--y:${y}%;--s:${size};--t:${4 * turn}deg`;
  }

  function tile(one, lens, marks) {
    const { j, sum } = one, id = world.ids[j];
    const parts = one.parts.map(part => Math.round(part * lens.unit)); // what is shown adds up
    const total = parts.reduce((a, b) => a + b, 0);
    const term = (part, n) => `${n || part < 0 ? (part < 0 ? "− " : "+ ") : ""}${marks[n]}\u00a0${
      Math.abs(part)}`;
    const why = lens.says
      ? `${parts.map(term).join(" ")} =\u00a0${total < 0 ? "−" : ""}${Math.abs(total)}`
      : `${sum} viewers`;
    const away = html("button", { type: "button", class: "away", "aria-label":
      `Not for me: ${world.titles[j]}` }, "Not for me");
    away.addEventListener("click", () => {
      const not = [...list(form.elements.not.value), id];
      moved = world.titles[j];
      choose({ not: not.join(",") });
      section.querySelector(".tile .away")?.focus();
    });
    return html("li", { class: "tile", "data-id": id, style: `view-transition-name:t${id}` },
      html("span", { class: "art", style: picture(world.strokes.slice(6 * j, 6 * j + 6)) }),
      html("span", { class: "title" }, world.titles[j]),
      html("span", { class: "facts" }, `${world.years[j]}, ${world.kinds[j] ? "series" : "film"}`),
      html("span", { class: "why-tile" }, why), away);
  }

  function shelf({ heading, why, tiles }, lens, place) {
    const id = `live-row-${place}`;
    return html("div", { class: "live-row" },
      html("div", { class: "row-head" }, html("h3", { id }, heading), html("p", { class: "why" }, why)),
      html("div", { class: "tiles", role: "group", tabindex: "0", "aria-labelledby": id },
        html("ul", {}, ...tiles.map(one => tile(one, lens, MARKS)))));
  }

  function odd([title, words, chapter]) {
    const link = html("a", { href: stored.chapters[chapter] }, `Chapter ${Number(chapter)}`);
    return html("p", { class: "odd" }, html("strong", {}, "The odd one: "), html("em", {}, title),
      ` ${words} `, link, " explains it.");
  }

  /* Buttons of the wall, and above it what was chosen. */
  function showWall(picks, own) {
    const wall = section.querySelector(".wall");
    if (!wall.childElementCount) {
      wall.append(...stored.wall.map(([id, title, strokes]) => html("button", {
        type: "button", "data-id": id, "aria-pressed": "false",
      }, html("span", { class: "art", style: picture(strokes) }), title)));
    }
    for (const button of wall.children) {
      const id = Number(button.dataset.id), place = own ? picks.indexOf(id) : -1;
      button.onclick = () => pick(id);
      button.setAttribute("aria-pressed", String(place >= 0));
      button.dataset.mark = place < 0 ? "" : MARKS[place];
    }
  }

  /* The search over all titles: a list that is filled once the counts are here. */
  const search = section.querySelector("input[type=search]");
  search.addEventListener("focus", () => { search.select(); load(); });
  search.addEventListener("input", event => event.stopPropagation());
  search.addEventListener("change", event => {
    event.stopPropagation();
    const typed = search.value.trim().toLowerCase();
    const all = world?.titles.map(title => title.toLowerCase()) ?? [];
    let found = all.indexOf(typed);
    if (found < 0 && typed) found = all.findIndex(title => title.includes(typed));
    if (found >= 0) { pick(world.ids[found]); search.value = ""; }
  });

  function load() {
    waiting ??= prepare().then(() => {
      section.querySelector("datalist").append(...world.titles.map(title => new Option(title, title)));
      form.dispatchEvent(new Event("input"));
    }, () => { bar.querySelector("span").textContent = "The counts did not arrive. Reload to try again."; });
    return waiting;
  }

  const names = picks => picks.map((i, n) => `${MARKS[n]} ${world.titles[i]}`).join(", ");

  function change(found) {
    const now = new Map(found.flatMap(({ heading, tiles }) => tiles.map(one => [one.j, heading])));
    const fresh = before ? [...now.keys()].filter(j => !before.has(j)).map(j => world.titles[j]) : [];
    before = now;
    return fresh;
  }

  function say(state, found, picks, own) {
    const first = found[0].tiles[0], hits = [...world.viewers].sort((a, b) => b - a)[39];
    const famous = found[0].tiles.filter(one => world.viewers[one.j] >= hits).length;
    const fresh = change(found), lead = own ? `For ${names(picks)}` : `For example, ${names(picks)}`;
    const gone = moved ? `${moved} is gone. ${fresh.length ? `New on the page: ${fresh.join(", ")}. ` : ""}`
      : "";
    moved = "";
    return `${gone}${lead}: seen through ${state.through}, first comes ${world.titles[first.j]}. Of the`
      + ` first ${found[0].tiles.length}, ${famous} are among the forty most watched titles.`;
  }

  function show(state, picture, finding) {
    const valid = list(state.picks).map(id => world.place.get(id)).filter(i => i !== undefined);
    const own = state.picks !== example && state.picks !== "" && (valid.length || state.picks === "none");
    const picks = own ? valid : list(example).map(id => world.place.get(id));
    showWall(own ? picks.map(i => world.ids[i]) : [], own);
    const missing = PICKS - picks.length;
    if (missing > 0) {
      before = null;
      picture.replaceChildren(html("p", { class: "todo" }, missing === PICKS ? "Pick three titles."
        : `${names(picks)}. ${missing === 2 ? "Two more" : "One more"}, and the page is yours.`));
      finding(missing === PICKS ? "Pick three titles that you love." : `${missing} more to pick.`);
      return;
    }
    const not = list(state.not).map(id => world.place.get(id)).filter(i => i !== undefined);
    const lens = Live.lenses(world)[state.through], dare = Number(state.dare) / 10;
    const found = Live.rows(world, lens, { picks, not, dare });
    const draw = () => picture.replaceChildren(
      html("p", { class: "todo" }, own ? `Your page: ${names(picks)}` : `For example: ${names(picks)}`),
      ...found.map((row, place) => shelf(row, lens, place)),
      odd(Live.oddest(world, state.through, found, picks)));
    if (document.startViewTransition && before && !calm()) document.startViewTransition(draw);
    else draw();
    finding(say(state, found, picks, own));
  }

  start("live", ({ state, picture, finding }) => {
    const usual = state.picks === example && state.through === "EASE" && state.dare === "0" && !state.not;
    if (learned) show(state, picture, finding);
    else if (usual && !waiting && picture.childElementCount) showWall([], false);
    else { showWall(list(state.picks), state.picks !== example); load(); }
  });
})();
