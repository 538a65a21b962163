/* The catalogue as a map, and a title's ten nearest in the model: numbered on the map, and listed
   as radio buttons, which the arrow keys walk through. */
"use strict";

(() => {
  const { html, svg, start } = Explore;
  const RADIUS = 17; // of a numbered disc
  const FINGER = 24; // pixels around a dot in which a tap means it
  const SHAPES = [ // of about the same size around (0, 0)
    "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0Z", "M0,-7.5L7,5.5L-7,5.5Z", "M-5.5,-5.5H5.5V5.5H-5.5Z",
    "M0,-8L8,0L0,8L-8,0Z", "M0,7.5L7,-5.5L-7,-5.5Z", "M-2.2,-7.5H2.2V7.5H-2.2Z",
    "M-7.5,-2.2H7.5V2.2H-7.5Z",
  ];
  const places = [...Array(10).keys()].map(place => html("label", {},
    html("input", { type: "radio", name: "near", value: place + 1 }), html("span")));
  const go = html("button", { type: "button" });
  const list = document.querySelector('[data-explorable="taste_map"] fieldset');
  list.replaceChildren(html("legend"), ...places, go);
  list.querySelector("input").defaultChecked = true;

  const address = (title, state) => `#${new URLSearchParams({ ...state, title, near: 1 })}`;

  function fillList(data, title, nearer, state) {
    list.querySelector("legend").textContent = `The ten nearest to ${state.title} in the model`;
    data.near[title].forEach((other, place) => {
      const facts = `${data.years[other]}, ${data.kinds[other]}; likeness `
        + `${(data.likeness[title][place] / 100).toFixed(2)}, nearer on the map: ${nearer[place]}`;
      places[place].querySelector("span").replaceChildren(
        html("span", { class: "name" }, `${place + 1}. ${data.titles[other]}`),
        html("span", { class: "facts" }, facts));
    });
    const marked = data.titles[data.near[title][state.near - 1]];
    go.textContent = `Start from ${marked}`;
    go.onclick = () => { location.hash = address(marked, state); };
  }

  /* Push discs that overlap apart, a little at a time; the first stays where it is. */
  function apart(discs) {
    const places = discs.map(place => [...place]);
    for (let round = 0; round < 200; round += 1) {
      let moved = false;
      places.forEach((one, i) => places.slice(0, i).forEach((other, j) => {
        const [dx, dy] = [one[0] - other[0] || i - j, one[1] - other[1]];
        const gap = Math.hypot(dx, dy);
        if (gap >= 2 * RADIUS) return;
        const [x, y] = [dx, dy].map(part => (2.1 * RADIUS - gap) * part / gap / (j ? 2 : 1));
        [one[0], one[1]] = [one[0] + x, one[1] + y];
        if (j) [other[0], other[1]] = [other[0] - x, other[1] - y];
        moved = true;
      }));
      if (!moved) break;
    }
    return places;
  }

  /* Where near a spot a name covers the fewest dots and discs, and no other name. */
  function freePlace(data, text, [x, y], spots, taken) {
    const size = matchMedia("(max-width: 600px)").matches ? 40 : 26;
    const width = 0.62 * size * text.length, edge = Math.max(...data.x) + 30;
    const covers = (box, px, py, r) => px > box.x - r && px < box.x + width + r
      && py > box.y - 0.8 * size - r && py < box.y + 0.25 * size + r;
    let best;
    for (let dy = -190; dy <= 210; dy += 20) {
      for (const dx of [-width - 40, -0.75 * width, -width / 2, -0.25 * width, 40]) {
        const left = Math.min(Math.max(x + dx, -30), edge - width), box = { x: left, y: y + dy };
        const dots = data.x.filter((px, n) => covers(box, px, data.y[n], 6)).length;
        const discs = [[x, y], ...spots].filter(([px, py]) => covers(box, px, py, RADIUS + 3)).length;
        const names = taken.filter(one => Math.abs(one.y - box.y) < 1.3 * size
          && one.x < left + width + 10 && left < one.x + one.width + 10).length;
        const cost = 3 * dots + 12 * discs + 100 * names + Math.hypot(left + width / 2 - x, dy) / 25;
        if (!best || cost < best.cost) best = { ...box, width, cost };
      }
    }
    return best;
  }

  function mark(data, title, state) {
    const at = other => [data.x[other], data.y[other]];
    const chosen = data.near[title][state.near - 1];
    const [, ...spots] = apart([title, ...data.near[title]].map(at));
    const stems = data.near[title].map((other, place) => {
      const [[x1, y1], [x2, y2]] = [at(other), spots[place]];
      return svg("line", { class: "stem", x1, y1, x2, y2 });
    });
    const numbers = data.near[title].map((other, place) => svg("g", {
      class: other === chosen ? "number marked" : "number",
      transform: `translate(${spots[place].map(Math.round).join(" ")})`,
    }, svg("circle", { r: RADIUS }), svg("text", { class: "middle", dy: "0.35em" }, place + 1)));
    const taken = [];
    const name = other => {
      const box = freePlace(data, data.titles[other], at(other), spots, taken);
      taken.push(box);
      return svg("text", { class: "name", x: box.x, y: box.y, "text-anchor": "start" },
        data.titles[other]);
    };
    const [[x1, y1], [x2, y2]] = [at(title), spots[state.near - 1]];
    return [
      svg("line", { x1, y1, x2, y2 }),
      ...stems,
      svg("circle", { class: "title", cx: x1, cy: y1, r: RADIUS }),
      ...numbers.filter((_, place) => place !== state.near - 1), numbers[state.near - 1],
      name(title), name(chosen),
    ];
  }

  function map(data, title, state) {
    const { groups, of } = data.groupings[state.colours];
    const dots = data.titles.map((name, other) => svg("path", {
      class: groups[of[other]][1], d: SHAPES[of[other]],
      transform: `translate(${data.x[other]} ${data.y[other]})`,
    }));
    const hint = svg("title");
    const [width, height] = [Math.max(...data.x), Math.max(...data.y)];
    const drawn = svg("svg", {
      viewBox: `-40 -60 ${width + 80} ${height + 130}`, role: "img",
      "aria-label": `Map of ${dots.length} titles; ${state.title} and its ten nearest are marked`,
    }, hint, svg("g", { class: "dots" }, ...dots), ...mark(data, title, state));
    drawn.addEventListener("pointermove", event => { // one hint for all: the nearest dot's name
      const other = nearestTo(event, drawn, data);
      hint.textContent = other < 0 ? "" : `${data.titles[other]} (${data.years[other]})`;
    });
    drawn.addEventListener("click", event => {
      const other = nearestTo(event, drawn, data);
      if (other >= 0) location.hash = address(data.titles[other], state);
    });
    return drawn;
  }

  /* The title whose dot is nearest to a tap, if within a finger's breadth; else -1. */
  function nearestTo({ clientX, clientY }, drawn, data) {
    const there = drawn.getScreenCTM();
    const gaps = data.x.map((x, n) => Math.hypot(
      there.a * x + there.e - clientX, there.d * data.y[n] + there.f - clientY));
    const least = Math.min(...gaps);
    return least <= FINGER ? gaps.indexOf(least) : -1;
  }

  function legend({ groups, of }) {
    return html("ul", { class: "legend" }, ...groups.map(([label, hue], group) => html("li", {},
      svg("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" },
        svg("path", { class: hue, d: SHAPES[group] })),
      `${label} (${of.filter(one => one === group).length})`)));
  }

  start("taste_map", ({ data, state, picture, finding }) => {
    const title = data.titles.indexOf(state.title);
    const gap = other =>
      (data.x[other] - data.x[title]) ** 2 + (data.y[other] - data.y[title]) ** 2;
    const gaps = data.titles.map((_, other) => (other === title ? Infinity : gap(other)));
    const nearer = data.near[title].map(other => gaps.filter(one => one < gaps[other]).length);
    fillList(data, title, nearer, state);
    picture.replaceChildren(map(data, title, state), legend(data.groupings[state.colours]));

    const place = state.near - 1;
    const other = data.near[title][place];
    const { groups, of } = data.groupings[state.colours];
    const alike = data.near[title].filter(one => of[one] === of[title]).length;
    const worst = nearer.indexOf(Math.max(...nearer));
    finding([
      `Number ${state.near} of the ten nearest to ${state.title} in the model is`,
      `${data.titles[other]} (${data.years[other]}, ${data.kinds[other]}), likeness`,
      `${(data.likeness[title][place] / 100).toFixed(2)}; titles drawn nearer on the map:`,
      `${nearer[place]}. The map misleads most about ${data.titles[data.near[title][worst]]}:`,
      `number ${worst + 1} in the model, yet ${nearer[worst]} titles are drawn nearer. And the`,
      `nearest dot, ${data.titles[data.beside[title]]}, is number`,
      `${data.place_of_beside[title]} in the model. Of the ten, ${alike} have its`,
      `${state.colours} (${groups[of[title]][0]}).`,
    ].join(" "));
  });
})();
